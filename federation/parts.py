"""What hangs on a post on the wire: tags, attachments, answers to choose from, time and place, what it quotes.

Whatever is odd counts as absent (federation.values); everything is bounded.
"""
from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from federation import values
from models import clock
from moderation import markup

MAX_ALT_CHARS = 5000
MAX_TAGS = 50
MAX_ATTACHMENTS = 16
MAX_OPTIONS = 25
MAX_OPTION_CHARS = 300
MAX_COUNT = 1_000_000_000
MAX_PLACE_CHARS = 300
MAX_LINKS = 50
AHEAD = timedelta(days=3660)  # how far in the future an event or the end of a question may lie
AS_MEDIA_TYPES: Final = ("application/activity+json", "application/ld+json")
_MEDIA_TYPE = re.compile(r"[a-z0-9.+-]{1,40}/[a-z0-9.+-]{1,80}")
_ADDRESS = re.compile(r"(https?://[^\s<>\"']{1,1000}[^\s<>\"'.,;:!?)\]])")
_BLURHASH = re.compile(r"[0-9A-Za-z#$%*+,\-.:;=?@\[\]^_{|}~]{6,100}")
_ZONE = re.compile(r"[A-Za-z]{1,20}(/[A-Za-z0-9_+-]{1,20}){1,2}")
_AWAY = re.compile(r"[0-9T:.-]{10,32}([+-](?:0\d|1[0-4]):[0-5]\d)")  # the time of an event: how far it is from UTC
_EMOJI_NAME = re.compile(r"[\w.@+-]{1,100}")


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
    updated: datetime | None = None  # when its server last gave the name another picture, maybe at the same address


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
    focus: tuple[float, float] | None = None  # x and y from -1 to 1 (Mastodon's focalPoint)


@dataclass(frozen=True, slots=True)
class Poll:
    """Answers to choose from; of each how many chose it, or None where the server does not say."""

    options: tuple[tuple[str, int | None], ...]
    is_multiple: bool
    closes_at: datetime | None
    voters: int | None


@dataclass(frozen=True, slots=True)
class Quote:
    """The message that a post quotes. `stamp`: where the quoted author's yes stands; `asks`: said as FEP-044f says it.

    `is_allowed` is what `federation.quotes` found out; no document can say it of itself.
    """

    uri: str
    stamp: str | None
    asks: bool
    is_allowed: bool = False


def matching(pattern: re.Pattern[str], value: Any) -> str | None:
    """The value if it is a short text of this form."""
    return value if isinstance(value, str) and len(value) <= 200 and pattern.fullmatch(value) else None


def _is(tag: dict[str, Any], kind: str) -> bool:
    """Whether this is such a tag; its type may be a list, or have the prefix of ActivityStreams."""
    return any(one in (kind, f"as:{kind}") for one in values.many(tag.get("type"), values.MAX_TYPES))


def mentions(tags: list[dict[str, Any]]) -> tuple[Mention, ...]:
    """The people that tags name."""
    return tuple(Mention(href, values.text(tag.get("name")) or "") for tag in tags
                 if _is(tag, "Mention") and (href := values.link(tag.get("href"))))


def hashtags(tags: list[dict[str, Any]]) -> tuple[Hashtag, ...]:
    """The topics that tags name."""
    return tuple(Hashtag(name, values.link(tag.get("href"))) for tag in tags
                 if _is(tag, "Hashtag") and (name := (values.text(tag.get("name")) or "").strip().lstrip("#")))


def emojis(tags: list[dict[str, Any]]) -> tuple[Emoji, ...]:
    """The pictures that tags define. Their own id is not needed: Akkoma sends null."""
    return tuple(Emoji(name, icon, values.instant(tag.get("updated"))) for tag in tags
                 if _is(tag, "Emoji") and (name := matching(_EMOJI_NAME, _bare(tag.get("name"))))
                 and isinstance(image := tag.get("icon"), dict) and (icon := values.link(image.get("url"))))


def _bare(name: Any) -> Any:
    return name.strip(": ") if isinstance(name, str) else None


def attachments(value: Any) -> tuple[Attachment, ...]:
    """What is attached, as far as it has an address."""
    return tuple(read for item in values.objects(value, MAX_ATTACHMENTS) if (read := _attachment(item)))


def _attachment(item: dict[str, Any]) -> Attachment | None:
    """A document or a link; alternative text is in `summary` (GoToSocial) or `name` (Mastodon)."""
    url = values.link(item.get("url")) or values.link(item.get("href"))
    kind = values.text(item.get("type"), 100)
    if not url or not kind:
        return None
    alternative = values.text(item.get("summary"), MAX_ALT_CHARS) or values.text(item.get("name"), MAX_ALT_CHARS)
    media_type = matching(_MEDIA_TYPE, item.get("mediaType")) or matching(_MEDIA_TYPE, _first_media_type(item))
    return Attachment(type=kind, url=url, media_type=media_type, name=alternative or "",
                      width=values.size(item.get("width")), height=values.size(item.get("height")),
                      blurhash=matching(_BLURHASH, item.get("blurhash")), focus=_focus(item.get("focalPoint")))


def _first_media_type(item: dict[str, Any]) -> Any:
    """Pleroma puts the media type into a Link inside `url`."""
    return next((inner.get("mediaType") for inner in values.objects(item.get("url"), 1)), None)


def _focus(value: Any) -> tuple[float, float] | None:
    if isinstance(value, list) and len(value) == 2 and all(type(one) in (int, float) and -1 <= one <= 1 for one in value):
        return float(value[0]), float(value[1])
    return None


def distinct(found: Iterable[Attachment]) -> tuple[Attachment, ...]:
    """Each address once, with the words for it that there are: Lemmy and PieFed name a picture twice."""
    by_url: dict[str, Attachment] = {}
    for one in found:
        known = by_url.get(one.url)
        by_url[one.url] = one if known is None else replace(
            known, name=known.name or one.name, width=known.width or one.width, height=known.height or one.height)
    return tuple(by_url.values())


def illustrations(document: dict[str, Any], type_: str) -> tuple[Attachment, ...]:
    """The picture that an Image is, or that stands above an Article, an Event, a Video; of Ghost its address alone."""
    if type_ == "Note":
        return ()
    if type_ == "Image":
        links = values.objects(document.get("url"), MAX_LINKS)
        picture = next((link for link in links if str(link.get("mediaType")).startswith("image/")), None)
        return attachments({**document, "type": "Image", "url": picture or document.get("url")})
    shown = values.many(document.get("image") or document.get("icon"), MAX_ATTACHMENTS)
    pictures = attachments([{"type": "Image"} | one if isinstance(one, dict) else {"type": "Image", "url": one} for one in shown])
    return tuple(sorted(pictures, key=lambda one: -(one.width or 0))[:1])  # PeerTube: the small one first


def page(document: dict[str, Any]) -> str | None:
    """The page to read it on; PeerTube lists it among the files of the video."""
    links = values.objects(document.get("url"), MAX_LINKS)
    pages = [link for link in links if str(link.get("mediaType")).startswith("text/html")]
    return values.link(pages[:1]) or values.link(document.get("url"))


def poll(document: dict[str, Any]) -> Poll | None:
    """The answers of a Question, each with its number if it is told; None if there is nothing to choose."""
    is_multiple = bool(values.objects(document.get("anyOf"), MAX_OPTIONS))  # Pleroma sends the other one too, empty
    options: dict[str, int | None] = {}
    for item in values.objects(document.get("anyOf" if is_multiple else "oneOf"), MAX_OPTIONS):
        if name := (values.text(item.get("name"), MAX_OPTION_CHARS) or "").strip():
            replies = item.get("replies")
            options.setdefault(name, count(replies.get("totalItems")) if isinstance(replies, dict) else None)
    if not options:
        return None
    closed = document.get("closed")
    ends = clock.now() if closed is True else values.instant(closed or document.get("endTime"), AHEAD)
    return Poll(tuple(options.items()), is_multiple, ends, count(document.get("votersCount")))


def count(value: Any) -> int | None:
    """A number of things that can be true."""
    return value if type(value) is int and 0 <= value <= MAX_COUNT else None


def place(value: Any) -> str:
    """Where an Event is, in words: the name and the address that its Place has."""
    for one in values.many(value, values.MAX_TYPES):
        if isinstance(one, str):
            return "" if values.is_id(one) else one[:MAX_PLACE_CHARS]
        if isinstance(one, dict):
            address = one.get("address")
            lines = [one.get("name"), *([address] if isinstance(address, str) else _lines(address))]
            words = dict.fromkeys(line.strip() for line in lines if isinstance(line, str) and line.strip())
            return ", ".join(words)[:MAX_PLACE_CHARS]
    return ""


def zone(document: dict[str, Any]) -> str:
    """By which clock people go to an Event: the IANA name of its time zone (Mobilizon), or how far its times are from UTC, such
    as "+02:00"; "" where it says neither.
    """
    if name := matching(_ZONE, document.get("timezone")):
        try:
            return ZoneInfo(name).key
        except (ValueError, KeyError, OSError):  # no zone of this computer has that name
            pass
    start = document.get("startTime")
    away = _AWAY.fullmatch(start) if isinstance(start, str) else None
    return away[1] if away and away[1][1:] != "00:00" else ""


def _lines(address: Any) -> list[Any]:
    names = ("streetAddress", "postalCode", "addressLocality", "addressRegion", "addressCountry")
    return [address.get(name) for name in names] if isinstance(address, dict) else []


def html_of(text: str) -> str:
    """Text without any markup as HTML: its paragraphs, its lines, and its addresses as links."""
    paragraphs = (_marked_up(paragraph.strip()) for paragraph in re.split(r"\n\s*\n", text.replace("\r\n", "\n")))
    return "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs if paragraph)


def _marked_up(paragraph: str) -> str:
    pieces = [markup.escape(piece) for piece in _ADDRESS.split(paragraph)]
    pieces[1::2] = [f'<a href="{address}">{address}</a>' for address in pieces[1::2]]
    return "".join(pieces).replace("\n", "<br>")


def quote(document: dict[str, Any], tags: list[dict[str, Any]]) -> Quote | None:
    """What it quotes, in any dialect: FEP-044f, Fedibird and Misskey, or a link among the tags (FEP-e232)."""
    if uri := values.link(document.get("quote")):
        return Quote(uri, values.link(document.get("quoteAuthorization")), asks=True)
    for name in ("quoteUrl", "quoteUri", "_misskey_quote"):
        if uri := values.link(document.get(name)):
            return Quote(uri, None, asks=False)
    linked = [tag for tag in tags if tag.get("type") == "Link" and str(tag.get("mediaType")).startswith(AS_MEDIA_TYPES)]
    uri = next((uri for tag in linked if (uri := values.link(tag.get("href")))), None)
    return Quote(uri, None, asks=False) if uri else None


def is_sensitive(document: dict[str, Any]) -> bool:
    """Marked on the whole (most), on one attachment (Misskey), or by the tag "nsfw" (Pleroma)."""
    tags = [tag.get("name") if isinstance(tag, dict) else tag for tag in values.many(document.get("tag"), MAX_TAGS)]
    return (values.flag(document.get("sensitive"))
            or any(values.flag(item.get("sensitive")) for item in values.objects(document.get("attachment"), MAX_ATTACHMENTS))
            or any(isinstance(tag, str) and tag.lower().lstrip("#") == "nsfw" for tag in tags))
