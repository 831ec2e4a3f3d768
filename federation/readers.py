"""A message that an activity names by its id alone, and that its server shows to those whom it is for, not to our community.

Programs that send no more than the id of a private message (activitypub.bot) let it be read by the people in its addressing, as
Mastodon does with what it keeps for itself. It is asked for once more in the name of one of them: their server learns nothing by
that, as it has just named this person, or keeps the list of the followers whom it addresses.
"""
from __future__ import annotations

from typing import Final

from federation import resolve
from federation.errors import Gone, Refused
from federation.incoming import Incoming
from federation.instance import Instance
from federation.wire import Note
from models import Actor, Follow, Subquery
from models.consent import Purpose
from moderation import consent

#: Not 410: that is gone for everybody.
NOT_TO_US: Final = (401, 403, 404)
ASKED_LIMIT = 20  # people of ours whom one activity names


async def named_note(instance: Instance, incoming: Incoming) -> Note:
    """The message with the id that an activity of its own server gives. Network. Raises as `resolve.fetch_note` does."""
    uri = str(incoming.activity.object_id)
    try:
        return await resolve.fetch_note(instance, uri)
    except (Refused, Gone) as error:
        if error.http_status not in NOT_TO_US or (reader := await _reader(incoming)) is None:
            raise
        return await resolve.fetch_note(instance, uri, reader)


async def _reader(incoming: Incoming) -> Actor | None:
    """Somebody of ours whom it is addressed to by name, or else a follower where followers are; who is not known elsewhere, or
    suspended, is never named to anybody.
    """
    activity, sender = incoming.activity, incoming.sender
    addressed = [*activity.to, *activity.cc]
    known = Actor.filter(Actor.present(), consent.those_who_allow(Purpose.SHARED_OUT), host="").order_by("id")
    if named := await known.filter(uri__in=addressed[:ASKED_LIMIT] or [""]).first():
        return named
    if not sender.followers_uri or sender.followers_uri not in addressed:
        return None
    followers = Follow.filter(target_id=sender.id, accepted_at__isnull=False, follower__host="")
    return await known.filter(id__in=Subquery(followers.values("follower_id"))).first()
