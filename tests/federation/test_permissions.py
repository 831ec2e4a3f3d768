"""Moving, pinning, groups, reports, and one engine for every request for a permission."""
from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from federation.handlers.request import ASKS
from models import Actor, Announce, Community, Delivery, Follow, InboxItem, Like, Notification, Pin, Post, Report, Stamp, clock
from models.delivery import ItemState
from models.host import Standing
from models.notification import Notice
from models.reach import Reach
from server.actions import follows, profiles, relations, reports
from server.actions.reports import Told
from tests.browser import Browser
from tests.live import LiveServer, settle
from tests.peer import Document, Peer, PeerActor
from tests.stories.scene import deliver, follow


@pytest.fixture
async def alice(alpha: LiveServer) -> Actor:
    """Our member, in a community that may write for the whole web."""
    async def open_up() -> None:
        await (await Community.current()).change(ceiling=Reach.WEB)
    await alpha.run(open_up())
    return await alpha.member("alice")


@pytest.fixture
async def otto(alpha: LiveServer, peer: Peer, alice: Actor) -> PeerActor:
    """Somebody elsewhere whom she follows."""
    actor = peer.actor("otto")
    actor.document["featured"] = f"{actor.uri}/featured"
    peer.show(actor.uri, actor.document)
    await follow(alpha, alice, actor)
    return actor


async def count(alpha: LiveServer, table: Any, **which: Any) -> int:
    """How many rows alpha has."""
    number: int = await alpha.ask(lambda: table.filter(**which).count())
    return number


# Move

def moved(peer: Peer, otto: PeerActor, *, alias: bool = True, says_so: bool = True) -> PeerActor:
    """A new account of otto's, as both documents say it."""
    new = peer.actor("otto2")
    if alias:
        peer.show(new.uri, new.document | {"alsoKnownAs": otto.uri})
    if says_so:
        peer.show(otto.uri, otto.document | {"movedTo": new.uri})
    return new


async def test_those_who_follow_move_along_and_are_told(
        alpha: LiveServer, peer: Peer, alice: Actor, otto: PeerActor) -> None:
    async def really_follow() -> None:
        await Follow.all().delete()
        await follows.follow(alice, await Actor.get(uri=otto.uri))
    await alpha.run(really_follow())
    await deliver(alpha, peer, otto, otto.does("Accept", (await peer.wait_for("Follow"))[0]))
    peer.received.clear()
    new = moved(peer, otto)
    await deliver(alpha, peer, otto, otto.does("Move", otto.uri, target=new.uri))
    asked = await peer.wait_for("Follow")
    assert asked[0]["object"] == new.uri and asked[0]["actor"] == alice.uri
    assert (await peer.wait_for("Undo"))[0]["object"]["object"] == otto.uri
    assert await count(alpha, Follow, target__uri=otto.uri) == 0 and await count(alpha, Follow, target__uri=new.uri) == 1
    assert await count(alpha, Notification, kind=Notice.MOVED) == 1
    async with Browser(alpha, alice) as browser:
        assert "Otto2 has a new account" in await browser.get("/notices")


@pytest.mark.parametrize("lie", ["no alias", "not said by the old one", "somebody else", "again too soon"])
async def test_a_move_that_is_not_so_moves_nobody(
        alpha: LiveServer, peer: Peer, alice: Actor, otto: PeerActor, lie: str) -> None:
    new = moved(peer, otto, alias=lie != "no alias", says_so=lie != "not said by the old one")
    if lie == "again too soon":
        async def recently() -> None:
            await Actor.filter(uri=otto.uri).update(moved_at=clock.now() - timedelta(days=29))
        await alpha.run(recently())
    by, thing = (peer.actor("thief"), otto.uri) if lie == "somebody else" else (otto, otto.uri)
    assert await peer.send(alpha, by.does("Move", thing, target=new.uri), by) == 202
    await settle(alpha)
    assert await count(alpha, Follow, target__uri=otto.uri) == 1 and await count(alpha, Follow, target__uri=new.uri) == 0
    assert await count(alpha, InboxItem, state=ItemState.REFUSED) == 1


# Add and Remove

async def test_pinned_messages_stand_on_their_authors_page(
        alpha: LiveServer, peer: Peer, alice: Actor, otto: PeerActor) -> None:
    note, strange = otto.note("Read this first"), peer.actor("ida").note("Not otto's")
    for one in (note, strange):
        peer.show(one["id"], one)
    featured = f"{otto.uri}/featured"
    await deliver(alpha, peer, otto, otto.does("Add", note["id"], target=featured),
                  otto.does("Add", strange["id"], target=featured), otto.does("Add", note["id"], target=f"{peer.origin}/other"))
    assert await count(alpha, Pin) == 1
    async with Browser(alpha, alice) as browser:
        html = await browser.get(f"/@otto@{peer.host}")
        assert "Pinned messages" in html and html.count("Read this first") == 2
    await deliver(alpha, peer, otto, otto.does("Remove", note["id"], target=featured))
    assert await count(alpha, Pin) == 0 and await count(alpha, Post, uri=note["id"]) == 1


# reactions in other words

async def test_an_emoji_is_a_thought_and_a_dislike_is_nothing(
        alpha: LiveServer, peer: Peer, alice: Actor, otto: PeerActor) -> None:
    for kind, expected in {"EmojiReact": 1, "Like": 1, "Dislike": 0}.items():
        post = await alpha.write(alice, "A bad day", Reach.PARTNERS)
        react = otto.does(kind, post.uri, content=":blobhug:", _misskey_reaction=":blobhug:", tag=[{"type": "Emoji"}])
        await deliver(alpha, peer, otto, react)
        assert await count(alpha, Like) == expected and await count(alpha, Notification, kind=Notice.THANKS) == expected, kind
        await deliver(alpha, peer, otto, otto.does("Undo", {"type": kind, "actor": otto.uri, "object": post.uri}))
        assert await count(alpha, Like) == 0 and await count(alpha, Notification, kind=Notice.THANKS) == 0, kind


# groups

async def test_what_a_group_announces_is_read_where_it_lives(
        alpha: LiveServer, peer: Peer, alice: Actor, otto: PeerActor) -> None:
    """FEP-1b12: a new message once, though announced twice; a lie about its text is not believed; what is gone goes."""
    group, ida = peer.actor("group", kind="Group"), peer.actor("ida")
    await follow(alpha, alice, group)
    note = ida.note("True words", type="Page", name="Title")
    peer.show(note["id"], note)
    await deliver(alpha, peer, group, group.does("Announce", ida.does("Create", note | {"content": "Lies"})),
                  group.does("Announce", note["id"]), group.does("Announce", ida.does("Like", note["id"])))
    post = await alpha.ask(lambda: Post.get(uri=note["id"]))
    assert post.html == "<p>True words</p>" and await count(alpha, Announce) == 1 and await count(alpha, Like) == 0

    lie = note | {"content": "Changed by the group", "updated": "2026-06-01T00:00:00Z"}
    await deliver(alpha, peer, group, group.does("Announce", ida.does("Update", lie)),
                  group.does("Announce", ida.does("Delete", note["id"])))
    assert (await alpha.ask(lambda: Post.get(uri=note["id"]))).html == "<p>True words</p>"
    peer.show(note["id"], note | {"content": "Newer", "updated": "2026-06-02T00:00:00Z"})
    await deliver(alpha, peer, group, group.does("Announce", ida.does("Update", lie)))
    assert (await alpha.ask(lambda: Post.get(uri=note["id"]))).html == "Newer"
    peer.show(note["id"], {}, status=410)
    await deliver(alpha, peer, otto, otto.does("Announce", ida.does("Delete", note["id"])))  # no group
    assert (await alpha.ask(lambda: Post.get(uri=note["id"]))).deleted_at is None
    await deliver(alpha, peer, group, group.does("Announce", ida.does("Delete", note["id"])))
    assert (await alpha.ask(lambda: Post.get(uri=note["id"]))).deleted_at is not None


# reports

async def test_a_report_leaves_in_the_name_of_the_community(
        alpha: LiveServer, peer: Peer, alice: Actor, otto: PeerActor) -> None:
    note = otto.note("Buy my cure")
    await deliver(alpha, peer, otto, otto.does("Create", note))

    async def report() -> None:
        post = await Post.get(uri=note["id"]).select_related("author")
        mine = await Post.filter(author__host="")
        told = Told(text="It promises a cure", post_ids=(post.id, *(one.id for one in mine)), forward=True)
        await reports.report(alpha.instance.actor, alice, post.author, told)
    await alpha.run(report())
    sent = (await peer.wait_for("Flag"))[0]
    assert sent["actor"] == f"{alpha.origin}/actor" and sent["object"] == [otto.uri, note["id"]]
    assert sent["content"] == "It promises a cure" and "to" not in sent and alice.uri not in json.dumps(sent)


async def test_a_report_shows_the_team_no_message_that_its_sender_never_had(
        alpha: LiveServer, peer: Peer, alice: Actor, otto: PeerActor) -> None:
    """The team reads the messages of a report, whoever they are for: so none may be named that only its author knows."""
    note, seen = await alpha.write(alice, "For me alone", Reach.ME), await alpha.write(alice, "For partners")
    assert (await peer.get(alpha, seen.uri.removeprefix(alpha.origin), otto))[0] == 200
    await deliver(alpha, peer, otto, otto.does("Flag", [alice.uri, note.uri, seen.uri], content="Look"))
    kept = await alpha.ask(lambda: Report.get(sender_host=peer.host))
    assert kept.post_uris == [seen.uri] and kept.target_id == alice.id
    await deliver(alpha, peer, otto, otto.does("Flag", [note.uri], content="Is there such a message?"))
    assert await alpha.ask(lambda: Report.all().count()) == 1


# permissions

async def ask(alpha: LiveServer, peer: Peer, otto: PeerActor, kind: str, post_uri: str, instrument: object) -> Document:
    """Ask, and wait for the answer."""
    request = otto.does(kind, post_uri, instrument=instrument)
    before = len(peer.of_kind("Accept")), len(peer.of_kind("Reject"))
    await deliver(alpha, peer, otto, request)
    answers = [*peer.of_kind("Accept")[before[0]:], *peer.of_kind("Reject")[before[1]:]]
    assert [answer["object"]["id"] for answer in answers] in ([request["id"]], [])
    return answers[0] if answers else {}


async def test_a_quote_is_refused_unless_its_author_lets_it(
        alpha: LiveServer, peer: Peer, alice: Actor, otto: PeerActor) -> None:
    """Then it is stamped, shown, and shown no longer once the permission is taken back."""
    wide, narrow = await alpha.write(alice, "For all", Reach.WEB), await alpha.write(alice, "For partners")
    hidden = await alpha.write(alice, "For us", Reach.COMMUNITY)
    quoting = otto.note("See this", quote=wide.uri)
    assert (await ask(alpha, peer, otto, "QuoteRequest", wide.uri, quoting))["type"] == "Reject"
    await deliver(alpha, peer, otto, otto.does("Create", quoting))
    async with Browser(alpha, alice) as browser:
        copy = await alpha.ask(lambda: Post.get(uri=quoting["id"]))
        assert "Quotes a message by" not in await browser.get(f"/m/{copy.key}")

        await browser.get("/settings/audience")
        await browser.post("/settings/audience", {"reach": "community", "undo": "0", "quotes": "yes"})
        assert browser.status == 200
        yes = await ask(alpha, peer, otto, "QuoteRequest", wide.uri, quoting["id"])
        assert yes["type"] == "Accept" and yes["actor"] == alice.uri and yes["object"]["instrument"] == quoting["id"]
        status, body = await peer.get(alpha, yes["result"], otto)
        stamp = json.loads(body)
        assert status == 200 and stamp["type"] == "QuoteAuthorization" and stamp["id"] == yes["result"]
        assert (stamp["interactingObject"], stamp["interactionTarget"]) == (quoting["id"], wide.uri)
        assert stamp["attributedTo"] == alice.uri and (await peer.get(alpha, yes["result"]))[0] == 401
        assert "Quotes a message by" in await browser.get(f"/m/{copy.key}")

        assert (await ask(alpha, peer, otto, "QuoteRequest", narrow.uri, f"{otto.uri}/q2"))["type"] == "Reject"
        assert await ask(alpha, peer, otto, "QuoteRequest", hidden.uri, f"{otto.uri}/q3") == {}
        assert await ask(alpha, peer, otto, "QuoteRequest", wide.uri, "https://elsewhere.example/q") == {}

        await browser.post("/settings/audience", {"reach": "community", "undo": "0", "quotes": "no"})
        await settle(alpha)
        assert [gone["object"] for gone in peer.of_kind("Delete")] == [yes["result"]]
        assert "Quotes a message by" not in await browser.get(f"/m/{copy.key}")
    assert (await peer.get(alpha, yes["result"], otto))[0] == 404


async def test_other_permissions_follow_the_rules_of_the_acts_themselves(
        alpha: LiveServer, peer: Peer, alice: Actor, otto: PeerActor) -> None:
    """And nobody is ever put on a list. A block takes back what was given."""
    post = await alpha.write(alice, "Hello")
    for number, kind in enumerate(kind for kind in ASKS if kind != "QuoteRequest"):
        yes = await ask(alpha, peer, otto, kind, post.uri, f"{otto.uri}/i{number}")
        assert yes["type"] == "Accept", kind
        _, body = await peer.get(alpha, yes["result"], otto)
        assert json.loads(body)["type"] == kind.replace("Request", "Authorization")
    async with Peer() as other:  # it may see no message for partners, so also not what is allowed with it
        await other.become(alpha, Standing.OPEN)
        assert (await other.get(alpha, yes["result"], other.actor("ada")))[0] == 404
    assert (await ask(alpha, peer, otto, "FeatureRequest", alice.uri, f"{otto.uri}/list"))["type"] == "Reject"

    async def block() -> None:
        await relations.block(alice, await Actor.get(uri=otto.uri))
    await alpha.run(block())
    await settle(alpha)
    assert await count(alpha, Stamp) == 0 and len(peer.of_kind("Delete")) == 3
    assert (await ask(alpha, peer, otto, "LikeRequest", post.uri, f"{otto.uri}/i9"))["type"] == "Reject"


async def test_our_posts_say_what_may_be_done_with_them(alpha: LiveServer, peer: Peer, alice: Actor, otto: PeerActor) -> None:
    post, wide = await alpha.write(alice, "Hello"), await alpha.write(alice, "Hello all", Reach.WEB)

    async def policy_of(one: Post) -> Document:
        document: Document = json.loads((await peer.get(alpha, one.uri, otto))[1])
        found: Document = {name: rule["automaticApproval"] for name, rule in document["interactionPolicy"].items()}
        return found
    assert (await policy_of(post))["canQuote"] == [alice.uri]
    assert f"{alpha.origin}/partners" in (await policy_of(post))["canReply"]
    assert (await policy_of(wide))["canQuote"] == [alice.uri]
    document = json.loads((await peer.get(alpha, post.uri, otto))[1])  # in `to`: for Mastodon it is a direct message otherwise
    assert (document["to"], document["cc"]) == ([f"{alpha.origin}/partners", alice.followers_uri], [])
    await alpha.run(profiles.allow_quotes(await alpha.ask(lambda: Actor.get(id=alice.id)), True))
    assert (await policy_of(wide))["canQuote"] == ["https://www.w3.org/ns/activitystreams#Public"]
    assert (await policy_of(post))["canQuote"] == [alice.uri]


# quotes between others

QUOTED_HOW = {"stamp": True, "no stamp": False, "stamp of another": False, "stamp elsewhere": False, "misskey": True,
              "e232": True, "own": True}


async def test_a_quote_of_somebody_elsewhere_is_a_quiet_link(
        alpha: LiveServer, peer: Peer, alice: Actor, otto: PeerActor) -> None:
    """As its author allows it; only they can take that back."""
    ida = peer.actor("ida")
    for how, shown in QUOTED_HOW.items():
        quoted = (otto if how == "own" else ida).note("The words of Ida")
        peer.show(quoted["id"], quoted)
        note, stamp = quoting(peer, otto, ida, quoted, how)
        await deliver(alpha, peer, otto, otto.does("Create", note))
        assert await shows_quote(alpha, alice, note) == shown, how
        if how == "stamp":
            await deliver(alpha, peer, otto, otto.does("Delete", stamp))  # not his to withdraw
            assert await shows_quote(alpha, alice, note)
            await deliver(alpha, peer, ida, ida.does("Delete", stamp))
            assert not await shows_quote(alpha, alice, note)
    assert await count(alpha, Delivery) == 0


def quoting(peer: Peer, otto: PeerActor, ida: PeerActor, quoted: Document, how: str) -> tuple[Document, str]:
    """A note of otto's that quotes, said in one of the ways above, and the id of the stamp that it may have."""
    stamp = "https://elsewhere.example/stamps/1" if how == "stamp elsewhere" else f"{peer.origin}/stamps/{how.replace(' ', '-')}"
    media_type = 'application/ld+json; profile="https://www.w3.org/ns/activitystreams"'
    link = {"type": "Link", "mediaType": media_type, "href": quoted["id"]}
    said: Document = {"misskey": {"_misskey_quote": quoted["id"]}, "e232": {"tag": [link]}, "no stamp": {"quote": quoted["id"]},
                      "own": {"quote": quoted["id"]}}.get(how, {"quote": quoted["id"], "quoteAuthorization": stamp})
    note = otto.note("Well said", **said)
    about = f"{otto.uri}/other" if how == "stamp of another" else note["id"]
    peer.show(stamp, {"id": stamp, "type": "QuoteAuthorization", "attributedTo": ida.uri, "interactingObject": about,
                      "interactionTarget": quoted["id"]})
    return note, stamp


async def shows_quote(alpha: LiveServer, alice: Actor, note: Document) -> bool:
    """Whether the page of our copy shows what it quotes."""
    copy = await alpha.ask(lambda: Post.get(uri=note["id"]))
    async with Browser(alpha, alice) as browser:
        return "Quotes a message by" in await browser.get(f"/m/{copy.key}")
