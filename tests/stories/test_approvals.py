"""Members of ours answer, think of and pass on messages whose author has to let it, and third servers see that it was let
(GoToSocial's interaction policies).
"""
from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from aiohttp import web

from federation import authorizations, unanswered_wishes
from federation.wire import Note
from models import Announce, Approval, Case, Host, Like, Post, clock
from models.case import Matter
from models.host import Standing
from models.notification import Notice
from models.post import AskedState
from models.reach import Reach
from models.stamp import StampKind
from moderation.visibility import Viewer, visible_to
from server.actions import held, narrowing, posts, reactions, removal
from server.actions.posts import Composition
from server.keys import COMMUNITY, MEDIA
from tests.browser import Browser
from tests.live import LiveServer, settle
from tests.peer import Document, Peer, PeerActor
from tests.stories.scene import befriend, deliver, follow, known, notices, sees
from tests.stories.test_quotes import again, for_all

PUBLIC = "https://www.w3.org/ns/activitystreams#Public"
ASK = {"automaticApproval": [], "manualApproval": [PUBLIC]}
POLICY = {"canReply": ASK, "canLike": ASK, "canAnnounce": ASK}


async def told(peer: Peer, otto: PeerActor, servers: list[LiveServer], **more: Any) -> Document:
    """A message of otto's that these servers have, for which people have to ask."""
    note = otto.note("Ask me first", **{"interactionPolicy": POLICY, **more})
    peer.show(note["id"], note)
    for server in servers:
        await deliver(server, peer, otto, otto.does("Create", note))
    return note


async def copy_of(server: LiveServer, uri: str) -> Post:
    return await server.ask(lambda: Post.get(uri=uri).select_related("author"))


def stamp_for(peer: Peer, kind: str, otto: PeerActor, interaction: str, target: str, **more: Any) -> str:
    """A permission that can be read on otto's server."""
    uri = f"{peer.origin}/stamps/{len(peer.pages)}"
    peer.show(uri, {"id": uri, "type": f"{kind}Authorization", "attributedTo": otto.uri, "interactingObject": interaction,
                    "interactionTarget": target, **more})
    return uri


def answer_to(request: Document) -> Document:
    """The request as GoToSocial repeats it: what was asked for by its id."""
    return {name: request[name] for name in ("id", "type", "actor", "object")} | {"instrument": request["instrument"]["id"]}


async def test_an_answer_is_asked_for_shown_with_the_yes_and_ends_with_it(
        alpha: LiveServer, beta: LiveServer, peer: Peer) -> None:
    """Nobody but whom it answers gets it before; then it goes everywhere with the permission, which a third server checks."""
    await peer.become(beta)
    alice, dora, bea = await for_all(alpha, "alice"), await alpha.member("dora"), await beta.member("bea")
    otto, eve = peer.actor("otto"), peer.actor("eve")
    await befriend(beta, bea, alice, alpha)
    await follow(alpha, alice, otto)
    await follow(beta, bea, otto)
    note = await told(peer, otto, [alpha, beta])
    copy = await copy_of(alpha, note["id"])
    await alpha.run(alpha.app[COMMUNITY].load())
    async with Browser(alpha, alice) as browser:
        assert "The person you answer is asked first, if" in await browser.get(f"/m/{copy.key}")
        await browser.post("/compose", {"text": "May I, @dora?", "reply": copy.key, "reach": "web", "language": "en"})
        mine = await alpha.ask(lambda: Post.get(parent_uri=note["id"]).select_related("author"))
        assert "and has not said yes yet" in await browser.get(f"/m/{mine.key}")
        await browser.post(f"/m/{mine.key}/send-now", {})
        (request,) = await peer.wait_for("ReplyRequest")
        await settle(alpha, beta)
        wanted = request["instrument"]
        assert (request["object"], request["to"], wanted["id"]) == (note["id"], [otto.uri], mine.uri)
        assert (wanted["inReplyTo"], wanted["to"]) == (note["id"], [PUBLIC]) and "replyAuthorization" not in wanted
        assert not peer.of_kind("Create") and await known(beta, mine) is None and not await sees(alpha, dora, mine.uri)
        assert not await notices(alpha, dora) and (await notices(alpha, alice))[1:] == []

        again_ = Composition(text="May I, please, @dora?", reach=Reach.WEB, language="en")
        await alpha.run(posts.edit(await again(alpha, mine), again_, {}, alpha.origin))
        await settle(alpha, beta)
        assert len(peer.of_kind("Update")) == 1 and await known(beta, mine) is None and not await notices(alpha, dora)

        async def said(by: PeerActor, kind: str, result: str | None) -> Post:
            await deliver(alpha, peer, by, by.does(kind, answer_to(request), **({"result": result} if result else {})))
            await settle(alpha, beta)
            return await again(alpha, mine)
        good = stamp_for(peer, "Reply", otto, mine.uri, note["id"])
        moved = f"{peer.origin}/stamps/moved"
        async with Peer() as elsewhere:
            await elsewhere.become(alpha)
            there = stamp_for(elsewhere, "Reply", otto, mine.uri, note["id"])
            led = stamp_for(elsewhere, "Reply", otto, mine.uri, note["id"], id=moved)

            async def lead(_: web.Request) -> web.Response:
                return web.Response(status=302, headers={"Location": led})
            peer.pages["/stamps/moved"] = lead
            lies = [(eve, good), (otto, None), (otto, stamp_for(peer, "Reply", eve, mine.uri, note["id"])), (otto, moved),
                    (otto, stamp_for(peer, "Reply", otto, f"{mine.uri}x", note["id"])), (otto, there),
                    (otto, stamp_for(peer, "Reply", otto, mine.uri, f"{note['id']}x")), (otto, f"{peer.origin}/stamps/gone"),
                    (otto, stamp_for(peer, "Like", otto, mine.uri, note["id"]))]
            for by, result in lies:
                assert (await said(by, "Accept", result)).answer_state is AskedState.ASKED, (by.uri, result)
        assert (await said(eve, "Reject", None)).answer_state is AskedState.ASKED and await known(beta, mine) is None

        assert (await said(otto, "Reject", None)).answer_state is AskedState.REFUSED
        assert "does not want this answer" in await browser.get(f"/m/{mine.key}")
        assert (await said(otto, "Accept", good)).answer_state is AskedState.SHOWN, "somebody may think again"
        assert "does not want this answer" not in await browser.get(f"/m/{mine.key}") and await sees(alpha, dora, mine.uri)
        await alpha.run(held.release_due())
        assert await notices(alpha, dora) == [(Notice.MENTION, mine.uri)], "and not before"
        assert (await notices(alpha, alice))[1:] == [(Notice.ANSWER_LET, mine.uri)]
        there_too = await known(beta, mine)
        assert there_too and there_too.parent and there_too.parent.uri == note["id"]
        assert peer.fetched.count(good.removeprefix(peer.origin)) >= 2, "beta has looked itself"
        shown = json.loads((await peer.get(alpha, mine.uri.removeprefix(alpha.origin), otto))[1])
        assert shown["replyAuthorization"] == shown["approvedBy"] == good
        assert peer.of_kind("Create")[0]["object"]["replyAuthorization"] == good

        await deliver(alpha, peer, eve, eve.does("Delete", good))
        assert (await again(alpha, mine)).answer_state is AskedState.SHOWN
        await deliver(alpha, peer, otto, otto.does("Delete", good))
        await settle(alpha, beta)
        assert (await again(alpha, mine)).answer_state is AskedState.ENDED and not await sees(alpha, dora, mine.uri)
        assert "has taken their yes back" in await browser.get(f"/m/{mine.key}")
        assert not await notices(alpha, dora) and (await notices(alpha, alice))[1:] == [(Notice.ANSWER_NOT_LET, mine.uri)]
        gone = await beta.ask(lambda: Post.get(uri=mine.uri))
        assert gone.deleted_at and not gone.html


async def test_what_is_asked_can_be_changed_taken_back_and_kept_here(alpha: LiveServer, peer: Peer) -> None:
    """An edit and an erasure are told to whom was asked alone; what stays here, or is for named people, asks nobody."""
    alice, dora, otto, eve = await for_all(alpha, "alice"), await alpha.member("dora"), peer.actor("otto"), peer.actor("eve")
    await follow(alpha, alice, otto)
    parent = await copy_of(alpha, (await told(peer, otto, [alpha]))["id"])
    mine = await alpha.write(alice, "One", Reach.WEB, parent=parent)
    await peer.wait_for("ReplyRequest")
    await alpha.run(posts.edit(mine, Composition(text="Two", reach=Reach.WEB), {}, alpha.origin))
    assert "Two" in (await peer.wait_for("Update"))[0]["object"]["content"]
    await alpha.run(removal.delete(await again(alpha, mine), alpha.app[MEDIA]))
    assert (await peer.wait_for("Delete"))[0]["object"]["id"] == mine.uri
    assert not await alpha.ask(lambda: Approval.all().count())

    await alpha.write(alice, "I want to kill myself", Reach.WEB, parent=parent)
    assert await alpha.ask(lambda: Case.filter(matter=Matter.DANGER).count()) == 1, "the team waits for nobody's yes"

    undone = await alpha.run(posts.publish(alice, Composition(text="Oh", reach=Reach.WEB, parent=parent, undo_seconds=60),
                                           alpha.origin))
    await alpha.run(removal.delete(undone, alpha.app[MEDIA]))
    here = await alpha.write(alice, "Among us", Reach.COMMUNITY, parent=parent)
    few = await alpha.write(alice, "For you", Reach.CIRCLE, parent=parent, recipients=(parent.author,))
    later = await alpha.write(alice, "Rather among us", Reach.WEB, parent=parent)
    await settle(alpha)
    assert len(peer.of_kind("ReplyRequest")) == 3 and [one["object"]["id"] for one in peer.of_kind("Create")] == [few.uri]
    assert here.is_let and few.is_let and not later.is_let and await sees(alpha, dora, here.uri)
    await alpha.run(narrowing.narrow(later, Reach.COMMUNITY))
    assert (await again(alpha, later)).is_let and await sees(alpha, dora, later.uri)
    named = await told(peer, eve, [alpha], tag=[{"type": "Mention", "href": alice.uri, "name": "@alice"}], cc=[alice.uri])
    assert (await alpha.write(alice, "You named me", Reach.WEB, parent=await copy_of(alpha, named["id"]))).is_let


async def test_nothing_waits_for_a_yes_for_ever(alpha: LiveServer, peer: Peer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who may not be sent an answer cannot be asked, as its writer reads before and when they try; and who does not answer, or
    can be asked no longer, is not waited for.
    """
    alice, dora, otto = await for_all(alpha, "alice"), await for_all(alpha, "dora"), peer.actor("otto")
    await follow(alpha, alice, otto)
    parent = await copy_of(alpha, (await told(peer, otto, [alpha]))["id"])
    old = await alpha.write(alice, "A month ago", Reach.WEB, parent=parent)
    await alpha.run(reactions.thank(alice, parent))
    await peer.wait_for("LikeRequest")

    async def stand(how: Standing) -> None:
        await alpha.ask(lambda: Host.filter(name=peer.host).update(standing=how))
        await asyncio.sleep(1.1)  # how we stand with a host is remembered for a second
    later = await alpha.run(posts.publish(dora, Composition(text="Soon", reach=Reach.PARTNERS, parent=parent, undo_seconds=60),
                                          alpha.origin))
    await stand(Standing.NARROWED)
    await alpha.run(alpha.app[COMMUNITY].load())
    async with Browser(alpha, alice) as browser:
        page = await browser.get(f"/m/{parent.key}")
        assert "They hear of your answer only if it is for the whole web" in page
        refused = await browser.post("/compose", {"text": "My words", "reply": parent.key, "reach": "partners", "language": "en"})
        assert browser.status == 403 and "wants to be asked first" in refused and "My words" in refused
        await alpha.run(held.send_now(later))
        await settle(alpha)
        assert len(peer.of_kind("ReplyRequest")) == 1 and not (await again(alpha, later)).is_let
        await alpha.ask(lambda: Approval.filter(uri=old.uri).update(created_at=clock.now() - unanswered_wishes.WAITS))
        await alpha.ask(lambda: Approval.filter(kind=StampKind.LIKE).update(created_at=clock.now() - unanswered_wishes.WAITS))
        fresh = await alpha.write(alice, "Just now", Reach.WEB, parent=parent)
        await peer.wait_for("ReplyRequest", 2)
        await alpha.run(unanswered_wishes.end_due())
        states = [(await again(alpha, one)).answer_state for one in (old, later, fresh)]
        assert states == [AskedState.UNANSWERED, AskedState.UNANSWERED, AskedState.ASKED]
        assert "has not answered for a month. Only you see your answer" in await browser.get(f"/m/{old.key}")
        assert "whether they want to hear that you think of them, or has" in await browser.get(f"/m/{parent.key}")
        assert (Notice.ANSWER_NOT_LET, later.uri) in await notices(alpha, dora)
    request = next(one for one in peer.of_kind("ReplyRequest") if one["instrument"]["id"] == old.uri)
    good = stamp_for(peer, "Reply", otto, old.uri, parent.uri)
    await deliver(alpha, peer, otto, otto.does("Accept", answer_to(request), result=good))
    assert (await again(alpha, old)).answer_state is AskedState.SHOWN, "a late yes is a yes"

    other = await copy_of(alpha, (await told(peer, otto, [alpha], interactionPolicy={"canQuote": ASK}))["id"])
    quote = await alpha.write(alice, "See", Reach.WEB, quoted=other)
    await peer.wait_for("QuoteRequest")
    await alpha.run(unanswered_wishes.end_due())
    assert (await again(alpha, quote)).quote_state is AskedState.ASKED
    monkeypatch.setattr(unanswered_wishes, "WAITS", timedelta(0))
    await alpha.run(unanswered_wishes.end_due())
    assert (await again(alpha, quote)).quote_state is AskedState.UNANSWERED
    async with Browser(alpha, alice) as browser:
        assert "has not answered for a month. Only you see the quote" in await browser.get(f"/m/{quote.key}")
    asked = next(one for one in peer.of_kind("QuoteRequest"))
    good = stamp_for(peer, "Quote", otto, quote.uri, other.uri)
    await deliver(alpha, peer, otto, otto.does("Accept", asked, result=good))
    assert (await again(alpha, quote)).quote_state is AskedState.SHOWN


async def test_likes_and_announces_are_asked_for_first(alpha: LiveServer, beta: LiveServer, peer: Peer) -> None:
    """They are told with the yes, taken back with it, and can be taken back before."""
    await peer.become(beta)
    alice, bea, otto, eve = await for_all(alpha, "alice"), await beta.member("bea"), peer.actor("otto"), peer.actor("eve")
    await befriend(beta, bea, alice, alpha)
    await follow(alpha, alice, otto)
    await follow(beta, bea, otto)
    note = await told(peer, otto, [alpha, beta])
    copy = await copy_of(alpha, note["id"])

    async def passed(server: LiveServer) -> bool:
        return await server.ask(lambda: Announce.filter(actor__uri=alice.uri).exists())
    async with Browser(alpha, alice) as browser:
        await browser.post(f"/m/{copy.key}/thanks", {})
        await browser.post(f"/m/{copy.key}/pass-on", {})
        page = await browser.get(f"/m/{copy.key}")
        assert "They have not answered yet" in page and "whether you may pass this on" in page
        (like,), (announce,) = await peer.wait_for("LikeRequest"), await peer.wait_for("AnnounceRequest")
        await settle(alpha, beta)
        assert like["instrument"]["type"] == "Like" and announce["instrument"]["to"] == [PUBLIC]
        assert not peer.of_kind("Like") and not await passed(alpha) and not await passed(beta)

        await browser.post(f"/m/{copy.key}/thanks", {})
        assert (await peer.wait_for("Undo"))[0]["object"]["id"] == like["instrument"]["id"]
        await browser.post(f"/m/{copy.key}/thanks", {})
        like = (await peer.wait_for("LikeRequest", 2))[1]
        stamps = {}
        for kind, request in (("Like", like), ("Announce", announce)):
            stamps[kind] = stamp_for(peer, kind, otto, request["instrument"]["id"], note["id"])
            await deliver(alpha, peer, eve, eve.does("Accept", answer_to(request), result=stamps[kind]))
            assert not peer.of_kind(kind)
            await deliver(alpha, peer, otto, otto.does("Accept", answer_to(request), result=stamps[kind]))
            sent = (await peer.wait_for(kind))[0]
            assert sent["id"] == request["instrument"]["id"] and sent[f"{kind.lower()}Authorization"] == stamps[kind]
        await settle(alpha, beta)
        assert await passed(alpha) and await passed(beta), "beta has read the permission"
        assert "whether you may pass" not in await browser.get(f"/m/{copy.key}")
        for kind, table in (("Like", Like), ("Announce", Announce)):
            requested = announce if kind == "Announce" else like
            ends = [otto.does("Delete", stamps[kind])] if kind == "Announce" else [otto.does("Reject", answer_to(requested))]
            await deliver(alpha, peer, eve, eve.does("Reject", answer_to(requested)))
            assert await alpha.ask(lambda: table.filter(uri__startswith=alpha.origin).count()) == 1  # noqa: B023 - asked at once
            await deliver(alpha, peer, otto, *ends)  # a late no is a no, as much as a yes that is taken back
            assert not await alpha.ask(lambda: table.filter(uri__startswith=alpha.origin).count())  # noqa: B023 - asked at once
        await settle(alpha, beta)
        assert not await passed(beta) and "You no longer pass this on" in await browser.get(f"/m/{copy.key}")
        await browser.post(f"/m/{copy.key}/pass-on", {})
        assert "no longer pass this on" not in await browser.get(f"/m/{copy.key}")
        await alpha.run(reactions.pass_on(alice, copy))
        again_ = (await peer.wait_for("AnnounceRequest", 2))[1]
        await deliver(alpha, peer, otto, otto.does("Reject", again_["id"]))
        assert "does not want you to pass this on" in await browser.get(f"/m/{copy.key}") and not await passed(alpha)


async def test_what_others_do_without_a_yes_is_not_taken(alpha: LiveServer, peer: Peer) -> None:
    """Answers and Announces of third servers, to a message whose author has to let them; and lies about permissions."""
    alice, otto, mona = await for_all(alpha, "alice"), peer.actor("otto"), peer.actor("mona")
    await follow(alpha, alice, otto)
    async with Peer() as third:
        await third.become(alpha)
        eve, nina = third.actor("eve"), third.actor("nina")
        await follow(alpha, alice, eve)
        note = await told(peer, otto, [alpha], interactionPolicy={
            "canReply": {"automaticApproval": [otto.uri, nina.uri], "manualApproval": [PUBLIC]}, "canAnnounce": ASK})

        async def answered(by: PeerActor, stamp: str = "", **more: Any) -> Post | None:
            said = by.note("Well", inReplyTo=note["id"], cc=[alice.uri], **more)
            if stamp:
                said["replyAuthorization"] = stamp.replace("IT", said["id"])
            third.show(said["id"], said)
            await deliver(alpha, third, by, by.does("Create", said))
            return await alpha.ask(lambda: Post.get_or_none(uri=said["id"]).select_related("parent"))

        async def let(by: PeerActor, giver: PeerActor, where: Peer, **wrong: str) -> Post | None:
            said = by.note("Well", inReplyTo=note["id"])
            stamp = stamp_for(where, "Reply", giver, said["id"], note["id"], **wrong)
            await deliver(alpha, third, by, by.does("Create", said | {"replyAuthorization": stamp}))
            return await alpha.ask(lambda: Post.get_or_none(uri=said["id"]).select_related("parent"))
        assert await answered(eve) is None, "nobody was asked"
        assert await answered(eve, f"{peer.origin}/stamps/none") is None
        assert await let(eve, mona, peer) is None and await let(eve, otto, third) is None
        free = otto.note("For anybody")
        await deliver(alpha, peer, otto, otto.does("Create", free))
        needless = eve.note("Well", inReplyTo=free["id"], replyAuthorization=f"{peer.origin}/stamps/needless")
        await deliver(alpha, third, eve, eve.does("Create", needless))
        assert (await copy_of(alpha, needless["id"])).parent_uri == free["id"]
        assert "/stamps/needless" not in peer.fetched, "nothing is asked where nobody has to be"
        assert await let(eve, otto, peer, interactingObject=f"{eve.uri}/another") is None
        named, good = await answered(nina), await let(eve, otto, peer)
        assert named and named.parent and named.parent.uri == note["id"]
        assert good and good.parent and good.parent.uri == note["id"]
        kept = await alpha.ask(lambda: Approval.get(uri=good.uri))
        await deliver(alpha, peer, mona, mona.does("Delete", kept.stamp_uri))
        assert await alpha.ask(lambda: Approval.exists(uri=good.uri))
        await deliver(alpha, peer, otto, otto.does("Delete", kept.stamp_uri))
        alone = await alpha.ask(lambda: Post.get(uri=good.uri))
        assert alone.parent_id is None and alone.conversation == alone.uri, "it answers nothing any more"

        unread = otto.note("Later", interactionPolicy=POLICY)
        early = eve.note("First", inReplyTo=unread["id"])
        await deliver(alpha, third, eve, eve.does("Create", early))
        assert (await copy_of(alpha, early["id"])).parent_uri == unread["id"], "nobody knows yet that otto wants to be asked"
        await deliver(alpha, peer, otto, otto.does("Create", unread))
        alone = await copy_of(alpha, early["id"])
        assert (alone.parent_id, alone.parent_uri, alone.conversation) == (None, unread["id"], early["id"])

        late = eve.note("Impolite", inReplyTo=note["id"])
        third.show(late["id"], late)
        stamp = stamp_for(peer, "Reply", otto, late["id"], note["id"])
        for by, target in ((mona, note["id"]), (otto, f"{note['id']}x"), (otto, note["id"])):
            assert await alpha.ask(lambda: Post.filter(uri=late["id"]).count()) == 0
            await deliver(alpha, peer, by, by.does("Accept", late["id"], target=target, result=stamp))
        assert (await copy_of(alpha, late["id"])).parent_uri == note["id"], "GoToSocial tells those who follow"

        async def announced(stamp: bool, giver: PeerActor) -> bool:
            activity = eve.does("Announce", note["id"], to=[PUBLIC])
            if stamp:
                activity["announceAuthorization"] = stamp_for(peer, "Announce", giver, activity["id"], note["id"])
            await deliver(alpha, third, eve, activity)
            return await alpha.ask(lambda: Announce.filter(uri=activity["id"]).exists())
        assert not await announced(False, otto) and not await announced(True, mona) and await announced(True, otto)


async def test_a_permission_of_ours_is_ours_to_know(alpha: LiveServer, peer: Peer) -> None:
    """An answer that claims one counts if it was given for it, and was not taken back; who claims none is judged by our rules."""
    alice, otto, eve = await for_all(alpha, "alice"), peer.actor("otto"), peer.actor("eve")
    post = await alpha.write(alice, "For all", Reach.WEB)
    note = otto.note("Yes", inReplyTo=post.uri)
    await deliver(alpha, peer, otto, otto.does("ReplyRequest", post.uri, instrument=note))
    stamp = (await peer.wait_for("Accept"))[0]["result"]

    async def taken(by: PeerActor, said: Document) -> bool:
        await deliver(alpha, peer, by, by.does("Create", said))
        return await alpha.ask(lambda: Post.filter(uri=said["id"], parent_id=post.id).exists())
    other, like = await alpha.write(alice, "Another", Reach.WEB), f"{otto.uri}/like"
    await deliver(alpha, peer, otto, otto.does("LikeRequest", post.uri, instrument=like))
    like_stamp = (await peer.wait_for("Accept", 2))[1]["result"]
    unknown, there = f"{otto.uri}/unknown", f"{peer.origin}/stamps/there"
    peer.show(there, {"id": there, "type": "ReplyAuthorization", "attributedTo": otto.uri, "interactingObject": note["id"],
                      "interactionTarget": unknown})

    async def is_let(is_let: bool = False, **changed: Any) -> bool:
        said = replace(Note.parse(note | {"replyAuthorization": stamp} | changed), is_let=is_let)
        return (await alpha.run(authorizations.checked(alpha.instance, said))).is_let
    assert await is_let() and await is_let(is_let=True, replyAuthorization="https://elsewhere.example/stamps/1")
    for lie in ({"replyAuthorization": like_stamp}, {"replyAuthorization": f"{stamp}x"}, {"inReplyTo": other.uri},
                {"id": f"{otto.uri}/other"}, {"attributedTo": eve.uri}, {"id": like, "replyAuthorization": like_stamp},
                {"inReplyTo": None}, {"inReplyTo": unknown}, {"replyAuthorization": None}):
        assert not await is_let(**lie), lie
    assert await is_let(inReplyTo=unknown, replyAuthorization=there), "of a message that is not here"
    assert not await taken(eve, eve.note("Me too", inReplyTo=post.uri, replyAuthorization=stamp))
    assert not await taken(otto, otto.note("And", inReplyTo=post.uri, replyAuthorization=f"{alpha.origin}/stamps/never"))
    assert await taken(otto, note | {"replyAuthorization": stamp})
    assert await taken(eve, eve.note("Hello", inReplyTo=post.uri, approvedBy=f"{alpha.origin}/activities/1"))


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
@pytest.mark.parametrize("has_result", [True, False])
async def test_gotosocial_before_its_requests(alpha: LiveServer, beta: LiveServer, peer: Peer, has_result: bool) -> None:
    """It is sent the answer itself, and nobody else is; its Accept is the permission, or names one of an older kind."""
    alice, bea, otto = await for_all(alpha, "alice"), await beta.member("bea"), peer.actor("otto")
    await befriend(beta, bea, alice, alpha)
    await follow(alpha, alice, otto)
    older = {"always": [otto.uri], "approvalRequired": [PUBLIC]}
    note = await told(peer, otto, [alpha], interactionPolicy={"canReply": older, "canLike": older})
    copy = await copy_of(alpha, note["id"])
    mine = await alpha.write(alice, "May I?", Reach.WEB, parent=copy)
    await alpha.run(reactions.thank(alice, copy))
    like = (await peer.wait_for("Like"))[0]
    await settle(alpha, beta)
    assert [one["object"]["id"] for one in peer.of_kind("Create")] == [mine.uri] and await known(beta, mine) is None
    assert not peer.of_kind("ReplyRequest") and not (await again(alpha, mine)).is_let
    for kind, uri in (("Reply", mine.uri), ("Like", like["id"])):
        accept = otto.does("Accept", uri)
        peer.show(accept["id"], accept)
        if has_result:
            accept["result"] = f"{peer.origin}/approvals/{kind}"
            peer.show(accept["result"], {"id": accept["result"], "type": f"{kind}Approval", "attributedTo": otto.uri,
                                         "object": uri, "target": note["id"]})
        await deliver(alpha, peer, otto, accept)
        approval = await alpha.ask(lambda: Approval.get(uri=uri))  # noqa: B023 - asked at once
        assert (approval.state, approval.stamp_uri) == (AskedState.SHOWN, accept["result"] if has_result else accept["id"])
    await settle(alpha, beta)
    assert (await again(alpha, mine)).answer_state is AskedState.SHOWN and await known(beta, mine)
    assert await alpha.ask(lambda: Like.filter(actor_id=alice.id).exists())
    assert await alpha.ask(lambda: Post.filter(visible_to(Viewer()), uri=mine.uri).exists())


async def test_a_yes_that_nobody_needed_is_told_once(alpha: LiveServer, peer: Peer) -> None:
    """Said and taken back again and again, two short activities would have made us write to everybody who has the answer."""
    alice, otto = await for_all(alpha, "alice"), peer.actor("otto")
    await follow(alpha, alice, otto)
    note = await told(peer, otto, [alpha], interactionPolicy={"canReply": {"automaticApproval": [PUBLIC]}})
    mine = await alpha.write(alice, "Nobody has to let me", Reach.WEB, parent=await copy_of(alpha, note["id"]))
    stamp = f"{peer.origin}/stamps/1"
    peer.show(stamp, {"id": stamp, "type": "ReplyAuthorization", "attributedTo": otto.uri, "interactingObject": mine.uri,
                      "interactionTarget": note["id"]})
    for _ in range(3):
        await deliver(alpha, peer, otto, otto.does("Accept", mine.uri, result=stamp))
        await deliver(alpha, peer, otto, otto.does("Reject", mine.uri))
    await settle(alpha)
    assert len(peer.of_kind("Update")) == 1 and (await again(alpha, mine)).is_let
