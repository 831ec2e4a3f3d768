"""Handlers by themselves, without a network: people here and elsewhere, what they say, and what becomes of it."""
from __future__ import annotations

import json
from itertools import count
from typing import Any, cast

from federation.budgets import RecentFailures
from federation.client import Client
from federation.contexts import PUBLIC
from federation.handlers import HANDLERS
from federation.incoming import Incoming
from federation.instance import Instance, Network, ensure_actor
from federation.wire import Activity
from models import Actor, Follow, Host, Notification, Post, clock
from models.consent import Purpose
from models.database import in_transaction
from models.errors import CommunityError
from models.host import Standing
from models.ids import new_key
from models.reach import Reach
from server.actions import accounts
from tests.peer import Document

ORIGIN = "https://here.example"
P, Q = "p.example", "q.example"
WEB = {"to": [PUBLIC]}
_numbers = count(1)


async def community() -> Actor:
    """A community with two partners, and Alice, a member who is known elsewhere."""
    await ensure_actor(ORIGIN)
    for name in (P, Q):
        await (await Host.called(name)).change(standing=Standing.PARTNER)
    return await ours("alice")


async def ours(name: str, *, shares: bool = True, **columns: Any) -> Actor:
    """A member."""
    agreed = (Purpose.MEMBERSHIP, Purpose.SHARED_OUT) if shares else (Purpose.MEMBERSHIP,)
    made = await accounts.create(ORIGIN, accounts.Newcomer(name=name, language="en", consents=agreed))
    await made.actor.change(**{"approves_followers": False} | columns)
    return made.actor


async def theirs(name: str, host: str = P, **columns: Any) -> Actor:
    """Somebody elsewhere."""
    uri = f"https://{host}/users/{name}"
    return await Actor.create(uri=uri, name=name, host=host, inbox_uri=f"{uri}/inbox", followers_uri=f"{uri}/followers",
                              fetched_at=clock.now(), **columns)


async def wrote(author: Actor, reach: Reach = Reach.PARTNERS, *, uri: str = "", **columns: Any) -> Post:
    """A message that is here."""
    uri = uri or f"{ORIGIN if author.is_local else author.uri}/posts/{new_key()}"
    return await Post.create(uri=uri, author=author, reach=reach, conversation=uri, html="x", published_at=clock.now(),
                             **columns)


async def follow(follower: Actor, target: Actor, *, is_let: bool = True) -> Follow:
    """Somebody follows somebody, or has asked to."""
    return await Follow.create(uri=f"{follower.uri}/follows/{new_key()}", follower=follower, target=target,
                               accepted_at=clock.now() if is_let else None)


def said(by: Actor, kind: str, thing: object, **more: Any) -> Document:
    """An activity of somebody's."""
    return {"id": f"{by.uri}/activities/{next(_numbers)}", "type": kind, "actor": by.uri, "object": thing, **more}


def note(by: Actor, uri: str = "", **more: Any) -> Document:
    """A message of somebody's."""
    return {"id": uri or f"{by.uri}/notes/{next(_numbers)}", "type": "Note", "attributedTo": by.uri, "content": "<p>new</p>",
            "to": [PUBLIC], "published": "2026-05-05T07:30:00Z", **more}


async def incoming(by: Actor, document: Document, **more: Any) -> Incoming:
    return Incoming(activity=Activity.parse(document), sender=by, us=await Actor.instance(), body=json.dumps(document), **more)


async def take(by: Actor, document: Document, **prepared: Any) -> str:
    """What becomes of an activity of somebody's: "done", or the kind of error."""
    try:
        async with in_transaction():
            await HANDLERS[document["type"]].carry_out(await incoming(by, document, **prepared))
    except CommunityError as error:
        return type(error).__name__
    return "done"


async def take_all(kind: str, *given: tuple[Actor, Document]) -> list[str]:
    """What becomes of several activities that are carried out together."""
    receive_all = HANDLERS[kind].receive_all
    assert receive_all
    async with in_transaction():
        return [type(error).__name__ if error else "done" for error in await receive_all(
            [await incoming(by, document) for by, document in given])]


class Nobody:
    """In place of a client: whoever is asked with it is not reached, but for the error."""


async def prepare(by: Actor, document: Document) -> Incoming | None:
    """What an activity is once it is prepared without a network; None if somebody would have been asked."""
    us, first = await Actor.instance(), HANDLERS[document["type"]].prepare
    alone = Instance(Network(origin=ORIGIN), cast(Client, Nobody()), us, RecentFailures(1))
    assert first
    try:
        return await first(alone, await incoming(by, document))
    except AttributeError as error:
        assert "Nobody" in str(error)
        return None


async def told() -> set[tuple[str, str, int | None]]:
    """Who was told what, about which message."""
    return {(one.recipient.name, str(one.kind), one.post_id) for one in await Notification.all().select_related("recipient")}
