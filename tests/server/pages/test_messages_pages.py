"""Writing, reading and answering, in a browser without JavaScript."""
from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest

from models import (
    Announce,
    Attachment,
    ConsentRecord,
    Delivery,
    Draft,
    Like,
    Member,
    Notification,
    Post,
    Recipient,
    Revision,
    clock,
)
from models.notification import Notice
from models.post import Voice
from models.reach import Reach
from server.actions import held, posts
from tests.asked import by_pages
from tests.browser import Browser, picture
from tests.live import LiveServer


async def count(server: LiveServer, model: type[Any], **where: Any) -> int:
    """How many rows of a table a server has."""
    async def query() -> int:
        return int(await model.filter(**where).count())
    return await server.run(query())


async def one(server: LiveServer, model: type[Any], **where: Any) -> Any:
    """The row of a table of a server."""
    async def query() -> Any:
        return await model.get(**where)
    return await server.run(query())


async def recipients(server: LiveServer, post: Post) -> list[int]:
    """To whom a message is addressed, by actor id."""
    async def query() -> list[int]:
        return [row.actor_id for row in await Recipient.filter(post_id=post.id).order_by("id")]
    return await server.run(query())


async def count_queries(browser: Browser, path: str) -> int:
    """How many statements the server sends to the database for one page, and not for its jobs: the least of three.

    Every few seconds a page also reads the row of the community anew.
    """
    return min([await _count_once(browser, path) for _ in range(3)])


async def _count_once(browser: Browser, path: str) -> int:
    with by_pages() as asked:
        await browser.get(path)
    assert browser.status == 200 and asked, browser.page[:500]
    return len(asked)


async def test_a_message_is_held_then_undone_and_comes_back_as_a_draft(alpha: LiveServer) -> None:
    alice = await alpha.member("alice")
    async with Browser(alpha, alice) as browser:
        await browser.post("/compose", {"text": "My **first** message #hope", "reach": "community", "voice": "question"})
        assert browser.status == 200 and "<strong>first</strong>" in browser.page and "Undo" in browser.page
        key = browser.key()
        await browser.post(f"/m/{key}/undo")
        assert browser.path.startswith("/compose?draft=") and "My **first** message #hope" in browser.page
        assert 'value="question" checked' in browser.page
        await browser.get(f"/m/{key}")
        assert browser.status == 404
    assert await count(alpha, Post) == 0
    assert await count(alpha, Draft) == 1


async def test_sending_at_once_tells_those_it_answers(alpha: LiveServer) -> None:
    alice, bob = await alpha.member("alice"), await alpha.member("bob")
    first = await alpha.write(alice, "How do you sleep?", Reach.COMMUNITY)
    async with Browser(alpha, bob) as browser, Browser(alpha, alice) as reader:
        await browser.get(f"/m/{first.key}")
        assert browser.page.count('name="reach"') == 2  # circle and community, not wider than the message
        await browser.post("/compose", {"text": "On my side", "reach": "community", "reply": first.key})
        reply = browser.key()
        assert await count(alpha, Notification) == 0  # held: nobody knows
        await reader.get(f"/m/{first.key}")
        assert "On my side" not in reader.page
        await browser.post(f"/m/{reply}/send-now")
        await reader.get(f"/m/{first.key}")
        assert "On my side" in reader.page
        await reader.get("/notices")
        assert "bob answered you" in reader.page and "On my side" in reader.page
        await reader.post("/notices/read")
        assert "I have read them all" not in reader.page


async def test_the_job_releases_what_was_held_long_enough(alpha: LiveServer) -> None:
    alice, bob = await alpha.member("alice"), await alpha.member("bob")

    async def story() -> None:
        written = posts.Composition(text="Hello @bob", reach=Reach.COMMUNITY, undo_seconds=30)
        post = await posts.publish(alice, written, alpha.origin)
        await held.release_due()
        assert not await Notification.exists(recipient_id=bob.id)
        await post.change(held_until=clock.now() - timedelta(seconds=1))
        await held.release_due()
        notice = await Notification.get(recipient_id=bob.id)
        assert notice.kind is Notice.MENTION
        with pytest.raises(held.TooLate):
            await held.undo(post)
    await alpha.run(story())


async def test_a_wider_reach_asks_for_the_yes_in_place_and_keeps_the_text(alpha: LiveServer) -> None:
    alice = await alpha.member("alice", shares=False)
    text = "A message for partner communities that must not get lost"
    async with Browser(alpha, alice) as browser:
        await browser.post("/compose", {"text": text, "reach": "partners"})
        assert text in browser.page and 'name="c5" value="yes"' in browser.page and 'name="c5" value="no"' in browser.page
        assert await count(alpha, Post) == 0
        await browser.post("/compose", {"text": text, "reach": "partners", "c5": "no"})
        assert text in browser.page and await count(alpha, Post) == 0
        before = await count(alpha, ConsentRecord)
        await browser.post("/compose", {"text": text, "reach": "partners", "c5": "yes"})
        assert text in browser.page and browser.path.startswith("/m/") and 'role="status" tabindex="-1" autofocus' in browser.page
        assert await count(alpha, ConsentRecord) == before + 1


async def test_personal_data_warns_once_and_never_blocks(alpha: LiveServer) -> None:
    alice = await alpha.member("alice")
    fields = {"text": "Call me: 06 12 34 56 78", "reach": "community"}
    async with Browser(alpha, alice) as browser:
        await browser.post("/compose", fields)
        assert "phone number" in browser.page and "06 12 34 56 78" in browser.page
        await browser.post("/compose", {**fields, "anyway": "1"})
        assert browser.path.startswith("/m/")


@pytest.mark.parametrize(("fields", "said"), [
    ({"text": "  ", "reach": "community"}, "Write something first"),
    ({"text": "x" * 5001, "reach": "community"}, "5,001 characters"),
    ({"text": "kept text", "reach": "web"}, "Choose who will read it."),
    ({"text": "kept text", "reach": "nonsense"}, "Choose who will read it."),
    ({"text": "kept text", "reach": "circle"}, "Name at least one person"),
    ({"text": "kept text", "reach": "circle", "to": "@nobody"}, "We know nobody"),
    ({"text": "kept text", "reach": "community", "reply": "unknown"}, "no longer visible"),
])
async def test_bad_input_says_what_to_do_and_loses_nothing(alpha: LiveServer, fields: dict[str, str], said: str) -> None:
    alice = await alpha.member("alice")
    async with Browser(alpha, alice) as browser:
        await browser.post("/compose", fields)
        assert browser.status == 422 and said in browser.page and "<title>Error: " in browser.page
        assert fields["text"].strip() in browser.page
    assert await count(alpha, Post) == 0


async def test_an_image_survives_errors_loses_its_secrets_and_is_seen_by_readers_only(alpha: LiveServer) -> None:
    alice, bob, eve = await alpha.member("alice"), await alpha.member("bob"), await alpha.member("eve")
    async with (Browser(alpha, alice) as browser, Browser(alpha, bob) as friend, Browser(alpha, eve) as other,
                Browser(alpha) as visitor):
        typed = {"text": "", "reach": "circle", "to": "@bob", "alt-new": "My hand"}
        await browser.post("/compose", typed, {"a.jpg": picture(), "b": b"no"})
        assert "not an image that we can show" in browser.page
        (image,) = browser.hidden("image")
        assert not browser.page.count("a.jpg")
        await friend.get(f"/media/{image}")
        assert friend.status == 404  # not sent yet
        await browser.get(f"/media/{image}")
        assert browser.status == 200 and browser.headers["Content-Type"] == "image/webp"
        assert "sandbox" in browser.headers["Content-Security-Policy"] and "private" in browser.headers["Cache-Control"]
        typed |= {"text": "Look", "image": image, f"alt-{image}": "My hand"}
        await browser.post("/compose", typed)
        key = browser.key()
        await browser.post(f"/m/{key}/send-now")
        assert 'alt="My hand"' in browser.page
        statuses = []
        for reader in (friend, other, visitor):
            await reader.get(f"/media/{image}")
            statuses.append(reader.status)
        assert statuses == [200, 404, 404]
        await visitor.get("/media/nosuchkey")
        assert visitor.status == 404
        body = (alpha.settings.var_dir / "media" / image[:2] / f"{image}.webp").read_bytes()
        assert b"secret place" not in body
        await browser.post(f"/m/{key}/delete")
        assert browser.path == "/home?said=erased" and "The message is erased here." in browser.page
        assert not (alpha.settings.var_dir / "media" / image[:2] / f"{image}.webp").exists()
    assert await count(alpha, Attachment) == 0


async def test_nobody_can_use_the_upload_of_another(alpha: LiveServer) -> None:
    alice, bob = await alpha.member("alice"), await alpha.member("bob")
    async with Browser(alpha, alice) as browser, Browser(alpha, bob) as thief:
        await browser.post("/compose", {"text": "x", "reach": "me", "attach": "1"}, {"a.jpg": picture()})
        (image,) = browser.hidden("image")
        page = await thief.post("/compose", {"text": "mine now", "reach": "me", "image": image})
        assert thief.status == 200 and "mine now" in page and 'id="reply"' not in page, "nobody else could read an answer"
    assert (await one(alpha, Attachment, key=image)).post_id is None


async def test_naming_somebody_adds_nobody_to_a_circle(alpha: LiveServer) -> None:
    alice, bob, eve = await alpha.member("alice"), await alpha.member("bob"), await alpha.member("eve")
    post = await alpha.write(alice, "I spoke to @eve about it", Reach.CIRCLE, recipients=(bob,))
    assert await recipients(alpha, post) == [bob.id]
    async with Browser(alpha, eve) as browser, Browser(alpha, bob) as friend:
        await browser.get(f"/m/{post.key}")
        assert browser.status == 404
        await browser.get("/home")
        token, back = browser.csrf, f"/notices?before={1 << 60}"
        page = await browser.post(f"/m/{post.key}/vote", {"back": back, "words": "Typed for a while: " * 3})
        assert browser.status == 404 and f'class="btn" href="{back}">Back' in page
        assert page.count("<textarea") == 1 and "Typed for a while" in page and token not in page
        await browser.get("/notices")
        assert "No notice" in browser.page
        await friend.post("/compose", {"text": "Tell her", "reach": "circle", "reply": post.key})
        await friend.post(f"/m/{friend.key()}/send-now")
        reply = await one(alpha, Post, key=friend.key())
    assert await recipients(alpha, reply) == [alice.id]


async def test_a_reply_is_never_wider_than_what_it_answers(alpha: LiveServer) -> None:
    alice, bob = await alpha.member("alice"), await alpha.member("bob")
    first = await alpha.write(alice, "For us", Reach.COMMUNITY)
    async with Browser(alpha, bob) as browser:
        await browser.post("/compose", {"text": "For all", "reach": "partners", "reply": first.key})
        assert browser.status == 422
    assert await count(alpha, Post, author_id=bob.id) == 0


async def test_thanks_and_passing_on_are_switches(alpha: LiveServer) -> None:
    alice, bob = await alpha.member("alice"), await alpha.member("bob")
    post = await alpha.write(alice, "A good day", Reach.COMMUNITY)
    async with Browser(alpha, bob) as browser, Browser(alpha, alice) as writer:
        await browser.post(f"/m/{post.key}/thanks", {"back": "/home"})
        assert browser.path == "/home" and 'aria-pressed="true"' in browser.page
        assert browser.place == f"m-{post.key}", "a long page does not begin anew"
        await browser.post(f"/m/{post.key}/pass-on", {"back": "//evil.example"})
        assert browser.path == f"/m/{post.key}"
        await writer.get("/notices")
        assert "bob passed your message on" in writer.page
        await browser.post(f"/m/{post.key}/thanks")
        await browser.post(f"/m/{post.key}/pass-on")
    assert await count(alpha, Like) == await count(alpha, Announce) == 0
    assert await count(alpha, Notification) == 0


async def test_an_edit_keeps_what_was_said_before(alpha: LiveServer) -> None:
    alice, bob = await alpha.member("alice"), await alpha.member("bob")
    post = await alpha.write(alice, "Old words", Reach.COMMUNITY)
    async with Browser(alpha, alice) as browser, Browser(alpha, bob) as reader:
        await browser.get(f"/m/{post.key}/edit")
        assert "Old words" in browser.page
        await browser.post(f"/m/{post.key}/edit", {"text": "", "voice": "experience"})
        assert browser.status == 422
        await browser.post(f"/m/{post.key}/edit", {"text": "New words for @bob", "voice": "experience", "note": "death"})
        await reader.get(f"/m/{post.key}")
        assert "New words" in reader.page and "Old words" not in reader.page and "Death and grief" in reader.page
        await reader.get(f"/m/{post.key}/history")
        assert "Old words" in reader.page
        await reader.get(f"/m/{post.key}/edit")
        assert reader.status == 404
        await reader.post(f"/m/{post.key}/delete")
        assert reader.status == 404
        await reader.get("/notices")
        assert "named you" in reader.page
    assert (await one(alpha, Post, id=post.id)).voice is Voice.EXPERIENCE
    assert await count(alpha, Revision) == 1


async def test_content_notes_are_folded_opened_or_hidden_as_the_reader_wants(alpha: LiveServer) -> None:
    alice, bob = await alpha.member("alice"), await alpha.member("bob")
    await alpha.write(alice, "A hard story", Reach.COMMUNITY, note="death", warning="Death and grief")
    async with Browser(alpha, bob) as browser:
        await browser.get("/home")
        assert "A hard story" not in browser.page, "in their first weeks, newcomers are spared it"
        await browser.post("/settings/spared", {"spared": "no", "back": "/home"})
        assert browser.path == "/home" and '<details class="veil">' in browser.page
        for wanted, is_folded, is_there in (("open", False, True), ("hide", False, False)):
            member = await one(alpha, Member, actor_id=bob.id)
            member.reading = {"notes": {"death": wanted}, "spared": "no"}
            await alpha.run(member.save(update_fields=["reading"]))
            await browser.get("/home")
            assert ('<details class="veil">' in browser.page) is is_folded and ("A hard story" in browser.page) is is_there


async def test_drafts_survive_and_can_be_erased(alpha: LiveServer) -> None:
    alice, bob = await alpha.member("alice"), await alpha.member("bob")
    async with Browser(alpha, alice) as browser, Browser(alpha, bob) as other:
        typed = {"text": "Later", "reach": "circle", "to": "@bob", "draft": "1"}
        await browser.post("/compose", typed, {"a.png": picture("PNG")})
        assert browser.path == "/drafts" and "Later" in browser.page
        draft = await one(alpha, Draft)
        await browser.get(f"/compose?draft={draft.key}")
        assert "Later" in browser.page and "@bob" in browser.page and browser.hidden("image")
        await other.get(f"/compose?draft={draft.key}")
        assert other.status == 404
        await other.post(f"/drafts/{draft.key}/discard")
        assert other.status == 404
        await browser.post(f"/drafts/{draft.key}/discard")
    assert await count(alpha, Draft) == await count(alpha, Attachment) == 0


async def test_deleting_leaves_a_tombstone_and_asks_nobody_when_nothing_left(alpha: LiveServer) -> None:
    alice = await alpha.member("alice")
    post = await alpha.write(alice, "Gone soon", Reach.COMMUNITY)
    async with Browser(alpha, alice) as browser:
        await browser.get(f"/m/{post.key}/delete")
        assert "No other server has a copy" in browser.page
        await browser.post(f"/m/{post.key}/delete")
    kept = await one(alpha, Post, id=post.id)
    assert kept.deleted_at and not kept.text and not kept.html
    assert await count(alpha, Delivery) == 0


async def test_pages_end_and_older_messages_follow_without_gap_or_repeat(alpha: LiveServer) -> None:
    alice, bob = await alpha.member("alice"), await alpha.member("bob")
    for number in range(45):
        await alpha.write(alice, f"Message number {number:03}.", Reach.COMMUNITY)
    async with Browser(alpha, bob) as browser:
        seen, path = list[str](), "/home"
        for _ in range(3):
            await browser.get(path)
            seen += re.findall(r"Message number (\d{3})", browser.page)
            older = re.search(r'href="(/home\?before=\d+)"', browser.page)
            path = older[1] if older else ""
        assert seen == [f"{number:03}" for number in range(44, -1, -1)] and not path
        assert "You are up to date" in browser.page


async def test_a_full_page_costs_no_more_queries_than_a_short_one(alpha: LiveServer) -> None:
    alice, bob = await alpha.member("alice"), await alpha.member("bob")
    first = await alpha.write(alice, "One, @bob", Reach.COMMUNITY)
    await alpha.write(bob, "Answer", Reach.COMMUNITY, parent=first)
    async with Browser(alpha, bob) as browser:
        paths = ("/home", "/notices", "/people", f"/m/{first.key}", "/@alice", "/follows")
        few = {path: await count_queries(browser, path) for path in paths}
        for number in range(25):
            await alpha.write(alice, f"More {number} @bob", Reach.COMMUNITY, parent=first if number % 2 else None)
        many = {path: await count_queries(browser, path) for path in paths}
    assert all(many[path] <= few[path] + 1 for path in paths), (few, many)
    assert all(many[path] <= 12 for path in ("/home", "/notices", "/people", "/follows")), many
    assert max(many.values()) <= 16, many  # a conversation also computes its composer's audiences, a profile how one stands


async def test_a_note_for_oneself_is_answered_for_oneself_alone_and_an_answer_to_few_quotes_nothing(alpha: LiveServer) -> None:
    """By addresses typed by hand: no page offers either."""
    alice, bob = await alpha.member("alice"), await alpha.member("bob")
    note = await alpha.write(alice, "Buy milk", Reach.ME)
    circle = await alpha.write(bob, "For you", Reach.CIRCLE, recipients=(alice,))
    other = await alpha.write(alice, "For members", Reach.COMMUNITY)
    async with Browser(alpha, alice) as browser:
        page = await browser.get(f"/compose?reply={note.key}")
        assert 'id="reach-me"' in page and 'id="reach-circle"' not in page
        await browser.post("/compose", {"text": "And bread", "reach": "me", "reply": note.key})
        answer = await one(alpha, Post, parent_id=note.id)
        assert (answer.reach, answer.author_id) == (Reach.ME, alice.id)
        page = await browser.get(f"/compose?reply={circle.key}&quote={other.key}")
        assert browser.status == 200 and "You quote a message" not in page
        page = await browser.post("/compose", {"text": "Look", "reach": "circle", "reply": circle.key, "quote": other.key})
        assert browser.status == 422 and "cannot quote anything" in page and "Look" in page
