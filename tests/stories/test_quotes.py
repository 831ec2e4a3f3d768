"""Members of ours quote: what its author lets them, once the author has said yes, for as long as that stands (FEP-044f)."""
from __future__ import annotations

import json

import pytest

from federation import outbox
from models import Actor, Community, InboxItem, Post, Stamp
from models.post import AskedState, Quotable
from models.reach import Reach
from server.actions import held, narrowing, profiles, removal
from server.actions.posts import Composition, publish
from server.errors import Refused
from server.keys import MEDIA
from tests.browser import Browser
from tests.live import LiveServer, settle
from tests.peer import Document, Peer, PeerActor
from tests.stories.scene import befriend, deliver, follow, known, see

PUBLIC = "https://www.w3.org/ns/activitystreams#Public"


async def for_all(server: LiveServer, name: str, *, quotes: bool = False) -> Actor:
    """A member who may write for the whole web, and whether others may quote that."""
    async def open_up() -> None:
        await (await Community.current()).change(ceiling=Reach.WEB)
    await server.run(open_up())
    actor = await server.member(name)
    await let(server, actor, quotes)
    return await server.ask(lambda: Actor.get(id=actor.id))


async def let(server: LiveServer, actor: Actor, quotes: bool) -> None:
    """Say whether others may quote."""
    async def change() -> None:
        await profiles.allow_quotes(await Actor.get(id=actor.id), quotes)
    await server.run(change())


async def again(server: LiveServer, post: Post) -> Post:
    """A message as it stands now."""
    return await server.ask(lambda: Post.get(uri=post.uri).select_related("author"))


async def why_not(server: LiveServer, author: Actor, quoted: Post, reach: Reach = Reach.WEB) -> str:
    """What a rule says against quoting."""
    with pytest.raises(Refused) as refused:
        await server.write(author, "Look", reach, quoted=quoted)
    return refused.value.safe.removeprefix("refused.")


async def test_a_quote_is_asked_for_shown_and_ends_with_the_permission(alpha: LiveServer, beta: LiveServer) -> None:
    """Between two servers: asked when it leaves, seen by its writer alone, by all after the yes, gone after the no."""
    alice, bea = await for_all(alpha, "alice"), await for_all(beta, "bea", quotes=True)
    await befriend(alpha, alice, bea, beta)
    await befriend(beta, bea, alice, alpha)
    words = await beta.write(bea, "The words of Bea", Reach.WEB)
    few = await beta.write(bea, "For partners", Reach.PARTNERS)
    await settle(alpha, beta)
    quoted, narrow = await known(alpha, words), await known(alpha, few)
    assert quoted and narrow and (quoted.quotable, narrow.quotable) == (Quotable.ANYONE, Quotable.NOBODY)
    assert await why_not(alpha, alice, narrow, Reach.PARTNERS) == "unquotable"
    assert await why_not(alpha, alice, quoted, Reach.ME) == "quoted_for_few"

    async with Browser(alpha, alice) as browser:
        assert f"/compose?quote={quoted.key}" in await browser.get(f"/m/{quoted.key}")
        assert f"/compose?quote={narrow.key}" not in await browser.get(f"/m/{narrow.key}")
        page = await browser.get(f"/compose?quote={quoted.key}")
        assert "You quote a message by bea" in page and "The words of Bea" in page and 'value="circle"' not in page
        await browser.post("/compose", {"text": "Well said", "reach": "partners", "quote": quoted.key, "language": "en"})
        assert browser.status == 200
        mine = await alpha.ask(lambda: Post.get(quote_uri=words.uri).select_related("author"))
        assert mine.quote_state is AskedState.ASKED and not mine.shows_quote
        assert "has been asked and has not answered" in await browser.get(f"/m/{mine.key}")
        before = await alpha.run(outbox.note_of(mine))
        assert f'<p class="quote-inline">RE: <a href="{words.uri}">' in before["content"] == before["contentMap"]["en"]
        assert "quoteUri" not in before and not before["tag"], "who asks nobody learns it with the yes"
        await alpha.run(held.send_now(mine))
        await settle(alpha, beta)
        mine = await again(alpha, mine)
        assert mine.quote_state is AskedState.SHOWN and mine.quote_stamp_uri.startswith(beta.origin)
        assert "has been asked" not in await browser.get(f"/m/{mine.key}") and "Quotes a message by" in browser.page
        there = await known(beta, mine)
        assert there and there.shows_quote and there.edited_at is None and there.quote_stamp_uri == mine.quote_stamp_uri
        assert 'class="quote-inline">RE:' in there.html and "RE:" not in mine.html
        after = await alpha.run(outbox.note_of(mine))
        assert (after["quoteUri"], after["_misskey_quote"], after["tag"][-1]["href"]) == (words.uri,) * 3

        await let(beta, bea, False)
        await settle(alpha, beta)
        assert (await again(alpha, mine)).quote_state is AskedState.ENDED
        assert "has taken the permission back" in await browser.get(f"/m/{mine.key}")
        assert not (await again(beta, mine)).shows_quote
        ended = await alpha.run(outbox.note_of(await again(alpha, mine)))
        assert "RE:" not in ended["content"] and not {"quote", "quoteUri", "_misskey_quote"} & ended.keys() and not ended["tag"]

        no = await alpha.write(alice, "Once more", Reach.WEB, quoted=await again(alpha, quoted))
        await settle(alpha, beta)
        assert (await again(alpha, no)).quote_state is AskedState.REFUSED and not (await again(beta, no)).shows_quote
    async with Browser(alpha, await alpha.member("dora")) as other:
        assert "Quotes a message by" not in await other.get(f"/m/{no.key}")


async def test_quotes_within_a_community_and_of_oneself(alpha: LiveServer) -> None:
    """Nobody below the web unless the author lets it; what stays here asks nobody; a stamp goes with either message."""
    alice, dora = await for_all(alpha, "alice"), await for_all(alpha, "dora")
    wide, here = await alpha.write(alice, "For all", Reach.WEB), await alpha.write(alice, "For us", Reach.COMMUNITY)
    assert await why_not(alpha, dora, wide) == await why_not(alpha, dora, here, Reach.COMMUNITY) == "unquotable"
    own = await alpha.write(alice, "As I said", Reach.COMMUNITY, quoted=here)
    assert own.shows_quote and await why_not(alpha, alice, here, Reach.PARTNERS) == "wider"
    await let(alpha, alice, True)
    wide = await again(alpha, wide)
    quoting = await alpha.write(dora, "Alice is right", Reach.WEB, quoted=wide)
    undone = await alpha.run(publish(dora, Composition(text="Oh", reach=Reach.WEB, quoted=wide, undo_seconds=60), alpha.origin))
    assert quoting.shows_quote and await alpha.ask(lambda: Stamp.all().count()) == 2
    draft = await alpha.run(held.undo(undone))
    assert draft.form["quote"] == wide.key and await alpha.ask(lambda: Stamp.all().count()) == 1
    await let(alpha, alice, False)
    assert (await again(alpha, quoting)).quote_state is AskedState.ENDED and (await again(alpha, own)).shows_quote
    await let(alpha, alice, True)
    once_more = await alpha.write(dora, "Still right", Reach.WEB, quoted=await again(alpha, wide))
    await alpha.run(narrowing.narrow(await again(alpha, wide), Reach.COMMUNITY))
    assert (await again(alpha, once_more)).quote_state is AskedState.ENDED, "it is for fewer now"
    await alpha.run(removal.delete(await again(alpha, quoting), alpha.app[MEDIA]))
    assert not (await alpha.ask(lambda: Post.get(uri=quoting.uri))).quote_uri


async def test_a_yes_counts_with_a_good_stamp_of_the_one_who_was_asked(alpha: LiveServer, peer: Peer) -> None:
    """Other software, that may lie: a yes of somebody else, a stamp about something else or from elsewhere are not believed."""
    alice, otto, eve = await for_all(alpha, "alice"), peer.actor("otto"), peer.actor("eve")
    await follow(alpha, alice, otto)
    note = otto.note("Ask me", interactionPolicy={"canQuote": {"manualApproval": [PUBLIC]}})
    await deliver(alpha, peer, otto, otto.does("Create", note))
    quoted = await alpha.ask(lambda: Post.get(uri=note["id"]).select_related("author"))
    assert quoted.quotable is Quotable.ASKED
    assert await why_not(alpha, alice, quoted, Reach.COMMUNITY) == "unquotable"  # nobody is asked where nothing leaves
    async with Browser(alpha, alice) as browser:
        page = await browser.get(f"/compose?quote={quoted.key}")
        assert 'value="partners"' in page and 'value="community"' not in page, "no choice that is refused afterwards"

    mine = await alpha.write(alice, "May I?", Reach.WEB, quoted=quoted)
    asked = (await peer.wait_for("QuoteRequest"))[0]
    assert (asked["object"], asked["instrument"], asked["actor"]) == (note["id"], mine.uri, alice.uri)
    stamp, other = f"{peer.origin}/stamps/1", f"{peer.origin}/stamps/2"
    good = {"id": stamp, "type": "QuoteAuthorization", "attributedTo": otto.uri, "interactingObject": mine.uri,
            "interactionTarget": note["id"]}
    peer.show(stamp, good)
    peer.show(other, good | {"id": other, "interactingObject": f"{alpha.origin}/posts/another"})

    async def said(by: PeerActor, result: str | None, answer: str = "Accept") -> Post:
        thing: Document = {"id": asked["id"], "type": "QuoteRequest", "actor": alice.uri, "object": note["id"],
                           "instrument": mine.uri}
        assert await peer.send(alpha, by.does(answer, thing, **({"result": result} if result else {})), by) == 202
        await settle(alpha)
        return await again(alpha, mine)

    async def shown_to(by: PeerActor) -> bytes:
        return (await peer.get(alpha, mine.uri.removeprefix(alpha.origin), by))[1]
    for by, result in ((eve, stamp), (otto, None), (otto, other), (otto, "https://elsewhere.example/stamps/1")):
        assert (await said(by, result)).quote_state is AskedState.ASKED, (by.uri, result)
    theirs = eve.note("Look", quote=note["id"], cc=[alice.uri])
    await deliver(alpha, peer, eve, eve.does("Create", theirs))
    named = {"id": f"{alpha.origin}/activities/x", "type": "QuoteRequest", "actor": eve.uri, "object": note["id"]}
    for uri in (theirs["id"], f"{theirs['id']}x"):  # for somebody else's quote nobody here asked
        there = f"{peer.origin}/stamps/{len(peer.pages)}"
        peer.show(there, good | {"id": there, "interactingObject": uri})
        await deliver(alpha, peer, otto, otto.does("Accept", named | {"instrument": uri}, result=there))
    assert not (await alpha.ask(lambda: Post.get(uri=theirs["id"]))).shows_quote and len(peer.of_kind("Update")) == 0
    outcomes = await alpha.ask(lambda: InboxItem.filter(activity_uri__startswith=otto.uri).order_by("-id").limit(2))
    assert {item.outcome for item in outcomes} == {"answers a follow that it was not asked for"}
    shown = await said(otto, stamp)
    assert shown.shows_quote and (await shown_to(otto)).count(stamp.encode()) == 1

    assert await peer.send(alpha, eve.does("Delete", stamp), eve) == 202
    await settle(alpha)
    assert (await again(alpha, mine)).shows_quote
    assert (await said(eve, None, "Reject")).shows_quote
    await deliver(alpha, peer, otto, otto.does("Delete", stamp))
    gone = await again(alpha, mine)
    assert gone.quote_state is AskedState.ENDED and json.loads(await shown_to(otto)).get("quote") is None


async def test_policies_of_others_are_read_in_their_dialects(alpha: LiveServer, peer: Peer) -> None:
    """No word is no permission; who follows may, where followers may."""
    alice, dora, otto = await for_all(alpha, "alice"), await alpha.member("dora"), peer.actor("otto")
    await follow(alpha, alice, otto)
    said: dict[str, Quotable] = {}
    rules = {"": Quotable.NOBODY, "automaticApproval": Quotable.ANYONE, "manualApproval": Quotable.ASKED,
             "always": Quotable.ANYONE, "approvalRequired": Quotable.ASKED}
    for rule in rules:
        policy = {"interactionPolicy": {"canQuote": {rule: [PUBLIC]}}} if rule else {}
        note = otto.note("Hello", **policy)
        await deliver(alpha, peer, otto, otto.does("Create", note))
        said[rule] = (await alpha.ask(lambda: Post.get(uri=note["id"]))).quotable  # noqa: B023 - asked at once
    assert said == rules
    note = otto.note("To those who follow", interactionPolicy={"canQuote": {"automaticApproval": [f"{otto.uri}/followers"]}})
    await deliver(alpha, peer, otto, otto.does("Create", note))
    quoted = await alpha.ask(lambda: Post.get(uri=note["id"]).select_related("author"))
    assert await why_not(alpha, dora, quoted) == "unquotable"
    assert (await alpha.write(alice, "I follow", Reach.WEB, quoted=quoted)).quote_state is AskedState.ASKED
    await deliver(alpha, peer, otto, otto.does("Update", note | {"interactionPolicy": {}, "updated": note["published"]}))
    assert (await again(alpha, quoted)).quotable is Quotable.NOBODY and (await see(alpha, alice)).id == alice.id
