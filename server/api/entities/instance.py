"""Instance, in both versions (docs.joinmastodon.org/entities/Instance), and the documents of a community.

No number in it is about people: how many have a disease is nobody's business. What is documented and would be one is 0.
"""
from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypedDict

from aiohttp import web

from federation.addresses import host_of
from federation.instance import VERSION
from models import Community
from models.community import SignUp
from models.reach import Reach
from moderation import lines, markup
from server.actions import pins, polls, profiles
from server.actions.posts import DESCRIPTION_LIMIT_CHARACTERS, IMAGES_LIMIT, TEXT_LIMIT_CHARACTERS
from server.actions.tags import FEATURED_LIMIT
from server.api.entities.account import Account, account
from server.community.house import rules_of
from server.keys import COMMUNITY, LANGUAGE, SETTINGS
from server.pictures.imaging import PIXELS_LIMIT
from server.words import markdown
from server.words.language import LANGUAGES

#: The Mastodon whose API this is; apps compare it before they use what is newer.
SPEAKS = "4.5.0"
API_VERSIONS = {"mastodon": 7}
IMAGE_TYPES = ["image/jpeg", "image/png", "image/gif", "image/webp"]
URL_CHARACTERS = 0  # addresses count as they are


class Rule(TypedDict):
    """A rule. `id` is its number on the page of rules."""

    id: str
    text: str
    hint: str
    translations: dict[str, dict[str, str]]


class Urls(TypedDict):
    """Where apps hear of news, in version 1."""

    streaming_api: str


class Stats(TypedDict):
    """Never told."""

    user_count: int
    status_count: int
    domain_count: int


class InstanceV1(TypedDict):
    """This community, as older apps read it."""

    uri: str
    title: str
    short_description: str
    description: str
    email: str
    version: str
    urls: Urls
    stats: Stats
    thumbnail: str
    languages: list[str]
    registrations: bool
    approval_required: bool
    invites_enabled: bool
    configuration: dict[str, Any]
    contact_account: Account
    rules: list[Rule]
    max_toot_chars: int


class Thumbnail(TypedDict):
    """A picture for the whole community."""

    url: str
    blurhash: str | None
    versions: dict[str, str]
    description: str


class Registrations(TypedDict):
    """Who may join, and where: only on the pages, which say first what membership tells about oneself."""

    enabled: bool
    approval_required: bool
    reason_required: bool
    message: str | None
    url: str | None
    min_age: int | None


class Contact(TypedDict):
    """Whom to write to: the community itself, and never one of its members."""

    email: str
    account: Account


class Icon(TypedDict):
    """A small picture."""

    src: str
    size: str


class InstanceV2(TypedDict):
    """This community, and what it lets apps do."""

    domain: str
    title: str
    version: str
    source_url: str
    description: str
    usage: dict[str, dict[str, int]]
    thumbnail: Thumbnail
    icon: list[Icon]
    languages: list[str]
    conditions: list[str]  # ours: Orphanet's codes of what the community is for
    configuration: dict[str, Any]
    registrations: Registrations
    api_versions: dict[str, int]
    contact: Contact
    rules: list[Rule]


def version() -> str:
    """ "4.5.0 (compatible; Dazzle 0.2.0)"."""
    return f"{SPEAKS} (compatible; Dazzle {VERSION})"


def rules_in(community: Community, lang: str) -> list[Rule]:
    """The rules in the reader's language, with those in the others."""
    others = {other: rules_of(community, other) for other in LANGUAGES if other != lang}
    return [{"id": str(number), "text": text, "hint": "", "translations": {
        other: {"text": texts[number - 1], "hint": ""} for other, texts in others.items() if len(texts) >= number}}
        for number, text in enumerate(rules_of(community, lang), 1)]


def limits(upload_bytes: int) -> dict[str, Any]:
    """What fits, in the words of both versions."""
    return {
        "accounts": {"max_featured_tags": FEATURED_LIMIT, "max_pinned_statuses": pins.PINS_LIMIT,
                     "max_profile_fields": len(lines.OTHERS),
                     "max_display_name_length": profiles.NAME_LIMIT, "max_note_length": profiles.ABOUT_LIMIT,
                     "profile_field_name_limit": profiles.LINE_NAME_LIMIT,
                     "profile_field_value_limit": profiles.LINE_LIMIT},
        "statuses": {"max_characters": TEXT_LIMIT_CHARACTERS, "max_media_attachments": IMAGES_LIMIT,
                     "characters_reserved_per_url": URL_CHARACTERS, "supported_mime_types": ["text/markdown", "text/plain"]},
        "media_attachments": {"supported_mime_types": IMAGE_TYPES, "description_limit": DESCRIPTION_LIMIT_CHARACTERS,
                              "image_size_limit": upload_bytes, "image_matrix_limit": PIXELS_LIMIT, "video_size_limit": 0,
                              "video_frame_rate_limit": 0, "video_matrix_limit": 0},
        "polls": {"max_options": polls.OPTIONS_LIMIT, "max_characters_per_option": polls.OPTION_LIMIT_CHARACTERS,
                  "min_expiration": int(polls.SHORTEST.total_seconds()), "max_expiration": int(polls.LONGEST.total_seconds())}}


def instance_v1(request: web.Request) -> InstanceV1:
    """This community, for /api/v1/instance."""
    home, settings, lang = request.app[COMMUNITY], request.app[SETTINGS], request[LANGUAGE]
    row, origin = home.row, settings.origin
    return {
        "uri": host_of(origin), "title": row.name or "Dazzle", "short_description": home.text(row.tagline, lang),
        "description": _about(request), "email": row.contact, "version": version(), "languages": spoken(row),
        "urls": {"streaming_api": streaming(origin)}, "stats": {"user_count": 0, "status_count": 0, "domain_count": 0},
        "thumbnail": f"{origin}/coats/{home.instance.key}/wide.png", "registrations": _is_joinable(row),
        "approval_required": row.sign_up is SignUp.APPROVAL, "invites_enabled": False,
        "configuration": limits(settings.upload_limit_bytes), "contact_account": account(home.instance, origin, Reach.WEB),
        "rules": rules_in(row, lang), "max_toot_chars": TEXT_LIMIT_CHARACTERS}


def instance_v2(request: web.Request, vapid_key: str) -> InstanceV2:
    """This community, for /api/v2/instance. `vapid_key`: what push services know it by, base64url."""
    home, settings, lang = request.app[COMMUNITY], request.app[SETTINGS], request[LANGUAGE]
    row, origin = home.row, settings.origin
    wide, small = f"{origin}/coats/{home.instance.key}/wide.png", f"{origin}/coats/{home.instance.key}.png"
    joinable = _is_joinable(row)
    return {
        "domain": host_of(origin), "title": row.name or "Dazzle", "version": version(), "source_url": settings.source_url,
        "description": home.text(row.tagline, lang), "usage": {"users": {"active_month": 0}},
        "thumbnail": {"url": wide, "blurhash": None, "versions": {"@1x": wide, "@2x": wide}, "description": ""},
        "icon": [{"src": small, "size": "240x240"}], "languages": spoken(row),
        "conditions": row.conditions or [],
        "configuration": {
            **limits(settings.upload_limit_bytes), "translation": {"enabled": False}, "vapid": {"public_key": vapid_key},
            "urls": {"streaming": streaming(origin), "status": None, "about": f"{origin}/about",
                     "privacy_policy": f"{origin}/privacy", "terms_of_service": f"{origin}/rules"},
            "limited_federation": not row.is_open_federation,
            "timelines_access": {feeds: {"local": "authenticated", "remote": "authenticated"}
                                 for feeds in ("live_feeds", "hashtag_feeds", "trending_link_feeds")}},
        "registrations": {"enabled": joinable, "approval_required": row.sign_up is SignUp.APPROVAL, "reason_required": False,
                          "message": None, "url": f"{origin}/join" if joinable else None, "min_age": None},
        "api_versions": API_VERSIONS, "contact": {"email": row.contact, "account": account(home.instance, origin, Reach.WEB)},
        "rules": rules_in(row, lang)}


def streaming(origin: str) -> str:
    """The same server, by WebSocket."""
    return "ws" + origin.removeprefix("http")


def spoken(community: Community) -> list[str]:
    """The languages in which the community says something of itself."""
    return [lang for lang in LANGUAGES if community.about.get(lang) or community.tagline.get(lang)] or [LANGUAGES[0]]


def paragraphs(texts: Sequence[str]) -> str:
    """Plain texts as HTML."""
    return "".join(f"<p>{markup.escape(text)}</p>" for text in texts)


def _about(request: web.Request) -> str:
    home = request.app[COMMUNITY]
    return markdown.render(home.text(home.row.about, request[LANGUAGE]), {}, request.app[SETTINGS].origin).html


def _is_joinable(community: Community) -> bool:
    return community.opened_at is not None and community.sign_up in (SignUp.OPEN, SignUp.APPROVAL)
