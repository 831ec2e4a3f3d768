"""A post as it comes from elsewhere: Note, and what others send in its place (spec: fediverse §1.4)."""
from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from federation import interaction_policies, parts, values
from federation.errors import Malformed
from federation.parts import Attachment, Emoji, Hashtag, Mention, Poll, Quote
from models.post import Quotable
from moderation import markup

NOTE_TYPES: Final = frozenset({
    "Note", "Article", "Page", "Question", "Event", "Image", "Audio", "Video", "ChatMessage"})
#: Their `summary` is an introduction to read; that of all others warns of what follows.
HAS_INTRODUCTION: Final = frozenset({"Article", "Page", "Event", "Image", "Audio", "Video"})
PLAIN: Final = ("text/plain", "text/markdown")  # of `content`, which is HTML elsewhere (PeerTube)
MAX_CONTENT_BYTES = 100_000
MAX_SUMMARY_CHARS = 2000
MAX_RECIPIENTS = 100
MAX_LANGUAGES = 10
EXPIRES_AHEAD = timedelta(days=366)
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,4}")
_VOICE = re.compile(r"[a-z]{1,30}")


@dataclass(frozen=True, slots=True)
class Note:
    """A post. `content` is HTML that nobody has cleaned yet; `name` is text that may look like HTML, `summary` is text."""

    id: str
    type: str
    attributed_to: str
    to: tuple[str, ...]
    cc: tuple[str, ...]
    name: str | None
    content: str
    content_map: dict[str, str]
    summary: str | None
    sensitive: bool
    in_reply_to: str | None
    url: str | None
    conversation: str | None
    context: str | None
    published: datetime | None
    updated: datetime | None
    mentions: tuple[Mention, ...]
    hashtags: tuple[Hashtag, ...]
    emojis: tuple[Emoji, ...]
    attachments: tuple[Attachment, ...]
    language: str | None
    voice: str | None
    poll: Poll | None
    quote: Quote | None
    quotable: Quotable
    withheld: dict[str, str] | None  # what not everybody may do with it
    asks: dict[str, dict[str, Any]] | None  # what needs a yes first
    answer_stamp: str | None  # where the yes of whom it answers stands, as it says
    starts_at: datetime | None
    ends_at: datetime | None
    zone: str  # by which clock
    place: str
    expires: datetime | None  # its author's server wants copies gone then, unless it says otherwise before
    #: It was let: `federation.authorizations` read that yes, or whom it answers lists it. No document can say it of itself.
    is_let: bool = False

    @property
    def is_vote(self) -> bool:
        """An answer chosen to a question: a name without any content (fediverse.md §1.4, Question)."""
        return self.type == "Note" and bool(self.name and self.in_reply_to) and not self.content and not self.attachments

    @classmethod
    def parse(cls, document: Any) -> Note:
        """Read a document; Malformed without id, known type, author, or with more content than we keep."""
        if not isinstance(document, dict):
            raise Malformed("a post must be an object")
        type_ = values.type_of(document, NOTE_TYPES)
        if type_ not in NOTE_TYPES:
            raise Malformed("not a post")
        is_plain = document.get("mediaType") in PLAIN
        content_map = _content_map(document.get("contentMap"))
        content = _content(document, type_, content_map)
        tags = values.objects(document.get("tag"), parts.MAX_TAGS)
        is_event, author = type_ == "Event", values.required_link(document, "attributedTo")
        return cls(
            id=values.own_id(document), type=type_,
            attributed_to=author,
            to=values.audience(document.get("to"), MAX_RECIPIENTS),
            cc=values.audience(document.get("cc"), MAX_RECIPIENTS),
            name=values.text(_in_any_language(document, "name")),
            content=parts.html_of(content) if is_plain else content,
            content_map={name: parts.html_of(text) for name, text in content_map.items()} if is_plain else content_map,
            summary=_summary(document),
            sensitive=parts.is_sensitive(document),
            in_reply_to=values.link(document.get("inReplyTo")),
            url=parts.page(document),
            conversation=values.text(document.get("conversation"), values.MAX_ID_CHARS),
            context=values.link(document.get("context")),
            published=values.instant(document.get("published")),
            updated=values.instant(document.get("updated")),
            mentions=parts.mentions(tags), hashtags=parts.hashtags(tags), emojis=parts.emojis(tags),
            attachments=parts.distinct(parts.illustrations(document, type_) + parts.attachments(document.get("attachment"))),
            language=_language(document.get("language"), content, content_map),
            voice=parts.matching(_VOICE, document.get("voice")),
            poll=parts.poll(document) if type_ == "Question" else None, quote=parts.quote(document, tags),
            quotable=interaction_policies.quotable(document, author), withheld=interaction_policies.withheld(document, author),
            asks=interaction_policies.asks(document, author),
            answer_stamp=values.link(document.get("replyAuthorization")) or values.link(document.get("approvedBy")),
            starts_at=values.instant(document.get("startTime"), parts.AHEAD) if is_event else None,
            ends_at=values.instant(document.get("endTime"), parts.AHEAD) if is_event else None,
            zone=parts.zone(document) if is_event else "",
            place=parts.place(document.get("location")) if is_event else "",
            expires=values.instant(document.get("expires"), EXPIRES_AHEAD),
        )


def _content(document: dict[str, Any], type_: str, content_map: dict[str, str]) -> str:
    """The content; of an article that is too long for us what its server shows in front of it (FEP-b2b8), or nothing."""
    value, preview = document.get("content"), document.get("preview")
    content = value if isinstance(value, str) else next(iter(content_map.values()), "")
    if type_ in HAS_INTRODUCTION and len(content.encode()) > MAX_CONTENT_BYTES:
        content = (values.text(preview.get("content"), MAX_CONTENT_BYTES) if isinstance(preview, dict) else None) or ""
    if len(content.encode()) > MAX_CONTENT_BYTES:
        raise Malformed("the content is too long")
    return content


def _content_map(value: Any) -> dict[str, str]:
    """Content by language; entries beyond the cap or too long are dropped, the content itself stays."""
    if not isinstance(value, dict):
        return {}
    found: dict[str, str] = {}
    room = MAX_CONTENT_BYTES
    for language, content in list(value.items())[:MAX_LANGUAGES]:
        if parts.matching(_LANGUAGE, language) and isinstance(content, str) and (size := len(content.encode())) <= room:
            found[language] = content
            room -= size
    return found


def _in_any_language(document: dict[str, Any], name: str) -> Any:
    """The property, or where it is missing the first entry of its language map."""
    if isinstance(document.get(name), str):
        return document[name]
    by_language = document.get(f"{name}Map")
    return next(iter(by_language.values()), None) if isinstance(by_language, dict) else None


def _summary(document: dict[str, Any]) -> str | None:
    """The summary as text: some servers send HTML, and a warning is shown before anything is opened."""
    summary = values.text(_in_any_language(document, "summary"), MAX_SUMMARY_CHARS)
    return markup.plain(summary) if summary and "<" in summary else summary


def _language(stated: Any, content: str, content_map: dict[str, str]) -> str | None:
    """The language of `content`: the entry of the map that it equals, else Lemmy's `language.identifier`."""
    for language, text in content_map.items():
        if text == content:
            return language
    return parts.matching(_LANGUAGE, stated.get("identifier") if isinstance(stated, dict) else stated)
