"""How a member stands with people: following, requests, blocking, muting, remarks. All through the actions of the pages."""
from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection
from typing import Annotated

from aiohttp import web
from pydantic import Field

from models import Actor, Block, Follow, Mute, Q
from models.errors import NotHere
from server.actions import follows, relations
from server.actions.follows import LANGUAGES_LIMIT, Wishes
from server.api.answers import answer, instant_or_none
from server.api.arguments import Id, Takes
from server.api.door import number
from server.api.entities.account import Account, accounts_of
from server.api.entities.relationship import relationships_of
from server.api.paging import AccountsWindow, listed, rows_of
from server.api.readers import reader_of
from server.errors import Refused, SignInFirst
from server.keys import LIMITS, MEMBER
from server.pages import lookups

IDS_LIMIT = 40
REMARK_LIMIT_CHARACTERS = 2000
MUTE_LIMIT_SECONDS = 365 * 24 * 3600
_PRESENT = {"suspended_at__isnull": True, "deleted_at__isnull": True}


Language = Annotated[str, Field(pattern=r"^[A-Za-z]{2,3}(-[A-Za-z]{2,4})?$")]


class Ids(Takes):
    """Some people."""

    id: list[Id] = Field([], max_length=IDS_LIMIT)


class Following(Takes):
    """POST /api/v1/accounts/{id}/follow: what is wanted of somebody; what is not given stays as it is."""

    reblogs: bool | None = None
    notify: bool | None = None
    languages: list[Language] | None = Field(None, max_length=LANGUAGES_LIMIT)


class Muting(Takes):
    """POST /api/v1/accounts/{id}/mute."""

    notifications: bool = True
    duration: int = Field(0, ge=0, le=MUTE_LIMIT_SECONDS)  # seconds; 0 is for ever


class Remarking(Takes):
    """POST /api/v1/accounts/{id}/note."""

    comment: str = Field("", max_length=REMARK_LIMIT_CHARACTERS)


class MutedAccount(Account):
    """Somebody muted."""

    mute_expires_at: str | None


async def person(request: web.Request) -> Actor:
    """The person at {id}, as far as the one who asks may know of them: by the rule of the pages. Raises: NotHere."""
    actor = await Actor.get_or_none(Q(lookups.listed()), id=number(request))
    try:
        return await lookups.shown_to(request, actor)
    except SignInFirst as error:
        raise NotHere("not for visitors") from error


async def anybody(request: web.Request) -> Actor:
    """The person at {id}, also one who blocks the member: keeping one's distance is always possible. Raises: NotHere."""
    if actor := await Actor.get_or_none(Q(lookups.listed()), id=number(request)):
        return actor
    raise NotHere("no such person")


async def relationships(request: web.Request, given: Ids) -> web.Response:
    """GET /api/v1/accounts/relationships."""
    me, wanted = request[MEMBER].actor, list(dict.fromkeys(given.id))
    known = [actor.id for actor in await Actor.filter(Actor.present(), id__in=wanted or [0]).only("id")]
    there = await not_blocking(me, known)
    return answer(await relationships_of(me, [id_ for id_ in wanted if id_ in there]))


async def not_blocking(me: Actor, ids: Collection[int]) -> set[int]:
    """Those of these people (actor ids) who do not block the member."""
    return set(ids) - {row.blocker_id for row in await Block.filter(target=me, blocker_id__in=ids or [0])}


async def follow(request: web.Request, given: Following) -> web.Response:
    """POST /api/v1/accounts/{id}/follow: once or a hundred times."""
    async def act(me: Actor, target: Actor) -> None:
        await follows.follow(me, target, Wishes(given.reblogs, given.notify, given.languages))
    return await _act(request, act)


async def unfollow(request: web.Request, _given: Takes) -> web.Response:
    """POST /api/v1/accounts/{id}/unfollow."""
    return await _act(request, follows.unfollow, anybody)


async def send_away(request: web.Request, _given: Takes) -> web.Response:
    """POST /api/v1/accounts/{id}/remove_from_followers."""
    return await _act(request, _send_away, anybody)


async def _send_away(me: Actor, follower: Actor) -> None:
    if await Follow.exists(follower=follower, target=me):
        await follows.refuse(me, follower)


async def block(request: web.Request, _given: Takes) -> web.Response:
    """POST /api/v1/accounts/{id}/block."""
    return await _act(request, relations.block, anybody)


async def unblock(request: web.Request, _given: Takes) -> web.Response:
    """POST /api/v1/accounts/{id}/unblock."""
    return await _act(request, relations.unblock, anybody)


async def mute(request: web.Request, given: Muting) -> web.Response:
    """POST /api/v1/accounts/{id}/mute."""
    async def act(me: Actor, target: Actor) -> None:
        await relations.mute(me, target, hides_notices=given.notifications, seconds=given.duration)
    return await _act(request, act, anybody)


async def unmute(request: web.Request, _given: Takes) -> web.Response:
    """POST /api/v1/accounts/{id}/unmute."""
    return await _act(request, relations.unmute, anybody)


async def remark(request: web.Request, given: Remarking) -> web.Response:
    """POST /api/v1/accounts/{id}/note: for one's own eyes."""
    async def act(me: Actor, target: Actor) -> None:
        await relations.remark(me, target, given.comment.strip())
    return await _act(request, act)


async def endorse(request: web.Request, _given: Takes) -> web.Response:
    """POST /api/v1/accounts/{id}/endorse and …/pin: nobody is put on a list that others see."""
    await person(request)
    raise Refused("listed")


async def unendorse(request: web.Request, _given: Takes) -> web.Response:
    """POST /api/v1/accounts/{id}/unendorse and …/unpin."""
    async def nothing(_me: Actor, _target: Actor) -> None:
        return None
    return await _act(request, nothing)


async def _act(request: web.Request, act: Callable[[Actor, Actor], Awaitable[object]],
               whom: Callable[[web.Request], Awaitable[Actor]] = person) -> web.Response:
    me, target = request[MEMBER].actor, await whom(request)
    request.app[LIMITS].take("act", me.key)
    await act(me, target)
    return answer((await relationships_of(me, [target.id]))[0])


async def requests(request: web.Request, given: AccountsWindow) -> web.Response:
    """GET /api/v1/follow_requests: who asks to follow."""
    asking = Follow.filter(target=request[MEMBER].actor, accepted_at__isnull=True, **_of("follower"))
    return await _people(request, given, await rows_of(asking.select_related("follower"), given), "follower")


async def accept(request: web.Request, _given: Takes) -> web.Response:
    """POST /api/v1/follow_requests/{id}/authorize."""
    return await _act(request, follows.accept)


async def refuse(request: web.Request, _given: Takes) -> web.Response:
    """POST /api/v1/follow_requests/{id}/reject."""
    return await _act(request, follows.refuse)


async def followers(request: web.Request, given: AccountsWindow) -> web.Response:
    """GET /api/v1/accounts/{id}/followers: one's own; those of others are shown to nobody."""
    return await _own_list(request, given, "target", "follower")


async def following(request: web.Request, given: AccountsWindow) -> web.Response:
    """GET /api/v1/accounts/{id}/following: one's own; those of others are shown to nobody."""
    return await _own_list(request, given, "follower", "target")


async def _own_list(request: web.Request, given: AccountsWindow, mine: str, side: str) -> web.Response:
    actor = await person(request)
    if actor.id != request[MEMBER].actor_id:
        return listed(request, given, [], [])
    found = Follow.filter(accepted_at__isnull=False, **{f"{mine}_id": actor.id}, **_of(side))
    return await _people(request, given, await rows_of(found.select_related(side), given), side)


async def blocks(request: web.Request, given: AccountsWindow) -> web.Response:
    """GET /api/v1/blocks."""
    found = Block.filter(blocker=request[MEMBER].actor).select_related("target")
    return await _people(request, given, await rows_of(found, given), "target")


async def mutes(request: web.Request, given: AccountsWindow) -> web.Response:
    """GET /api/v1/mutes."""
    rows = await rows_of(Mute.filter(owner=request[MEMBER].actor).select_related("target"), given)
    people = await accounts_of([row.target for row in rows], reader_of(request))
    shown: list[MutedAccount] = [{**person, "mute_expires_at": instant_or_none(row.ends_at)}
                                 for row, person in zip(rows, people, strict=True)]
    return listed(request, given, [row.id for row in rows], shown)


async def _people(request: web.Request, given: AccountsWindow, rows: list[Follow] | list[Block], side: str) -> web.Response:
    people = await accounts_of([getattr(row, side) for row in rows], reader_of(request))
    return listed(request, given, [row.id for row in rows], people)


def _of(side: str) -> dict[str, bool]:
    """That the person on this side of a row is present."""
    return {f"{side}__{condition}": wanted for condition, wanted in _PRESENT.items()}
