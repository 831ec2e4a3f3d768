"""Undo: someone takes back a Follow, Like, Announce, Block or Offer, named in any of three ways (fediverse.md §8.10)."""
from __future__ import annotations

from collections.abc import Sequence

from federation import partnership_answers, values
from federation.errors import Malformed
from federation.incoming import Incoming, Verdict
from models import Notification, acts, undoing
from models.notification import Notice
from models.undoing import Done

#: How the kinds are called on the wire that can be named by whom or what they are about, as some make up an id for the Undo.
NAMED = {"Follow": "follow", "Like": "like", "EmojiReact": "like"}


async def receive_all(incoming: Sequence[Incoming]) -> list[Verdict]:
    """Undo what is the sender's and is here. If it has not come yet, remember that it is void.

    A repeated Undo has nothing to wait for: what it names may have been said anew since (fediverse.md §8.7).
    """
    left = [one for one in incoming if not await partnership_answers.ended(one)]
    undone = list(zip(left, await _meant_by(left), strict=True))
    await undoing.drop([done for _, meant in undone for done in meant])
    await Notification.withdraw_all([gone for one, meant in undone for done in meant for gone in _notices(one, done)])
    await acts.bury([(one.activity.object_id or "", one.sender.uri) for one, meant in undone if _is_ahead(one, meant)])
    return [_verdict(one) for one in incoming]


def _is_ahead(one: Incoming, meant: Sequence[Done]) -> bool:
    """Whether what it names has not come yet."""
    return bool(one.activity.object_id) and not meant and not one.is_repeat


def _verdict(one: Incoming) -> Verdict:
    is_named = one.activity.object_id or isinstance(one.activity.object, dict)
    return None if is_named else Malformed("undoes nothing")


async def _meant_by(incoming: Sequence[Incoming]) -> list[list[Done]]:
    """Of each of these what it undoes."""
    uris = {one.activity.object_id for one in incoming if one.activity.object_id}
    about = {uri for one in incoming if (uri := _named(one)[1])}
    known = await undoing.done([one.sender.id for one in incoming], uris, about) if incoming else []
    return [_meant(one, known) for one in incoming]


def _named(incoming: Incoming) -> tuple[str, str | None]:
    """The kind of what is undone, and whom or what that was about, where the Undo repeats it."""
    thing = incoming.activity.object if isinstance(incoming.activity.object, dict) else {}
    kind = NAMED.get(str(thing.get("type")), "")
    return kind, values.link(thing.get("object")) if kind else None


def _meant(incoming: Incoming, known: Sequence[Done]) -> list[Done]:
    """What the sender did under the id that is undone; else, of the kind that the Undo repeats, what is about the same."""
    theirs = [done for done in known if done.actor_id == incoming.sender.id]
    kind, about = _named(incoming)
    by_id = [done for done in theirs if done.uri == incoming.activity.object_id]
    by_name = [done for done in theirs if about and (done.kind, done.about_uri) == (kind, about)]
    return by_id if any(done.kind == kind for done in by_id) else [*by_id, *by_name]


def _notices(incoming: Incoming, done: Done) -> list[tuple[Notice, int, int | None, int | None]]:
    """What was told of it: the kind of notice, who caused it, the post, and who was told."""
    if done.kind == "follow":
        return [(notice, incoming.sender.id, None, done.about_id) for notice in (Notice.FOLLOW, Notice.FOLLOW_REQUEST)]
    told = {"like": Notice.THANKS, "announce": Notice.PASSED_ON}.get(done.kind)
    return [(told, incoming.sender.id, done.about_id, None)] if told else []
