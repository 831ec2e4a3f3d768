"""A held message exists nowhere but in the queue and with its author: every address is walked, and everything that leaves."""
from __future__ import annotations

import asyncio
import re
from itertools import product

import pytest

from models import (
    Actor,
    Attachment,
    Case,
    Community,
    Delivery,
    Follow,
    Member,
    Notification,
    OutgoingActivity,
    OutgoingMail,
    Post,
    Review,
    SignalHit,
    clock,
)
from models.case import CaseSource
from models.member import Role
from models.notification import Notice
from models.reach import Reach
from models.review import ReviewCause
from models.signal import HitOutcome
from server.actions import posts, reviews
from server.actions.polls import PollDraft
from server.actions.posts import Composition, ReadFirst
from server.keys import LIMITS
from server.routes import ROUTES
from tests.browser import Browser
from tests.live import LiveServer, settle
from tests.peer import Peer, PeerActor
from tests.server.api.client import Api

MARKER = "Heldmarker"
ENDLESS = ("/api/v1/streaming",)
#: Where the team reads it, and nobody else comes.
QUEUE = ("/admin/reviews", "/admin/cases/{id:[0-9]{1,19}}", "/admin/signals", "/admin/images/{key:[0-9A-Za-z]{1,22}}")
FOUND_THEN = {"/m/{key}", "/posts/{key}", "/home", "/api/v1/statuses/{id}", "/api/v2/search?q=everybody"}
_WORD = re.compile(r"\{(\w+)(?::(?:[^{}]|\{[^{}]*\})*)?\}")


def _addresses(fill: dict[str, list[str]]) -> list[tuple[str, str]]:
    """Each address that can be asked for, with these put in for its words; and its route."""
    found = []
    for route in ROUTES:
        if route.method == "GET" and not route.path.startswith(ENDLESS):
            words, bare = _WORD.findall(route.path), _WORD.sub(r"{\1}", route.path)
            found += [(route.path, bare.format(**dict(zip(words, values, strict=True))))
                      for values in product(*(_fitting(route.path, fill.get(word, ["none"])) for word in words))]
    extra = ("/api/v1/timelines/public?local=true", "/api/v2/search?q=everybody", "/people?q=everybody",
             "/api/v1/timelines/tag/heldmarker", "/tags/heldmarker")
    return [*found, *((path, path) for path in extra)]


def _fitting(route: str, values: list[str]) -> list[str]:
    """The first of two is of the message, the second of its author; where the route says which it wants, that one."""
    if route.startswith(("/m/", "/posts/", "/api/v1/statuses/")):
        return values[:1]
    return values[-1:] if route.startswith(("/actors/", "/api/v1/accounts/", "/@")) else values


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
async def test_a_held_message_is_only_with_its_author_and_in_the_queue(alpha: LiveServer, peer: Peer) -> None:
    await peer.become(alpha)
    far = peer.actor("far")
    since = {"newcomer_since": clock.now()}
    newbie = await alpha.member("newbie", more=since, email="newbie@mail.example", confirmed=True)
    reader = await alpha.member("reader", email="reader@mail.example", confirmed=True)
    mod = await alpha.member("mod", role=Role.MODERATOR)
    async def prepare() -> None:
        await (await Community.current()).change(ceiling=Reach.WEB)
        follow = await Follow.request(f"{alpha.origin}/f", await Actor.get(id=reader.id), await Actor.get(id=newbie.id))
        await follow.accept()
    await alpha.run(prepare())
    assert await peer.send(alpha, {"id": f"{far.uri}/hi", "type": "Follow", "actor": far.uri, "object": newbie.uri}, far) == 202
    spoken = await alpha.write(reader, "Who else?", Reach.WEB)
    await settle(alpha)
    peer.received.clear()

    async with Api(alpha, reader) as app, Browser(alpha, reader) as inside, Browser(alpha) as visitor, \
            Browser(alpha, newbie) as author, Browser(alpha, mod) as team:
        heard: list[bytes] = []
        listening = asyncio.create_task(_listen(app, heard))
        held = await _write(alpha, newbie, spoken)
        assert held.is_in_review and held.held_until
        fill = {"key": [held.key, newbie.key], "id": [str(held.id), str(newbie.id)], "name": ["heldmarker", "newbie"],
                "address": ["newbie"], "step": ["1"], "collection": ["outbox"], "version": ["2.1"], "path": ["none"]}
        addresses = _addresses(fill)
        assert len(addresses) > 200
        found = await _walk(peer, alpha, addresses, far, app, inside, visitor)
        assert found == set(), "nobody else finds it"
        told = await app.good("GET", f"/api/v1/statuses/{spoken.id}")
        answers = await peer.get(alpha, f"/posts/{spoken.key}/replies", far)
        assert told["replies_count"] == 0 and held.uri.encode() not in answers[1]
        listening.cancel()
        assert MARKER.encode() not in b"".join(heard)

        await _left_nothing(alpha, peer, held, reader)
        shown = {route for route, path in addresses if route.startswith("/m/{key}") and MARKER in await author.get(path)}
        assert {"/m/{key}", "/m/{key}/edit"} <= shown, "its author has it"
        assert "first messages" in await author.get(f"/m/{held.key}/held")
        case = await alpha.ask(lambda: Case.get(about_id=newbie.id, source=CaseSource.HELD))
        assert case.is_open and MARKER in await team.get("/admin/reviews")
        teams = [one for one in addresses if one[0].startswith(("/admin", "/home", "/notices")) and one[0] not in QUEUE]
        elsewhere = {route for route, path in teams if MARKER in await team.get(path)}
        assert elsewhere == set(), "the team reads it in the queue alone"

        number = (await alpha.ask(lambda: Review.get(post_id=held.id))).id
        await team.post(f"/admin/reviews/{number}/let-go", {"trusts": "1"})
        of_it = [one for one in addresses if one[0] in ("/home", "/") or re.search(rf"{held.key}|{held.id}|[?]", one[1])]
        found = await _walk(peer, alpha, of_it, far, app, inside, visitor)
        assert FOUND_THEN <= found, "the walk would have found it"
    await settle(alpha)
    await _after(alpha, peer, newbie, held)


async def _write(alpha: LiveServer, newbie: Actor, spoken: Post) -> Post:
    """With everything that can carry words: an image, answers to choose, a note, a tag, a name."""
    async def write() -> Post:
        image = await Attachment.create(owner=newbie, description=f"{MARKER} picture", stored_at=clock.now())
        return await posts.publish(newbie, Composition(
            text=f"{MARKER} says everybody #{MARKER} @reader", reach=Reach.WEB, warning=f"{MARKER} note", parent=spoken,
            attachments=(image,), poll=PollDraft((f"{MARKER} one", "two"))), alpha.origin)
    return await alpha.run(write())


async def _listen(app: Api, heard: list[bytes]) -> None:
    async with app.http.get("/api/v1/streaming/user") as stream:
        async for piece in stream.content.iter_any():
            heard.append(piece)


async def _walk(peer: Peer, alpha: LiveServer, addresses: list[tuple[str, str]], far: PeerActor, app: Api, inside: Browser,
                visitor: Browser) -> set[str]:
    """The routes where another member, an app, a visitor or another server reads it."""
    found = set[str]()
    for route, path in addresses:
        alpha.app[LIMITS]._buckets.clear()  # each is asked for once: that is not too often
        answers = [await (await visitor.http.get(path, allow_redirects=False)).read(), (await peer.get(alpha, path, far))[1]]
        if path.startswith("/api/"):
            answers.append(await (await app.http.get(path)).read())
        else:
            answers.append(await (await inside.http.get(path, allow_redirects=False)).read())
        if any(MARKER.encode() in body for body in answers):
            found.add(route)
    return found


async def _left_nothing(alpha: LiveServer, peer: Peer, held: Post, reader: Actor) -> None:
    assert not await alpha.ask(lambda: OutgoingActivity.filter(object_uri=held.uri).exists())
    assert not await alpha.ask(lambda: Delivery.filter(object_uri=held.uri).exists())
    assert not await alpha.ask(lambda: Notification.filter(recipient_id=reader.id).exists())
    assert MARKER not in str(await alpha.ask(lambda: OutgoingMail.all().values()))
    assert MARKER not in str(peer.received)


async def _after(alpha: LiveServer, peer: Peer, newbie: Actor, held: Post) -> None:
    """It left for everybody; the case is closed, the member trusted, the hit answered; erased, nothing of it stays."""
    assert MARKER in str(peer.received)
    assert await alpha.ask(lambda: Notification.filter(kind=Notice.REPLY, post_id=held.id).exists())
    assert not (await alpha.ask(lambda: Case.get(about_id=newbie.id, source=CaseSource.HELD))).is_open
    assert (await alpha.ask(lambda: Member.get(actor_id=newbie.id))).newcomer_since is None
    assert (await alpha.ask(lambda: SignalHit.get(post_id=held.id))).outcome is HitOutcome.LET_GO
    post = await alpha.ask(lambda: Post.get(id=held.id).select_related("author"))
    with pytest.raises(ReadFirst):
        await alpha.run(posts.edit(post, Composition(text="Give on leetchi.com/c/x", reach=post.reach), {}, alpha.origin))
    told = {image.key: "paypal.me/x" for image in await alpha.ask(lambda: Attachment.filter(post_id=held.id))}
    with pytest.raises(ReadFirst):
        await alpha.run(posts.edit(post, Composition(text="As it was", reach=post.reach), told, alpha.origin))
    second = await alpha.write(newbie, "Trusted now", Reach.COMMUNITY)
    assert not second.is_in_review
    third = await alpha.write(newbie, "Now paypal.me/x", Reach.COMMUNITY)
    review = await alpha.run(reviews.of_post(third))
    assert review and review.cause is ReviewCause.PAYMENT
