"""What other programs send in place of a plain Note, and how our members see it."""
from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from aiohttp import web

from models import Actor, Attachment, Emoji, Poll, Post, Vote, clock
from tests.browser import Browser, picture
from tests.live import LiveServer
from tests.peer import Document, Peer, PeerActor
from tests.stories.scene import deliver, follow


@pytest.fixture
async def otto(alpha: LiveServer, peer: Peer, alice: Actor) -> PeerActor:
    """Somebody elsewhere whom she follows."""
    actor = peer.actor("otto")
    await follow(alpha, alice, actor)
    return actor


async def taken(alpha: LiveServer, note: Document) -> Post:
    """Our copy of something."""
    return await alpha.ask(lambda: Post.get(uri=note["id"]).select_related("author"))


async def page(alpha: LiveServer, alice: Actor, note: Document) -> str:
    """The page of the message, as Alice sees it."""
    post = await taken(alpha, note)
    async with Browser(alpha, alice) as browser:
        return await browser.get(f"/m/{post.key}")


async def show(alpha: LiveServer, peer: Peer, alice: Actor, otto: PeerActor, **more: Any) -> str:
    """Deliver a note with these properties and read its page."""
    note = otto.note(**more)
    await deliver(alpha, peer, otto, otto.does("Create", note))
    return await page(alpha, alice, note)


async def test_what_is_no_note_shows_what_it_is_and_leads_to_its_origin(
        alpha: LiveServer, peer: Peer, alice: Actor, otto: PeerActor) -> None:
    """An event of Mobilizon, a video of PeerTube, an article, a page of Lemmy that has a title alone."""
    place = {"type": "Place", "name": "Town hall", "address": {"type": "PostalAddress", "addressLocality": "Lyon"}}
    event = await show(alpha, peer, alice, otto, type="Event", name="Meeting day", startTime="2026-12-05T09:00:00+01:00",
                       endTime="2026-12-05T17:00:00+01:00", location=place, url=f"{peer.origin}/events/1")
    assert "Meeting day" in event and "Town hall, Lyon" in event
    assert "5 December 2026, 09:00 – 17:00 (local time, UTC+01:00)" in event
    assert f'href="{peer.origin}/events/1"' in event and ">Event<" in event
    talk = await show(alpha, peer, alice, otto, type="Event", name="Talk", startTime="2026-12-05T08:00:00Z",
                      timezone="Europe/Paris")
    assert "5 December 2026, 09:00 (local time: Paris)" in talk
    async with Browser(alpha, alice) as browser:
        await browser.post("/settings/language", {"zone": "Asia/Tokyo"})
        shown = await browser.get("/home")
        assert "For you" in shown and "5 December 2026, 17:00 – 6 December 2026, 01:00" in shown

    links = [{"type": "Link", "mediaType": "video/mp4", "href": f"{peer.origin}/v.mp4"},
             {"type": "Link", "mediaType": "text/html", "href": f"{peer.origin}/watch/1"}]
    video = await show(alpha, peer, alice, otto, type="Video", name="How we exercise", url=links,
                       icon=[{"type": "Image", "mediaType": "image/jpeg", "url": f"{peer.origin}/p.jpg"}])
    assert ">Video<" in video and f'href="{peer.origin}/watch/1"' in video and "v.mp4" not in video
    assert "A picture that is not here" in video

    article = await show(alpha, peer, alice, otto, type="Article", name="Long words", summary="In short", url=f"{peer.origin}/a")
    assert "Long words" in article and "veil" not in article
    parts = '<h2 id="a">First</h2>Some<div>words</div><table><tr><td>one</td><th>two</th></tr><tr><td>three</td></tr></table>'
    shaped = await show(alpha, peer, alice, otto, type="Article", name="In parts", content=parts)
    assert "<p><strong>First</strong></p>Some<br>words<br>one  two <br>three " in shaped
    lemmy = await show(alpha, peer, alice, otto, type="Page", name="Only a title", content=None)
    assert "Only a title" in lemmy


async def test_what_is_attached_and_is_no_picture_is_a_link_to_where_it_stays(
        alpha: LiveServer, peer: Peer, alice: Actor, otto: PeerActor) -> None:
    """A film, a sound without a word beside it, a leaflet, the address that a page is about; once where the text has it too."""
    film = {"type": "Document", "mediaType": "video/mp4", "url": f"{peer.origin}/v.mp4?a=1&b=2",
            "name": "A hand & a <b>bottle</b>"}
    sound = {"type": "Audio", "mediaType": "audio/mpeg", "url": f"{peer.origin}/v.mp3"}
    html = await show(alpha, peer, alice, otto, attachment=[film, sound], contentMap={"en": "<p>Hear</p>", "de": "<p>Hör</p>"})
    assert f'href="{peer.origin}/v.mp4?a=1&amp;b=2"' in html and ">A hand &amp; a &lt;b&gt;bottle&lt;/b&gt; (video)</a>" in html
    assert f">{peer.host}/v.mp3 (audio)</a>" in html and "A picture that is not here" not in html
    alone = await show(alpha, peer, alice, otto, content="", attachment=[sound])
    assert f">{peer.host}/v.mp3 (audio)</a>" in alone

    said = f'{peer.origin}/leaflet.pdf'
    html = await show(alpha, peer, alice, otto, text=f'<a href="{said}">Our leaflet</a>', attachment=[
        {"type": "Document", "mediaType": "application/pdf", "url": said}, {"type": "Link", "href": "javascript:alert(1)"},
        {"type": "Link", "href": "https://law.example/" + "x" * 300}])
    assert html.count(said) == 1 and "alert(1)" not in html and f'>law.example/{"x" * 108}…</a>' in html


#: what is sent -> the words of the fold, whether the pictures are folded
DIALECTS: list[tuple[Document, str, bool]] = [
    ({"sensitive": True, "summary": "needles"}, "needles", False),
    ({"summary": "needles"}, "needles", False),
    ({"sensitive": True}, "", True),
    ({"tag": ["nsfw"]}, "", True),
    ({"marked": True}, "", True),
    ({"sensitive": True, "summary": "<p>need<script>x</script>les</p>"}, "needles", False),
    ({"summaryMap": {"en": "needles"}, "sensitive": True}, "needles", False),
    ({"sensitive": "yes"}, "", False),
]


async def test_content_notes_in_every_dialect(alpha: LiveServer, peer: Peer, alice: Actor, otto: PeerActor) -> None:
    """Mastodon and GoToSocial, Pleroma's subject and its tag, Misskey's marked file."""
    for properties, folds, veils in DIALECTS:
        image: Document = {"type": "Document", "mediaType": "image/png", "url": f"{peer.origin}/i.png", "name": "My arm",
                           "sensitive": "marked" in properties}
        html = await show(alpha, peer, alice, otto, attachment=[image], **properties)
        assert (f"<summary><b><bdi>{folds}</bdi>.</b>" in html) == bool(folds), properties
        assert ("Pictures marked as sensitive" in html) == veils, properties
        assert "<script>x" not in html and "My arm" in html, properties


async def test_the_readers_language_is_shown_where_there_is_one(
        alpha: LiveServer, peer: Peer, alice: Actor, otto: PeerActor) -> None:
    html = await show(alpha, peer, alice, otto, content="<p>Guten Tag</p>",
                      contentMap={"de": "<p>Guten Tag</p>", "en-GB": "<p>Good day<img src=x></p>"})
    assert "Good day" in html and 'lang="en-GB"' in html and "Guten Tag" not in html and "src=x" not in html
    html = await show(alpha, peer, alice, otto, content="<p>Guten Tag</p>", contentMap={"de": "<p>Guten Tag</p>"})
    assert "Guten Tag" in html and 'lang="de"' in html


async def test_focal_point_and_blurhash_are_kept(alpha: LiveServer, peer: Peer, alice: Actor, otto: PeerActor) -> None:
    image = {"type": "Image", "mediaType": "image/png", "url": f"{peer.origin}/i.png", "focalPoint": [0.5, -1],
             "blurhash": "UBL_:rOpGG-oBUNG,qRj2so|=eE1w^n4S5NH"}
    odd = image | {"url": f"{peer.origin}/o.png", "focalPoint": [7, "x"], "blurhash": "<"}
    await show(alpha, peer, alice, otto, attachment=[image, odd])
    rows = await alpha.ask(lambda: Attachment.all().order_by("position"))
    assert [(row.focus_x, row.focus_y, bool(row.blurhash)) for row in rows] == [(0.5, -1.0, True), (None, None, False)]


async def test_custom_emoji_are_fetched_and_shown_from_here(
        alpha: LiveServer, peer: Peer, alice: Actor, otto: PeerActor) -> None:
    """Their names are read aloud; an unknown name stays text; nothing points to another server."""
    async def serve(_request: web.Request) -> web.Response:
        return web.Response(body=picture(), content_type="image/png")
    peer.pages["/blob.png"] = serve
    tags = [{"id": None, "type": "Emoji", "name": ":blob:", "icon": {"type": "Image", "url": f"{peer.origin}/blob.png"}},
            {"type": "Emoji", "name": ":bad:", "icon": {"url": "javascript:1"}}]
    line = {"type": "PropertyValue", "name": "My :blob:", "value": "is :blob:"}
    named = otto.document | {"name": "Otto :blob: <b>", "summary": "<p>Of :blob:</p>", "attachment": [line], "type": "Group",
                             "tag": tags}
    await deliver(alpha, peer, otto, otto.does("Update", named))
    note = otto.note('I like :blob: and <a href="https://x.example/:blob:">:bad:</a>', tag=tags)
    await deliver(alpha, peer, otto, otto.does("Create", note))
    for _ in range(100):
        if await alpha.ask(lambda: Emoji.filter(stored_at__isnull=False).exists()):
            break
        await asyncio.sleep(0.1)
    emoji = await alpha.ask(lambda: Emoji.get())
    html = await page(alpha, alice, note)
    assert f'<img class="emoji" src="/emoji/{emoji.key}" alt="blob"' in html and ":bad:" in html
    assert 'href="https://x.example/:blob:"' in html and f'src="{peer.origin}' not in html
    picture_of_it = f'<img class="emoji" src="/emoji/{emoji.key}" alt="blob" loading="lazy" decoding="async">'
    assert f'<bdi dir="auto">Otto {picture_of_it} &lt;b&gt;</bdi>' in html
    asked = question(otto, summary="about :blob:", name="Why :blob:", tag=tags)
    asked["oneOf"][0]["name"] = ":blob: me"
    await deliver(alpha, peer, otto, otto.does("Create", asked))
    html = await page(alpha, alice, asked)
    assert f"<summary><b><bdi>about {picture_of_it}</bdi>" in html and f"Why {picture_of_it}</b>" in html
    assert f"<bdi>{picture_of_it} me</bdi></label>" in html and "<title>Message by Otto &lt;b&gt;" in html
    async with Browser(alpha, alice) as browser:
        html = await browser.get(f"/@otto@{peer.host}")
        assert f"Otto {picture_of_it} &lt;b&gt;" in html and f"<p>Of {picture_of_it}</p>" in html
        assert f'<dt dir="auto">My {picture_of_it}</dt><dd dir="auto">is {picture_of_it}</dd>' in html and ">Group<" in html
        found = await browser.post("/people", {"q": f"@otto@{peer.host}"})
        assert f"Of {picture_of_it}</p>" in found
        await browser.get(f"/emoji/{emoji.key}")
        assert browser.status == 200
    async with Browser(alpha) as visitor:
        await visitor.get(f"/emoji/{emoji.key}")
        assert visitor.path.startswith("/signin")
    newer = [tags[0] | {"updated": clock.now().isoformat()}]
    for fetched_at, is_kept in ((clock.now(), True), (clock.now() - timedelta(days=1), False)):
        await alpha.ask(lambda: Emoji.all().update(stored_at=fetched_at))  # noqa: B023 - asked at once
        await deliver(alpha, peer, otto, otto.does("Create", otto.note("Still :blob:", tag=newer)))
        kept = await alpha.ask(lambda: Emoji.get())
        assert (kept.stored_at == fetched_at) is is_kept, "another picture at the same address, but not each minute"


def question(otto: PeerActor, *, many: bool = False, counts: tuple[int, ...] = (12, 2), **more: Any) -> Document:
    """A question of theirs."""
    options = [{"type": "Note", "name": name, "replies": {"type": "Collection", "totalItems": count}}
               for name, count in zip(("Yes", "No"), counts, strict=True)]
    choices: Document = {"anyOf" if many else "oneOf": options}
    return otto.note("Do you sleep well?", type="Question", endTime="2036-01-01T00:00:00Z", **choices, **more)


async def test_a_member_chooses_an_answer_once_and_the_author_is_told(
        alpha: LiveServer, peer: Peer, alice: Actor, otto: PeerActor) -> None:
    """Numbers show only afterwards, and small ones do not show at all."""
    asked = question(otto)
    await deliver(alpha, peer, otto, otto.does("Create", asked))
    post = await taken(alpha, asked)
    async with Browser(alpha, alice) as browser:
        html = await browser.get(f"/m/{post.key}")
        assert "Choose one answer" in html and "10 people or more" not in html
        await browser.post(f"/m/{post.key}/vote", {})
        assert browser.status == 400
        await browser.post(f"/m/{post.key}/vote", {"choice": "9"})
        assert browser.status == 404
        await browser.post(f"/m/{post.key}/vote", {"choice": "1"})
        await browser.post(f"/m/{post.key}/vote", {"choice": "0"})
        html = await browser.get(f"/m/{post.key}")
    assert "You have answered" in html and "10 people or more" in html and "too few to be told" in html
    vote = (await peer.wait_for("Create"))[0]
    assert vote["to"] == [otto.uri] and "cc" not in vote
    told = vote["object"]
    assert (told["type"], told["name"], told["inReplyTo"], told["to"]) == ("Note", "No", asked["id"], [otto.uri])
    assert "content" not in told
    assert await alpha.ask(lambda: Vote.all().count()) == 1

    newer = question(otto, counts=(12, 7)) | {"id": asked["id"]}
    await deliver(alpha, peer, otto, otto.does("Update", newer),
                  otto.does("Update", question(otto) | {"id": asked["id"], "oneOf": []}))
    html = await page(alpha, alice, asked)
    assert "5 people or more" in html and "/history" not in html, "new numbers are no edit"


async def test_nobody_chooses_without_their_yes_or_after_the_end(
        alpha: LiveServer, peer: Peer, alice: Actor, otto: PeerActor) -> None:
    """The question of consent keeps what was chosen."""
    asked, over = question(otto, many=True), question(otto, closed="2026-01-01T00:00:00Z")
    await deliver(alpha, peer, otto, otto.does("Create", asked), otto.does("Create", over))
    shy = await alpha.member("shy", shares=False)
    post, ended = await taken(alpha, asked), await taken(alpha, over)
    async with Browser(alpha, shy) as browser:
        html = await browser.post(f"/m/{post.key}/vote", {"choice": "1"})
        assert "We need your yes" in html and 'name="choice" value="1"' in html
        assert await alpha.ask(lambda: Vote.all().count()) == 0
        await browser.post(f"/m/{ended.key}/vote", {"choice": "1"})
        assert browser.status == 409
        await browser.post(f"/m/{post.key}/vote", {"choice": "1", "c5": "yes"})
        assert await alpha.ask(lambda: Vote.all().count()) == 1


async def test_a_thousand_answers_and_odd_ones_are_capped(alpha: LiveServer, peer: Peer, alice: Actor, otto: PeerActor) -> None:
    many = [{"type": "Note", "name": f"Answer {number}"} for number in range(1000)]
    odd = [None, "x", {"name": 5}, {"name": " "}, {"name": "One", "replies": {"totalItems": -1}}, {"name": "One"},
           {"name": "Two", "replies": {"totalItems": "12"}}]
    first, second = otto.note(type="Question", oneOf=many), otto.note(type="Question", anyOf=odd, votersCount="x")
    await deliver(alpha, peer, otto, otto.does("Create", first), otto.does("Create", second))
    polls = await alpha.ask(lambda: Poll.all().order_by("id"))
    assert len(polls[0].options) == 25
    assert polls[1].options == [{"name": "One", "count": None}, {"name": "Two", "count": None}] and polls[1].voters is None


async def test_an_answer_chosen_elsewhere_is_no_message(alpha: LiveServer, peer: Peer, alice: Actor, otto: PeerActor) -> None:
    post = await alpha.write(alice, "Who comes?")
    vote = {"id": f"{otto.uri}/v1", "type": "Note", "attributedTo": otto.uri, "name": "yes", "inReplyTo": post.uri,
            "to": [alice.uri]}
    await deliver(alpha, peer, otto, otto.does("Create", vote))
    assert not await alpha.ask(lambda: Post.filter(uri=vote["id"]).exists())


