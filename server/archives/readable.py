"""Pages that a browser shows without a network: who I am here, what I agreed to, what I wrote, who has it."""
from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup

from models import Attachment, ConsentRecord, Member, Post
from moderation import consent
from server.actions import copies
from server.appearance.theme import Theme
from server.archives.bundle import Bundle
from server.archives.portable import IMAGES
from server.words import agreements
from server.words.language import gettext_for

PAGE = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message. `html` was cleaned when it was written; `images`: (file, alternative text)."""

    when: datetime
    reach: str
    warning: str
    html: Markup
    images: tuple[tuple[str, str], ...]


async def write(bundle: Bundle, member: Member, theme: Theme, language: str, community: str) -> None:
    """index.html, and pages of messages that it links to."""
    pages, after = list[str](), 0
    shell = {"lang": language, "community": community}
    while page := await Post.filter(author_id=member.actor_id, deleted_at__isnull=True, id__gt=after).order_by("id").limit(PAGE):
        name = f"messages-{len(pages) + 1}.html"
        shown = shell | {"messages": await _messages(page), "number": len(pages) + 1}
        await bundle.write(name, theme.render(language, "archive/messages.html", shown))
        pages.append(name)
        after = page[-1].id
    words = gettext_for(language)
    last = await ConsentRecord.last_words(member.actor_id)
    agreed = [(agreements.title(row.purpose, words, row.scope), agreements.state_name(consent.state_of(row), row.event, words),
               row.created_at) for row in last]
    await bundle.write("index.html", theme.render(language, "archive/index.html", shell | {
        "name": member.actor.shown_name, "address": member.actor.address, "email": member.email or "", "about": member.about,
        "lines": [(one.get("name", ""), Markup(one.get("value", ""))) for one in member.actor.details],  # noqa: S704 - cleaned
        "joined": member.created_at, "pages": pages, "agreed": agreed,
        "servers": [(one.title, one.host, one.has, one.last_at) for one in await copies.servers(member.actor)]}))


async def _messages(page: list[Post]) -> list[Message]:
    images: dict[int, list[tuple[str, str]]] = {}
    for image in await Attachment.filter(post_id__in=[post.id for post in page]).order_by("position"):
        images.setdefault(image.post_id or 0, []).append((f"{IMAGES}/{image.key}.webp", image.description))
    return [Message(when=post.published_at, reach=str(post.reach), warning=post.warning, html=Markup(post.html),  # noqa: S704
                    images=tuple(images.get(post.id, ()))) for post in page]
