"""A member takes every agreement back: what is left is membership (C0), and nobody outside finds anything of them.

Every address of ROUTES is walked, so a new one that does not ask fails here without anybody thinking of it.
"""
from __future__ import annotations

import ast
import re
from itertools import product
from pathlib import Path

import pytest

from federation import directories, moves, outbox
from models import Actor, Attachment, Community, ConsentRecord, Disclosure, Follow, Member, OfferedListing, Post, clock
from models.actor import ActorKind
from models.consent import Purpose
from models.post import Quotable
from models.reach import Reach
from moderation import consent
from server.actions import follows, moving, narrowing, profiles, quotes, reactions, sharing
from server.actions.profiles import Line, Profile
from server.errors import Refused
from server.routes import ROUTES
from tests.browser import Browser
from tests.federation.test_directory_lies import known_liar
from tests.live import LiveServer, settle
from tests.peer import Peer, PeerActor
from tests.properties.cast import newcomer

MARKER = "MarkerOfTheirs"
#: What may leave without a yes: asking to erase, and answering no.
TAKING_BACK = {"Delete", "Undo", "Reject"}
ROOT = Path(__file__).parent.parent.parent
ENDLESS = ("/api/v1/streaming",)  # they stay open; what they send is what the lists hold


async def _stage(alpha: LiveServer, peer: Peer, reader: PeerActor) -> tuple[Member, Post]:
    """Somebody with every agreement, read from elsewhere, on pages for everybody."""
    actor = await alpha.member("theirs", shares=False, email="theirs@mail.example", confirmed=True)
    member = await alpha.ask(lambda: Member.get(actor_id=actor.id).select_related("actor"))

    async def open_up() -> None:
        community = await Community.current()
        await community.change(ceiling=Reach.WEB)
        for purpose in consent.switches():
            await sharing.say(member, purpose, True, "en", community)
        profile = Profile(display_name=MARKER, about=f"{MARKER} about", writes_in="en", approves_followers=False, found_here=True,
                          lines=(Line("City", f"{MARKER} city"),), reaches={"about": Reach.WEB, "line-1": Reach.WEB})
        await profiles.change(member, profile, "en", community, alpha.origin)
    await alpha.run(open_up())
    follow = {"id": f"{reader.uri}/f", "type": "Follow", "actor": reader.uri, "object": member.actor.uri}
    assert await peer.send(alpha, follow, reader) == 202
    await settle(alpha)
    post = await alpha.write(member.actor, f"{MARKER} says #{MARKER}", Reach.WEB)
    await alpha.write(member.actor, f"{MARKER} to partners", Reach.PARTNERS)

    async def illustrate() -> None:
        await Attachment.create(owner=member.actor, post_id=post.id, description=MARKER, stored_at=clock.now())
    await alpha.run(illustrate())
    await settle(alpha)
    return member, post


async def _subscribed(alpha: LiveServer, peer: Peer) -> None:
    """The peer's community reads our directory."""
    await known_liar(alpha, peer)

    async def accept() -> None:
        us, them = await directories.ours(), await Actor.get(host=peer.host, kind=ActorKind.SERVICE)
        assert us
        await (await Follow.request(f"{them.uri}/f/1", them, us)).accept()
    await alpha.run(accept())


def _addresses(member: Member, post: Post, offered: OfferedListing) -> list[str]:
    """Every address that can be asked for, with the names and numbers of this member put in."""
    fill = {"key": [post.key, member.actor.key], "id": [str(post.id), str(member.actor_id)], "name": ["theirs", MARKER.lower()],
            "address": ["theirs"], "step": ["1"], "collection": ["outbox"], "version": ["2.1"], "path": ["none"],
            "host": ["none.example"], "token": ["none"], "secret": ["0" * 32], "group_key": ["none"],
            "listing": [offered.key], "stamp": [offered.stamp_key]}
    found = []
    for route in ROUTES:
        if route.method != "GET" or route.path.startswith(ENDLESS):
            continue
        words = re.findall(r"\{(\w+)(?::(?:[^{}]|\{[^{}]*\})*)?\}", route.path)
        bare = re.sub(r"\{(\w+)(?::(?:[^{}]|\{[^{}]*\})*)?\}", r"{\1}", route.path)
        found += [bare.format(**dict(zip(words, values, strict=True)))
                  for values in product(*(fill.get(word, [post.key, str(post.id), "theirs"]) for word in words))]
    return [*found, "/directory/listings?page=first",
            "/.well-known/webfinger?resource=acct:theirs@" + post.uri.split("/")[2], "/api/v1/timelines/public?local=true",
            f"/actors/{member.actor.key}/outbox?page=first", "/api/v1/accounts/lookup?acct=theirs", f"/api/v2/search?q={MARKER}"]


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
async def test_nothing_of_somebody_without_agreements_is_found_outside(alpha: LiveServer, peer: Peer) -> None:
    await peer.become(alpha)
    reader = peer.actor("reader")
    await _subscribed(alpha, peer)
    member, post = await _stage(alpha, peer, reader)
    offered = await alpha.ask(lambda: OfferedListing.get(actor_id=member.actor_id))
    other = await alpha.member("other")
    stranger = await newcomer(alpha, peer, "stranger")
    addresses = _addresses(member, post, offered)
    of_directory = ["/directory/listings?page=first", *(f"/directory/{path}" for path in (
        f"listings/{offered.key}", f"stamps/{offered.stamp_key}"))]

    async def seen() -> dict[str, set[str]]:
        """By whom what is found where."""
        found: dict[str, set[str]] = {"visitor": set(), "peer": set(), "people": set()}
        async with Browser(alpha) as visitor, Browser(alpha, other) as inside:
            for path in addresses:
                async with visitor.http.get(path, allow_redirects=False) as answer:
                    if MARKER in (await answer.text(errors="replace")) or "theirs@" in answer.headers.get("Link", ""):
                        found["visitor"].add(path)
                status, body = await peer.get(alpha, path, stranger)
                if MARKER.encode() in body or offered.key.encode() in body or path.startswith("/.well-known/webfinger") \
                        and status == 200:
                    found["peer"].add(path)
            if MARKER in await inside.get("/people"):
                found["people"].add("/people")
        return found

    before = await seen()
    assert {"/@theirs", f"/m/{post.key}"} <= before["visitor"], "the walk would find it"
    assert {f"/actors/{member.actor.key}", f"/posts/{post.key}", *of_directory} <= before["peer"]
    assert before["people"]

    async def close() -> None:
        for purpose in consent.switches():
            await sharing.say(member, purpose, False, "en", await Community.current())
    await alpha.run(close())
    assert await seen() == {"visitor": set(), "peer": set(), "people": set()}
    await settle(alpha)
    await _act_and_listen(alpha, peer, member, post, stranger)


async def _act_and_listen(alpha: LiveServer, peer: Peer, member: Member, post: Post, stranger: PeerActor) -> None:
    """Whatever they do now, and whatever the server would like to tell, nothing of theirs arrives elsewhere."""
    peer.received.clear()

    async def tell() -> None:
        await Follow.create(uri=f"{stranger.uri}/late", target=member.actor, accepted_at=clock.now(),
                            follower=await _known(stranger.uri))
        await outbox.create(post)
        await outbox.update(post)
        await outbox.update_actor(member.actor)
        await outbox.renew(post)
        await moves.tell(member.actor, await _known(stranger.uri))
        await reactions.pass_on(member.actor, post)  # to the community only
        for refused in (follows.follow, moving.name_old, moving.move):
            with pytest.raises(Refused):
                await refused(member.actor, await _known(stranger.uri))
        quoted = await Post.create(key="quoted", uri=f"{stranger.uri}/1", url=f"{stranger.uri}/1", reach=Reach.WEB,
                                   author=await _known(stranger.uri), conversation=f"{stranger.uri}/1", quotable=Quotable.ANYONE)
        with pytest.raises(Refused):
            await quotes.check(member.actor, quoted, Reach.WEB)
        await narrowing.narrow(post, Reach.PARTNERS)
    await alpha.run(tell())
    with pytest.raises(Refused):
        await alpha.write(member.actor, f"{MARKER} again", Reach.PARTNERS)
    await settle(alpha)
    assert {activity["type"] for activity in peer.received} <= TAKING_BACK, peer.received
    assert MARKER not in str(peer.received)
    records = await alpha.ask(lambda: ConsentRecord.filter(purpose=Purpose.SHARED_OUT, actor_id=member.actor_id))
    given = next(row for row in records if row.granted)
    ledger = await alpha.ask(lambda: Disclosure.filter(actor_id=member.actor_id).exclude(object_uri__contains="/directory/"))
    assert ledger and all(row.consent_id == given.id for row in ledger)  # each left under that yes


async def _known(uri: str) -> Actor:
    return await Actor.get(uri=uri)


#: Who may queue an activity, and who may post one: behind each stands the question (`federation.disclosure.may_go`).
WAYS_OUT = {"add_deliveries": {"federation/outbox.py"}, "may_go": {"federation/dockets.py"}}


def test_there_is_one_way_out_for_activities() -> None:
    for name, allowed in WAYS_OUT.items():
        callers = set()
        for folder in ("server", "federation", "moderation"):
            for path in (ROOT / folder).rglob("*.py"):
                for node in ast.walk(ast.parse(path.read_text())):
                    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == name:
                        callers.add(str(path.relative_to(ROOT)))
        assert callers == allowed, f"{name}: every activity leaves through one door, which asks for the yes"
    posting = {str(path.relative_to(ROOT)) for path in (ROOT / "federation").rglob("*.py") if "client.post(" in path.read_text()}
    assert posting == {"federation/delivery.py"}
