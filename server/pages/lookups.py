"""The rows that an address of a page names, as far as the one who asks may see them."""
from __future__ import annotations

from aiohttp import web

from models import Actor, Post, Q, timelines
from models.actor import ActorKind
from models.conditions import Condition
from models.errors import NotHere
from models.relation import Block
from moderation.visibility import seen_by, visible_to
from server.actions.people import known
from server.display.cards import viewer_of
from server.errors import SignInFirst
from server.keys import MEMBER, SETTINGS


async def post(request: web.Request) -> Post:
    """The message at /m/{key}, with its author. Absent and hidden are one answer; visitors are sent to sign in for both."""
    named = Condition('"post"."key" = ?', (request.match_info["key"],))
    if found := await timelines.picked(seen_by(viewer_of(request.get(MEMBER))) & named, 1):
        return found[0]
    raise NotHere("no such post, or not for them") if MEMBER in request else SignInFirst("post")


async def own_post(request: web.Request) -> Post:
    """The message at /m/{key} if the member wrote it; NotHere for anybody else's."""
    found = await Post.with_key(request.match_info["key"])
    if found.author_id != request[MEMBER].actor_id:
        raise NotHere("not theirs")
    return found


async def person(request: web.Request) -> Actor:
    """The person at /@{address}, present and not blocking the member who asks.

    Visitors find only those who wrote something for the whole web: that somebody is a member here tells of their health.
    """
    address = request.match_info["address"]
    return await shown_to(request, (await known([address], request.app[SETTINGS].origin)).get(address))


async def shown_to(request: web.Request, actor: Actor | None) -> Actor:
    """This person, for whoever asks and may know of them; NotHere, or SignInFirst for visitors."""
    if MEMBER not in request:
        if not actor or not await is_open_to_all(actor):
            raise SignInFirst("profile")
        return actor
    if actor is None or await Block.exists(blocker_id=actor.id, target_id=request[MEMBER].actor_id):
        raise NotHere("no such person")
    return actor


async def is_open_to_all(actor: Actor) -> bool:
    """Whether visitors may know of this person: a member of ours who wrote something for the whole web."""
    return actor.is_local and await Post.filter(visible_to(viewer_of(None)), author_id=actor.id).exists()


def listed() -> Q:
    """The actors that are people, organisations or groups, and present: not the servers themselves."""
    return Q(Actor.present(), ~Q(kind__in=[ActorKind.APPLICATION, ActorKind.SERVICE]))
