"""A post as it comes from elsewhere: Note, and what others send in its place (spec: fediverse §1.4)."""
from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from federation import values
from federation.errors import Malformed

NOTE_TYPES: Final = frozenset({
    "Note", "Article", "Page", "Question", "Event", "Image", "Audio", "Video", "ChatMessage"})
MAX_CONTENT_BYTES = 100_000
MAX_SUMMARY_CHARS = 2000
MAX_ALT_CHARS = 5000
MAX_RECIPIENTS = 100
MAX_TAGS = 50
MAX_ATTACHMENTS = 16
MAX_LANGUAGES = 10
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,4}")
_MEDIA_TYPE = re.compile(r"[a-z0-9.+-]{1,40}/[a-z0-9.+-]{1,80}")
_VOICE = re.compile(r"[a-z]{1,30}")
_BLURHASH = re.compile(r"[0-9A-Za-z#$%*+,\-.:;=?@\[\]^_{|}~]{6,100}")


@dataclass(frozen=True, slots=True)
class Mention:
    """An actor that the post names; `name` is what the sender calls them and proves nothing."""

    href: str
    name: str


@dataclass(frozen=True, slots=True)
class Hashtag:
    """A topic; `name` has no `#`."""

    name: str
    href: str | None


@dataclass(frozen=True, slots=True)
class Emoji:
    """A picture for a `:name:` in the text; `name` has no colons."""

    name: str
    icon: str


@dataclass(frozen=True, slots=True)
class Attachment:
    """Something to show or to link beside the text; `name` is the alternative text, not HTML."""

    type: str
    url: str
    media_type: str | None
    name: str
    width: int | None
    height: int | None
    blurhash: str | None


@dataclass(frozen=True, slots=True)
class Note:
    """A post. `content` is HTML that nobody has cleaned yet; `name`, `summary` are text that may look like HTML."""

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

    @classmethod
    def parse(cls, document: Any) -> Note:
        """Read a document; Malformed without id, known type, author, or with more content than we keep."""
        if not isinstance(document, dict):
            raise Malformed("a post must be an object")
        type_ = values.type_of(document, NOTE_TYPES)
        if type_ not in NOTE_TYPES:
            raise Malformed("not a post")
        content_map = _content_map(document.get("contentMap"))
        content = _content(document.get("content"), content_map)
        tags = values.objects(document.get("tag"), MAX_TAGS)
        return cls(
            id=values.own_id(document), type=type_,
            attributed_to=values.required_link(document, "attributedTo"),
            to=values.audience(document.get("to"), MAX_RECIPIENTS),
            cc=values.audience(document.get("cc"), MAX_RECIPIENTS),
            name=values.text(document.get("name")),
            content=content, content_map=content_map,
            summary=values.text(document.get("summary"), MAX_SUMMARY_CHARS),
            sensitive=values.flag(document.get("sensitive")),
            in_reply_to=values.link(document.get("inReplyTo")),
            url=values.link(document.get("url")),
            conversation=values.text(document.get("conversation"), values.MAX_ID_CHARS),
            context=values.link(document.get("context")),
            published=values.instant(document.get("published")),
            updated=values.instant(document.get("updated")),
            mentions=_mentions(tags), hashtags=_hashtags(tags), emojis=_emojis(tags),
            attachments=_attachments(document.get("attachment")),
            language=_language(document.get("language"), content, content_map),
            voice=_matching(_VOICE, document.get("voice")),
        )


def _matching(pattern: re.Pattern[str], value: Any) -> str | None:
    return value if isinstance(value, str) and len(value) <= 200 and pattern.fullmatch(value) else None


def _content(value: Any, content_map: dict[str, str]) -> str:
    content = value if isinstance(value, str) else next(iter(content_map.values()), "")
    if len(content.encode()) > MAX_CONTENT_BYTES:
        raise Malformed("the content is too long")
    return content


def _content_map(value: Any) -> dict[str, str]:
    """Content by language; entries beyond the cap or too long are dropped, the content itself stays."""
    if not isinstance(value, dict):
        return {}
    return {language: content for language, content in list(value.items())[:MAX_LANGUAGES]
            if _matching(_LANGUAGE, language) and isinstance(content, str)
            and len(content.encode()) <= MAX_CONTENT_BYTES}


def _language(stated: Any, content: str, content_map: dict[str, str]) -> str | None:
    """The language of `content`: the entry of the map that it equals, else Lemmy's `language.identifier`."""
    for language, text in content_map.items():
        if text == content:
            return language
    return _matching(_LANGUAGE, stated.get("identifier") if isinstance(stated, dict) else stated)


def _mentions(tags: list[dict[str, Any]]) -> tuple[Mention, ...]:
    return tuple(Mention(href, values.text(tag.get("name")) or "") for tag in tags
                 if tag.get("type") == "Mention" and (href := values.link(tag.get("href"))))


def _hashtags(tags: list[dict[str, Any]]) -> tuple[Hashtag, ...]:
    return tuple(Hashtag(name, values.link(tag.get("href"))) for tag in tags
                 if tag.get("type") == "Hashtag" and (name := (values.text(tag.get("name")) or "").strip().lstrip("#")))


def _emojis(tags: list[dict[str, Any]]) -> tuple[Emoji, ...]:
    return tuple(Emoji(name, icon) for tag in tags
                 if tag.get("type") == "Emoji" and (name := (values.text(tag.get("name")) or "").strip(": "))
                 and isinstance(image := tag.get("icon"), dict) and (icon := values.link(image.get("url"))))


def _attachments(value: Any) -> tuple[Attachment, ...]:
    return tuple(read for item in values.objects(value, MAX_ATTACHMENTS) if (read := _attachment(item)))


def _attachment(item: dict[str, Any]) -> Attachment | None:
    """A document or a link; alternative text is in `summary` (GoToSocial) or `name` (Mastodon)."""
    url = values.link(item.get("url")) or values.link(item.get("href"))
    kind = values.text(item.get("type"), 100)
    if not url or not kind:
        return None
    alternative = values.text(item.get("summary"), MAX_ALT_CHARS) or values.text(item.get("name"), MAX_ALT_CHARS)
    media_type = _matching(_MEDIA_TYPE, item.get("mediaType")) or _matching(_MEDIA_TYPE, _first_media_type(item))
    return Attachment(type=kind, url=url, media_type=media_type, name=alternative or "",
                      width=values.size(item.get("width")), height=values.size(item.get("height")),
                      blurhash=_matching(_BLURHASH, item.get("blurhash")))


def _first_media_type(item: dict[str, Any]) -> Any:
    """Pleroma puts the media type into a Link inside `url`."""
    return next((inner.get("mediaType") for inner in values.objects(item.get("url"), 1)), None)
