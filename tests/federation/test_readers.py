"""A message of which only the id comes, and which its server shows to those whom it is for."""
from __future__ import annotations

import json

import pytest
from aiohttp import web

from federation.addresses import host_of
from federation.contexts import PUBLIC
from models import Actor, Host, Post
from models.host import Standing
from tests.live import LiveServer
from tests.peer import ACTIVITY, Document, Peer, PeerActor
from tests.stories.scene import deliver, follow


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
async def test_what_is_shown_to_its_readers_alone_is_read_in_the_name_of_one(
        alpha: LiveServer, peer: Peer, alice: Actor, vera: PeerActor, mallory: PeerActor) -> None:
    """Of who is named, or of a follower where followers are; never of who is not known elsewhere, nor anywhere but there."""
    quiet = await alpha.member("quiet", shares=False)
    await follow(alpha, alice, vera)
    asked: list[str] = []

    def shows(note: Document, to: str, no: type[web.HTTPException] = web.HTTPForbidden) -> Document:
        async def answer(request: web.Request) -> web.Response:
            asked.append(request.headers["Signature"].partition('keyId="')[2].partition("#")[0])
            if asked[-1] != to:
                raise no
            return web.Response(body=json.dumps(note).encode(), headers={"Content-Type": ACTIVITY})
        peer.pages[note["id"].removeprefix(peer.origin)] = answer
        return note
    followers, us, hers = f"{vera.uri}/followers", f"{alpha.origin}/actor", alice.uri

    async def comes(note: Document, by: PeerActor = vera, kind: str = "Create") -> list[str]:
        asked.clear()
        await deliver(alpha, peer, by, by.does(kind, note["id"], to=note["to"]))
        return list(asked)
    private = shows(vera.note("For you", to=[hers]), hers)
    assert await comes(private) == [us, hers]
    unlisted = shows(vera.note("For them", to=[followers]), hers, web.HTTPNotFound)
    assert await comes(unlisted) == [us, hers]
    private["content"], private["updated"] = "<p>Changed</p>", "2026-05-06T07:30:00Z"
    assert await comes(private, kind="Update") == [us, hers]
    ours = await alpha.ask(lambda: Post.all().order_by("id"))
    assert [(post.uri, post.html) for post in ours] == [(private["id"], "<p>Changed</p>"), (unlisted["id"], "<p>For them</p>")]

    theirs = f"{mallory.uri}/followers"  # of whom she has none here
    asked.clear()
    notes = [(vera, [quiet.uri]), (vera, [PUBLIC]), (vera, [us]), (mallory, [theirs]), (mallory, [followers])]
    for by, to in notes:
        note = shows(by.note(to=to), "nobody")
        assert await peer.send(alpha, by.does("Create", note["id"], to=to), by) == 202
    gone = shows(vera.note(to=[hers]), "nobody", web.HTTPGone)
    await deliver(alpha, peer, vera, vera.does("Create", gone["id"], to=[hers]))
    assert asked == [us] * 6, "and what is gone is gone for everybody"

    friend, note = peer.origin.replace("127.0.0.1", "localhost"), shows(vera.note(to=[hers]), hers)
    path = note["id"].removeprefix(peer.origin)
    shown = peer.pages[path]

    async def leads_away(request: web.Request) -> web.Response:
        if hers in request.headers["Signature"]:
            raise web.HTTPFound(f"{friend}/elsewhere")
        answer: web.Response = await shown(request)
        return answer
    peer.pages[path] = leads_away

    async def let_in() -> None:
        await (await Host.called(host_of(friend))).change(standing=Standing.PARTNER)
    await alpha.run(let_in())
    await comes(note)
    assert "/elsewhere" not in peer.fetched, "not even where we exchange: a request says who of ours it is"
