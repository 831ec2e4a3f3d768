"""Following people, and answering those who ask to follow."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from federation import outbox
from models import Actor, Follow, Notification
from models.database import in_transaction
from models.errors import NotHere
from models.ids import new_key
from models.notification import Notice
from models.turns import take_turn
from moderation import facts, policy
from moderation.policy import Verb
from server.errors import Refused

LANGUAGES_LIMIT = 20


@dataclass(frozen=True, slots=True)
class Wishes:
    """What somebody wants of a person whom they follow; None leaves it as it is."""

    shows_announces: bool | None = None  # in the home
    tells_posts: bool | None = None  # by a notice
    languages: Sequence[str] | None = None  # of messages in the home; none is all

    @classmethod
    def of(cls, named: Mapping[str, Any]) -> Self:
        """Out of the names that the client API and files of Mastodon have for them."""
        return cls(named.get("reblogs"), named.get("notify"), named.get("languages"))

    def columns(self) -> dict[str, Any]:
        """As they are kept with a Follow."""
        wanted = dict.fromkeys(language.lower() for language in self.languages or ())
        listed = None if self.languages is None else "," + "".join(f"{language}," for language in [*wanted][:LANGUAGES_LIMIT])
        kept = {"shows_announces": self.shows_announces, "tells_posts": self.tells_posts,
                "languages": "" if listed == "," else listed}
        return {name: value for name, value in kept.items() if value is not None}


AS_IT_IS = Wishes()


async def follow(actor: Actor, target: Actor, wishes: Wishes = AS_IT_IS) -> Follow:
    """Ask to follow, or say anew what is wanted of somebody who is followed. The answer comes at once from someone here who lets
    everybody, else later. Asking twice is asking once.

    Raises: Refused; NotHere for following oneself.
    """
    if actor.id == target.id:
        raise NotHere("oneself")
    if not (decision := policy.decide(Verb.FOLLOW, await facts.between(actor, target))):
        raise Refused(decision.reason or "")
    async with in_transaction():
        await take_turn("follow", f"{actor.id} {target.id}")  # one request is sent, and one notice
        if (known := await Follow.between(actor, target)) and known.accepted_at:
            await known.change(**wishes.columns())
            return known
        request = await Follow.request(known.uri if known else f"{actor.uri}/follows/{new_key()}", actor, target)
        await request.change(**wishes.columns())
        if not target.is_local:
            if known is None:  # else the request is on its way already
                await outbox.follow(request)
        elif target.approves_followers:
            await Notification.tell(target, Notice.FOLLOW_REQUEST, actor)
        else:
            await request.accept()
            await Notification.tell(target, Notice.FOLLOW, actor)
    return request


async def unfollow(actor: Actor, target: Actor) -> None:
    """Stop following, or take a request back."""
    async with in_transaction():
        if known := await Follow.between(actor, target):
            await end(known)


async def end(known: Follow) -> None:
    """The follower's own end of a follow. Inside the caller's transaction."""
    if not await Follow.filter(id=known.id).delete():
        return  # ended meanwhile, and said so
    await outbox.undo_follow(known)
    for kind in (Notice.FOLLOW, Notice.FOLLOW_REQUEST):
        await Notification.withdraw(kind, known.follower, recipient=known.target)


async def accept(actor: Actor, follower: Actor) -> None:
    """Say yes to someone who asks to follow. Raises: Refused; NotHere if nobody asked."""
    if not (decision := policy.decide(Verb.FOLLOW, await facts.between(follower, actor))):
        raise Refused(decision.reason or "")
    async with in_transaction():
        known = await _asked(actor, follower)
        await known.accept()
        await Notification.withdraw(Notice.FOLLOW_REQUEST, follower, recipient=actor)
        await Notification.tell(follower, Notice.FOLLOW_ACCEPTED, actor)
        await outbox.accept(known)


async def refuse(actor: Actor, follower: Actor) -> None:
    """Say no to a request, or send a follower away; they are not told here. Raises: NotHere if there is neither."""
    async with in_transaction():
        await send_away(await _asked(actor, follower))


async def send_away(known: Follow) -> None:
    """The target's own end of a follow. Inside the caller's transaction."""
    if not await Follow.filter(id=known.id).delete():
        return
    await outbox.reject(known)
    for kind in (Notice.FOLLOW, Notice.FOLLOW_REQUEST):
        await Notification.withdraw(kind, known.follower, recipient=known.target)


async def _asked(actor: Actor, follower: Actor) -> Follow:
    if known := await Follow.between(follower, actor):
        return known
    raise NotHere("no such request")

