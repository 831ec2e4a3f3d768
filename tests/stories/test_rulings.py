"""What one server's team decides, as the other sees it: a content note travels, a suspension hides and is undone."""
from __future__ import annotations

import json
from datetime import timedelta

import pytest

from federation import outbox
from models import Actor, Case, Follow, Post, Revision
from models.case import CaseSource, Matter
from models.reach import Reach
from models.ruling import Act
from server.actions import elsewhere, posts, rulings
from server.actions.posts import Composition
from tests.browser import Browser
from tests.live import LiveServer, settle
from tests.stories.scene import befriend, known, ruled, see, sees
from tests.stories.test_directory import until


async def test_a_suspension_hides_elsewhere_too_and_everything_comes_back(alpha: LiveServer, beta: LiveServer) -> None:
    alice, bea = await alpha.member("alice"), await beta.member("bea")
    await befriend(beta, bea, alice, alpha)
    post = await alpha.write(alice, "A long day at the clinic", reach=Reach.PARTNERS)
    await settle(alpha, beta)
    assert await sees(beta, bea, post.uri)

    mine = await alpha.ask(lambda: Post.get(id=post.id).select_related("author"))
    noted = await ruled(alpha, Act.LABEL, alice, post=mine, words="About a clinic")
    await settle(alpha, beta)
    copy = await known(beta, post)
    assert copy and copy.warning == "About a clinic"
    await alpha.run(rulings.take_back(noted, None))
    await settle(alpha, beta)
    hidden = await ruled(alpha, Act.HIDE, alice, post=mine)
    await settle(alpha, beta)
    assert (await known(beta, post)).warning == "" and (await beta.fetch(post.uri))[0] == 404  # type: ignore[union-attr]
    hushed = await alpha.ask(lambda: Post.get(id=post.id).select_related("author"))
    await alpha.run(posts.edit(hushed, Composition(text="Words that nobody has read", reach=post.reach), {}, alpha.origin))
    for tell in (outbox.create, outbox.update, outbox.renew):
        await alpha.run(tell(hushed))
    await settle(alpha, beta)
    assert "nobody" not in (await known(beta, post)).text, "nothing of it leaves while it is hidden"  # type: ignore[union-attr]
    await alpha.run(rulings.take_back(hidden, None))
    assert (await beta.fetch(post.uri))[0] == 200

    ruling = await ruled(alpha, Act.SUSPEND, alice, facts="Because")
    await settle(alpha, beta)
    assert not await sees(beta, bea, post.uri)
    status, body = await beta.fetch(alice.uri)
    document = json.loads(body)
    assert status == 200 and document["suspended"] and "name" not in document and (await beta.fetch(post.uri))[0] == 404
    await alpha.run(rulings.take_back(ruling, None))
    late = await alpha.write(await alpha.ask(lambda: Actor.get(id=alice.id)), "Back again", reach=Reach.PARTNERS)
    await settle(alpha, beta)
    assert await sees(beta, bea, post.uri) and await sees(beta, bea, late.uri), "nothing was erased, and new messages arrive"


async def test_somebody_elsewhere_is_shut_out_here_and_comes_back_without_follows(
        alpha: LiveServer, beta: LiveServer, monkeypatch: pytest.MonkeyPatch) -> None:
    alice, bea = await alpha.member("alice"), await beta.member("bea")
    await befriend(beta, bea, alice, alpha)
    post = await alpha.write(alice, "Buy this", reach=Reach.PARTNERS)
    await settle(alpha, beta)
    theirs = await see(beta, alice)
    monkeypatch.setattr(elsewhere, "SETTLED", timedelta(0))
    asks = await alpha.write(alice, "Help me to pay: paypal.me/alice", reach=Reach.CIRCLE, recipients=(await see(alpha, bea),))
    await alpha.write(alice, "I take 20 mg of prednisone", reach=Reach.PARTNERS)
    await settle(alpha, beta)
    await beta.run(post_changed(await known(beta, post), '<p>Buy <a href="https://paypal.me/alice">this</a></p>'))

    async def looked() -> bool:
        return not await elsewhere.look_over()
    await until(lambda: beta.run(looked()))  # beta's own job looks too
    labels = {one.uri: one.labels for one in await beta.ask(lambda: Post.filter(author_id=theirs.id))}
    assert labels.pop(post.uri) == ["payment"] and labels.pop(asks.uri) is None and list(labels.values()) == [["dose"]]
    case = await beta.ask(lambda: Case.get())
    assert (case.source, case.matter, case.post_uris) == (CaseSource.SIGNAL, Matter.SCAM, [post.uri])
    async with Browser(beta, bea) as browser:
        assert "Asks for money. Our team" in await browser.get("/home") and "an experience, not advice" in browser.page
    limited = await ruled(beta, Act.LIMIT, theirs)
    assert await sees(beta, bea, post.uri), "she follows her"
    await beta.run(rulings.take_back(limited, None))
    ruling = await ruled(beta, Act.SUSPEND, theirs, facts="Sells pills")
    await settle(alpha, beta)
    assert not await sees(beta, bea, post.uri)
    assert not await alpha.ask(lambda: Follow.filter(target_id=alice.id).exists()), "follows ended on both sides"
    late = await alpha.write(alice, "Are you there?", reach=Reach.PARTNERS)
    await settle(alpha, beta)
    assert await known(beta, late) is None
    await beta.run(rulings.take_back(ruling, None))
    assert (await known(beta, post)).deleted_at is None  # type: ignore[union-attr]
    gone = await ruled(beta, Act.DELETE, theirs, post=await known(beta, post))
    assert gone.object_uri == post.uri and (await known(beta, post)).deleted_at  # type: ignore[union-attr]


async def post_changed(post: Post | None, html: str) -> None:
    """Its server has sent other words for it."""
    assert post
    await Revision.create(post=post, text="", html=post.html, warning="", written_at=post.published_at)
    await post.change(html=html)
