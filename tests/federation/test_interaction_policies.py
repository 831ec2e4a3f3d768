"""What others let be done with their messages is kept, in every dialect, and our members are told before they write in vain."""
from __future__ import annotations

import json
from typing import Any

import pytest

from federation import conversations, resolve, stamps
from federation.contexts import PUBLIC
from federation.wire import Note
from models import Actor, Approval, Post, Stamp
from models.host import Standing
from models.member import Role
from models.post import AskedState
from models.reach import Reach
from models.ruling import Act
from server.actions import reactions, rulings
from server.errors import Refused
from tests.browser import Browser
from tests.live import LiveServer, settle
from tests.peer import Document, Peer
from tests.stories.scene import befriend, deliver, follow, known, ruled
from tests.stories.test_quotes import for_all

OTTO = "https://peer.test/users/otto"
FOLLOWERS = f"{OTTO}/followers"
MENTION = {"tag": [{"type": "Mention", "href": f"{OTTO}/x", "name": "@x"}]}
NOBODY: dict[str, Any] = {"automaticApproval": [], "manualApproval": []}


def withheld(**policy: Any) -> dict[str, str] | None:
    """What is read from such a policy."""
    more = policy.pop("more", {})
    note = {"id": f"{OTTO}/1", "type": "Note", "attributedTo": OTTO, "content": "x", "interactionPolicy": policy}
    return Note.parse(note | more).withheld


@pytest.mark.parametrize(("rule", "who"), [
    (NOBODY, "nobody"), ({"automaticApproval": [OTTO]}, "nobody"), ({"always": OTTO, "with_approval": []}, "nobody"),
    ({"automaticApproval": [FOLLOWERS, OTTO]}, "followers"), ({"manualApproval": FOLLOWERS}, "followers"),
    ({"automaticApproval": [PUBLIC]}, None), ({"always": "as:Public"}, None), ({"manualApproval": [PUBLIC]}, None),
    ({"always": [OTTO], "approvalRequired": [PUBLIC]}, None),
    ({"always": [OTTO, FOLLOWERS], "approvalRequired": []}, "followers"),
    ({"automaticApproval": [f"{OTTO}/following"]}, None), ({"automaticApproval": ["https://us.example/actors/1"]}, None),
    ({"automaticApproval": ["https://elsewhere.example/followers"]}, None), ({}, None), (None, None), ("x", None),
    ({"automaticApproval": None}, None), ({"automaticApproval": 7}, None)])
def test_only_a_no_that_is_sure_counts(rule: object, who: str | None) -> None:
    for verb in ("canReply", "canLike", "canAnnounce"):
        assert withheld(**{verb: rule}) == ({verb: who} if who else None)
    assert withheld(canReply=NOBODY, canLike=NOBODY, more=MENTION) == {"canLike": "nobody"}, "who is named may answer"
    assert withheld(canQuote=NOBODY) is None


@pytest.mark.parametrize(("rule", "who"), [
    ({"automaticApproval": [PUBLIC]}, "anyone"), ({"automaticApproval": [OTTO], "manualApproval": ["as:Public"]}, "asked"),
    ({"automaticApproval": [PUBLIC], "manualApproval": [PUBLIC]}, "anyone"), ({"always": [PUBLIC, FOLLOWERS]}, "anyone"),
    ({"automaticApproval": FOLLOWERS}, "followers"), ({"manualApproval": [OTTO, FOLLOWERS]}, "followers"),
    ({"automaticApproval": [OTTO]}, "nobody"), ({"automaticApproval": ["https://elsewhere.example/followers"]}, "nobody"),
    ({"automaticApproval": [f"{OTTO}/following"]}, "nobody"), ({}, "nobody"), (None, "nobody"), ([PUBLIC], "nobody")])
def test_who_may_quote(rule: object, who: str) -> None:
    """Nobody, where it does not say so; nor where the policy is none."""
    note = {"id": f"{OTTO}/1", "type": "Note", "attributedTo": OTTO, "content": "x"}
    assert Note.parse(note | {"interactionPolicy": {"canQuote": rule}}).quotable.name.lower() == who
    assert Note.parse(note | {"interactionPolicy": [{"canQuote": rule}]}).quotable.name == "NOBODY"


def asked(policy: Any, author: str = OTTO, **more: Any) -> Any:
    """Who has to ask, for answers."""
    note = {"id": f"{author}/1", "type": "Note", "attributedTo": author, "interactionPolicy": {"canReply": policy}} | more
    return (Note.parse(note).asks or {}).get("canReply")


def test_who_has_to_ask_first() -> None:
    """All but the named, wherever not everybody may at once; those whom the message names may answer it; partners of a Dazzle
    are its readers.
    """
    bob = "https://us.example/actors/1"
    assert asked({"automaticApproval": [OTTO], "manualApproval": [PUBLIC]}) == {"named": [], "older": False}
    assert asked({"always": [OTTO, FOLLOWERS, bob], "approvalRequired": PUBLIC}) == {"named": [bob], "older": True}
    assert asked({"automaticApproval": [FOLLOWERS]}, **MENTION) == {"named": [f"{OTTO}/x"], "older": False}
    assert asked({"automaticApproval": [], "manualApproval": [], "always": []}) == {"named": [], "older": True}
    for rule in ({"automaticApproval": ["as:Public"], "manualApproval": [bob]}, {"automaticApproval": "https://peer.test/partners"},
                 {}, None, 7, {"automaticApproval": 7}):
        assert asked(rule) is None, rule
    assert asked({"automaticApproval": ["https://elsewhere.example/partners"]}), "of another server"
    hashtag = {"type": "Hashtag", "href": bob, "name": "#x"}
    assert asked({"automaticApproval": [FOLLOWERS]}, tag=[hashtag]) == {"named": [], "older": False}, "nobody's name"
    liked = {"id": f"{OTTO}/1", "type": "Note", "attributedTo": OTTO, "interactionPolicy": {"canLike": {"automaticApproval": []}}}
    assert Note.parse(liked | MENTION).asks == {"canLike": {"named": [], "older": False}}, "who is named may answer, no more"


async def why_not(server: LiveServer, act: Any) -> str:
    """The reason of a rule."""
    with pytest.raises(Refused) as refused:
        await server.run(act)
    return refused.value.safe


async def taken_back(stamp: str) -> None:
    """A permission of ours ends."""
    await stamps.withdraw(await Stamp.get(key=stamp.rpartition("/")[2]).select_related("post__author", "asker"))


async def stored(server: LiveServer, note: Document) -> Post:
    """Our copy of a message."""
    return await server.ask(lambda: Post.get(uri=note["id"]).select_related("author"))


async def test_what_an_author_elsewhere_withholds(alpha: LiveServer, peer: Peer) -> None:
    """Nobody, or followers alone; said anew without an edit, it counts anew."""
    alice, dora, otto = await alpha.member("alice"), await alpha.member("dora"), peer.actor("otto")
    await follow(alpha, alice, otto)
    followers = {"automaticApproval": [f"{otto.uri}/followers"]}
    shut = otto.note("Read only", interactionPolicy={"canReply": NOBODY, "canLike": NOBODY, "canAnnounce": NOBODY})
    some = otto.note("For those who follow", interactionPolicy=dict.fromkeys(("canReply", "canLike", "canAnnounce"), followers))
    await deliver(alpha, peer, otto, otto.does("Create", shut), otto.does("Create", some))
    one, two = await stored(alpha, shut), await stored(alpha, some)

    async def tried(member: Actor, post: Post) -> set[str]:
        return {await why_not(alpha, alpha.write(member, "Hello", Reach.WEB, parent=post)),
                await why_not(alpha, reactions.thank(member, post)), await why_not(alpha, reactions.pass_on(member, post))}
    assert await tried(alice, one) == await tried(dora, two) == {"refused.unanswerable", "refused.withheld"}
    async with Browser(alpha, alice) as browser:
        for post, offered in ((one, False), (two, True)):
            page = await browser.get(f"/m/{post.key}")
            assert [what in page for what in ('id="reply"', f"/m/{post.key}/thanks", f"/m/{post.key}/pass-on")] == [offered] * 3
    await alpha.write(alice, "I follow", Reach.PARTNERS, parent=two)
    await deliver(alpha, peer, otto, otto.does("Update", shut | {"interactionPolicy": {}, "updated": shut["published"]}))
    again = await stored(alpha, shut)
    assert again.withheld is None and again.edited_at is None


async def test_a_conversation_that_the_team_closes_takes_no_answers_anywhere(
        alpha: LiveServer, beta: LiveServer, gamma: LiveServer) -> None:
    """Members of a partner are told before they write, and when it is open again. What was answered before stays, also for a
    server that comes late.
    """
    alice, dora, host = await for_all(alpha, "alice"), await for_all(alpha, "dora"), await alpha.member("mod", role=Role.HOST)
    bea, ben, cy = await for_all(beta, "bea"), await for_all(beta, "ben"), await for_all(gamma, "cy")
    await befriend(beta, bea, alice, alpha)
    await befriend(gamma, cy, bea, beta)
    await gamma.allow(alpha, standing=Standing.UNKNOWN)
    post = await alpha.write(alice, "Too hot", Reach.WEB)
    doras = await alpha.write(dora, "Mine", Reach.WEB, parent=post)
    await settle(alpha, beta)
    copy = await known(beta, post)
    assert copy
    bens = await beta.write(ben, "Ours", Reach.WEB, parent=copy)
    beas = await beta.write(bea, "For partners", parent=copy)
    await settle(alpha, beta, gamma)
    early = await known(gamma, beas)
    assert early and early.parent is None and await known(gamma, post) is None

    ruling = await ruled(alpha, Act.RESOLVE, alice, host, post=post)
    await settle(alpha, beta, gamma)
    for closed in (post, doras):
        policy = json.loads((await beta.fetch(closed.uri))[1])["interactionPolicy"]
        assert policy["canReply"] == {"automaticApproval": [closed.author.uri]}, "it is the conversation that is closed"
    copy = await known(beta, post)
    assert copy and copy.withheld == {"canReply": "nobody"} and copy.edited_at is None
    assert await why_not(beta, beta.write(bea, "But", Reach.PARTNERS, parent=copy)) == "refused.unanswerable"

    await gamma.allow(alpha)
    await gamma.run(resolve.post(gamma.instance, post.uri))
    alone = await known(gamma, beas)
    assert alone and alone.parent is None, "nobody has said yet that it was let"
    gamma.instance.gaps.want(post.uri)
    await gamma.run(conversations.complete_due(gamma.instance))
    for answer in (doras, bens, beas):
        found = await known(gamma, answer)
        assert found and found.parent and found.parent.uri == found.conversation == post.uri, answer.text
    await beta.ask(lambda: Post.filter(id=copy.id).update(withheld=None, asks=None))  # a server that does not listen
    more = await beta.write(bea, "And another", parent=await known(beta, post))
    await settle(alpha, beta, gamma)
    assert await known(alpha, more) is None and await known(gamma, more) is None
    given = await beta.ask(lambda: Approval.get(uri=beas.uri))
    assert given.stamp_uri.startswith(f"{alpha.origin}/stamps/")
    named = json.loads((await gamma.fetch(beas.uri))[1])
    assert named["replyAuthorization"] == given.stamp_uri
    await alpha.run(taken_back(given.stamp_uri))
    await settle(alpha, beta)
    assert (await known(beta, beas)).is_let, "it had asked nobody"
    assert not await beta.ask(lambda: Approval.exists(uri=beas.uri, state=AskedState.SHOWN))

    await alpha.run(rulings.take_back(ruling, host))
    await settle(alpha, beta)
    copy = await known(beta, post)
    assert copy and copy.withheld is None
