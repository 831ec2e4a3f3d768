"""People whom a member looks for, by the same rules as on the page People, and those whose address or page they know."""
from __future__ import annotations

import re

from aiohttp import web

from federation import resolve
from models import Actor, Block, Follow, Q, Subquery
from models.errors import CommunityError
from server.actions import people
from server.keys import INSTANCE, LIMITS, MEMBER, SETTINGS
from server.pages import lookups
from server.pages.people import findable

WORDS_LIMIT_CHARACTERS = 100
_ADDRESS = re.compile(r"@?[^@\s/]{1,100}@[^@\s/]{1,255}")
_URL = re.compile(r"https?://\S{1,500}")


async def found(request: web.Request, words: str, *, resolves: bool, limit: int, offset: int = 0,
                following: bool = False) -> list[Actor]:
    """Those whom the member may find, or follows; one by address or page, asked for at their server if `resolves`. Refused."""
    people.check_search(request[MEMBER].actor)
    if _URL.fullmatch(words) or _ADDRESS.fullmatch(words):
        return [] if offset else await _at(request, words, resolves=resolves)
    typed = words.removeprefix("@")[:WORDS_LIMIT_CHARACTERS]
    me = request[MEMBER].actor_id
    followed = Q(lookups.listed(), id__in=Subquery(Follow.filter(follower_id=me, accepted_at__isnull=False).values("target_id")))
    wanted = followed if following else followed | findable(request) | Q(id=me)
    named = Q(name__icontains=typed) | Q(display_name__icontains=typed)
    return list(await Actor.filter(wanted, named).order_by("-id").offset(offset).limit(limit))


async def _at(request: web.Request, words: str, *, resolves: bool) -> list[Actor]:
    """One person. Only servers that we exchange with are asked, in our community's name and not the member's."""
    me, origin = request[MEMBER].actor_id, request.app[SETTINGS].origin
    if _URL.fullmatch(words):
        known = await Actor.filter(lookups.listed(), Q(uri=words) | Q(url=words)).limit(1)
    else:
        known = list((await people.known([words], origin)).values())
    if not known and resolves:
        request.app[LIMITS].take("look_up", request[MEMBER].actor.key)
        try:
            known = [await _resolved(request, words)]
        except CommunityError:  # of theirs or of the network: to the one who looks both mean that nobody is there
            return []
    blocking = {row.blocker_id for row in await Block.filter(target_id=me, blocker_id__in=[actor.id for actor in known] or [0])}
    return [actor for actor in known if actor.id not in blocking and not actor.is_gone]


async def _resolved(request: web.Request, words: str) -> Actor:
    if _URL.fullmatch(words):
        return await resolve.actor(request.app[INSTANCE], words)
    name, host = people.split_address(words, request.app[SETTINGS].origin)
    return await resolve.actor_at(request.app[INSTANCE], f"{name}@{host}") if host else await Actor.named(name)
