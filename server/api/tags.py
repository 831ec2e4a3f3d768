"""Tags: reading them, following them, showing them on one's page."""
from __future__ import annotations

from typing import ClassVar

from aiohttp import web

from models import Actor, FeaturedTag, FollowedTag, Tag
from server.actions import tags
from server.actions.tags import spelled
from server.api.answers import answer
from server.api.arguments import BadInput, Takes
from server.api.door import number
from server.api.entities.tag import featured_tag, tag
from server.api.paging import Window, listed, rows_of
from server.api.people import person
from server.api.readers import reader_of
from server.keys import LIMITS, MEMBER, SETTINGS

SUGGESTED = 10
LOOKED_AT = 500


class FollowedWindow(Window):
    """Tags, more of them at once."""

    default_limit: ClassVar[int] = 100
    limit_cap: ClassVar[int] = 200


class FeatureTag(Takes):
    """A tag."""

    name: str = ""


async def show(request: web.Request, _given: Takes) -> web.Response:
    """GET /api/v1/tags/{name}. A tag that nobody uses is a tag too: that tells nothing."""
    return await _tag(request, spelled(request.match_info["name"]))


async def follow(request: web.Request, _given: Takes) -> web.Response:
    """POST /api/v1/tags/{name}/follow."""
    name = spelled(request.match_info["name"])
    request.app[LIMITS].take("act", request[MEMBER].actor.key)
    await tags.follow(request[MEMBER].actor, name)
    return await _tag(request, name)


async def unfollow(request: web.Request, _given: Takes) -> web.Response:
    """POST /api/v1/tags/{name}/unfollow."""
    name = spelled(request.match_info["name"])
    await tags.unfollow(request[MEMBER].actor, name)
    return await _tag(request, name)


async def followed(request: web.Request, given: FollowedWindow) -> web.Response:
    """GET /api/v1/followed_tags."""
    rows = await rows_of(FollowedTag.filter(owner=request[MEMBER].actor), given)
    origin = request.app[SETTINGS].origin
    return listed(request, given, [row.id for row in rows], [tag(row.name, origin, following=True) for row in rows])


async def featured(request: web.Request, _given: Takes) -> web.Response:
    """GET /api/v1/featured_tags: one's own."""
    return await _featured(request, request[MEMBER].actor)


async def featured_by(request: web.Request, _given: Takes) -> web.Response:
    """GET /api/v1/accounts/{id}/featured_tags."""
    return await _featured(request, await person(request))


async def feature(request: web.Request, given: FeatureTag) -> web.Response:
    """POST /api/v1/featured_tags."""
    if not given.name:
        raise BadInput("name: can't be blank")
    row = await tags.feature(request[MEMBER].actor, spelled(given.name))
    return answer(featured_tag(row, request.app[SETTINGS].origin))


async def unfeature(request: web.Request, _given: Takes) -> web.Response:
    """DELETE /api/v1/featured_tags/{id}."""
    await tags.unfeature(request[MEMBER].actor, number(request))
    return answer({})


async def feature_named(request: web.Request, _given: Takes) -> web.Response:
    """POST /api/v1/tags/{name}/feature."""
    name = spelled(request.match_info["name"])
    await tags.feature(request[MEMBER].actor, name)
    return await _tag(request, name)


async def unfeature_named(request: web.Request, _given: Takes) -> web.Response:
    """POST /api/v1/tags/{name}/unfeature."""
    name = spelled(request.match_info["name"])
    await FeaturedTag.filter(owner=request[MEMBER].actor, name=name).delete()
    return await _tag(request, name)


async def suggestions(request: web.Request, _given: Takes) -> web.Response:
    """GET /api/v1/featured_tags/suggestions: the tags of one's own last messages."""
    actor, origin = request[MEMBER].actor, request.app[SETTINGS].origin
    used = await Tag.filter(post__author=actor, post__deleted_at__isnull=True).order_by("-id").limit(LOOKED_AT)
    shown = {row.name for row in await FeaturedTag.filter(owner=actor)}
    names = [name for name in dict.fromkeys(row.name for row in used) if name not in shown]
    following = {row.name for row in await FollowedTag.filter(owner=actor)}
    return answer([tag(name, origin, following=name in following) for name in names[:SUGGESTED]])


async def _featured(request: web.Request, actor: Actor) -> web.Response:
    rows = await FeaturedTag.filter(owner=actor).order_by("id")
    return answer([featured_tag(row, reader_of(request).origin) for row in rows])


async def _tag(request: web.Request, name: str) -> web.Response:
    actor = request[MEMBER].actor if MEMBER in request else None
    following = actor is not None and await FollowedTag.exists(owner=actor, name=name)
    featuring = actor is not None and await FeaturedTag.exists(owner=actor, name=name)
    return answer(tag(name, request.app[SETTINGS].origin, following=following, featuring=featuring))
