"""Account and CredentialAccount (docs.joinmastodon.org/entities/Account): people, as apps know them.

Counts of followers, of people followed and of messages are 0: no page shows them (product.md, Counts). The day on which
somebody came, and the day of their last message, are nobody's business.
"""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NotRequired, TypedDict
from urllib.parse import quote

from models import Actor, Follow, Member
from models.actor import ActorKind
from models.member import Role as MemberRole
from models.reach import Reach
from moderation import lines
from moderation.lines import Lines
from server.api.answers import midnight
from server.api.readers import Reader
from server.api.visibility import Visibility, visibility_of
from server.pictures import emojis


class Field(TypedDict):
    """A line of a profile."""

    name: str
    value: str  # HTML
    verified_at: str | None


class CustomEmoji(TypedDict):
    """A small picture for ":shortcode:" in a text."""

    shortcode: str
    url: str
    static_url: str
    visible_in_picker: bool


class ShownRole(TypedDict):
    """A role, as others may see it."""

    id: str
    name: str
    color: str


class Role(ShownRole):
    """A role, with what it may do (bits of Mastodon's)."""

    permissions: str
    highlighted: bool


class Standing(TypedDict):
    """What somebody is beside their name. `badge`: "health" or "research", checked by their own server."""

    organisation: str | None  # association, hospital, lab, company, other
    badge: str | None
    profession: str | None
    checked_by: int | None  # how many people of our team; null for other servers, which do not say


class Account(TypedDict):
    """A person, of ours or of another server."""

    id: str
    username: str
    acct: str
    display_name: str
    locked: bool
    bot: bool
    discoverable: bool | None
    indexable: bool
    group: bool
    created_at: str
    note: str  # HTML
    url: str
    uri: str
    avatar: str
    avatar_static: str
    header: str
    header_static: str
    followers_count: int
    following_count: int
    statuses_count: int
    last_status_at: str | None
    hide_collections: bool | None
    noindex: bool
    emojis: list[CustomEmoji]
    roles: list[ShownRole]
    fields: list[Field]
    standing: Standing
    moved: NotRequired[Account]
    suspended: NotRequired[bool]


class Source(TypedDict):
    """What a member wrote, as they wrote it, and what new messages start with."""

    privacy: Visibility
    sensitive: bool
    language: str | None
    note: str
    fields: list[Field]
    follow_requests_count: int
    discoverable: bool | None
    indexable: bool
    hide_collections: bool | None
    attribution_domains: list[str]
    quote_policy: str


class CredentialAccount(Account):
    """One's own account."""

    source: Source
    role: Role
    dazzle: dict[str, str]  # {"default_reach": a models.Reach}


BADGES = {"health": "Verified health professional", "research": "Verified researcher"}
#: Mastodon's bits: manage_reports, manage_users and so on for the team (entities/Role); 1 is everything.
PERMISSIONS = {MemberRole.MEMBER: "0", MemberRole.MANAGED: "0", MemberRole.MODERATOR: str(1 << 4 | 1 << 10), MemberRole.HOST: "1"}
ROLE_IDS = {MemberRole.MEMBER: "-99", MemberRole.MANAGED: "-99", MemberRole.MODERATOR: "2", MemberRole.HOST: "3"}


def account(actor: Actor, origin: str, readers: Reach, pictures: Sequence[CustomEmoji] = ()) -> Account:
    """One person, with the lines of their profile that reach those who read, and the small pictures in them."""
    told = lines.read_by(actor, readers)
    picture, wide = f"{origin}/coats/{actor.key}.png", f"{origin}/coats/{actor.key}/wide.png"
    shown: Account = {
        "id": str(actor.id), "username": actor.name, "acct": actor.address.removeprefix("@"), "display_name": actor.shown_name,
        "locked": actor.approves_followers, "bot": actor.kind in (ActorKind.SERVICE, ActorKind.APPLICATION),
        "discoverable": actor.discoverable, "indexable": actor.indexable, "group": actor.kind is ActorKind.GROUP,
        "created_at": midnight(_came(actor)), "note": told.about,
        "url": _page(actor, origin), "uri": actor.uri,
        "avatar": picture, "avatar_static": picture, "header": wide, "header_static": wide,
        "followers_count": 0, "following_count": 0, "statuses_count": 0, "last_status_at": None,
        "hide_collections": True, "noindex": True, "emojis": list(pictures), "roles": _roles(actor, readers),
        "fields": _fields(told), "standing": _standing(actor, readers)}
    if actor.is_gone:
        shown |= {"suspended": True, "display_name": actor.name, "note": "", "fields": [], "roles": [],
                  "standing": {"organisation": None, "badge": None, "profession": None, "checked_by": None}}
    return shown


def _standing(actor: Actor, readers: Reach) -> Standing:
    badge = lines.badge_of(actor, readers)
    return {"organisation": actor.organised_as or None, "badge": badge or None, "profession": actor.profession if badge else None,
            "checked_by": actor.badge_checks or None if badge else None}


def _roles(actor: Actor, readers: Reach) -> list[ShownRole]:
    """The badge, and what an organisation is, as apps show them beside the name. Apps take them as they are: in English."""
    said: list[ShownRole] = []
    if actor.organised_as:
        said.append({"id": f"organisation-{actor.organised_as}", "name": str(actor.organised_as).capitalize(), "color": ""})
    if badge := lines.badge_of(actor, readers):
        name = BADGES[badge] if actor.is_local else f"{BADGES[badge]}, says their server"
        said.append({"id": f"badge-{badge}", "name": name, "color": ""})
    return said


def _page(actor: Actor, origin: str) -> str:
    """Where people read about them; of the community itself, its first page."""
    if not actor.is_local:
        return actor.url or actor.uri
    return origin if actor.kind is ActorKind.APPLICATION else f"{origin}/{actor.address}"


async def accounts_of(actors: Sequence[Actor], reader: Reader) -> list[Account]:
    """Many people, in the same order; at most one query."""
    keys = await emojis.of_posts((), actors)
    return [account_with(actor, reader, keys) for actor in actors]


async def account_for(actor: Actor, reader: Reader) -> Account:
    """One person, as this reader may see them; at most three queries."""
    return account_with(actor, reader, await emojis.of_posts((), [actor]), await lines.readers_of(reader.viewer, actor))


def account_with(actor: Actor, reader: Reader, keys: Mapping[str, Mapping[str, str]], readers: Reach | None = None) -> Account:
    """One person, with small pictures out of those that are here (`server.pictures.emojis`)."""
    known = keys.get(actor.host, {})
    pictures = emojis_in(emojis.profile_words(actor), known, reader) if known else []
    return account(actor, reader.origin, reader.reach if readers is None else readers, pictures)


def emojis_in(words: str, known: Mapping[str, str], reader: Reader) -> list[CustomEmoji]:
    """The small pictures in a text, out of those of its server that are here: name -> key."""
    return [{"shortcode": name, "url": (url := reader.picture(quote(key), "emoji")), "static_url": url,
             "visible_in_picker": False} for name, key in known.items() if f":{name}:" in words]


async def own_account(member: Member, origin: str) -> CredentialAccount:
    """The member's own; one query."""
    actor = member.actor
    asking = await Follow.filter(target_id=actor.id, accepted_at__isnull=True).limit(100).count()
    source: Source = {
        "privacy": visibility_of(member.default_reach), "sensitive": False, "language": actor.language or member.language or None,
        "note": member.about, "fields": typed_fields(actor), "follow_requests_count": asking, "discoverable": actor.discoverable,
        "indexable": actor.indexable, "hide_collections": True, "attribution_domains": [],
        "quote_policy": "public" if actor.allows_quotes else "nobody"}
    reach = {"default_reach": member.default_reach.value}
    return {**account(actor, origin, Reach.ME), "source": source, "role": role_of(member), "dazzle": reach}


def role_of(member: Member | None) -> Role:
    """What a member of ours may do; nothing for everybody else."""
    role = member.role if member else MemberRole.MEMBER
    return {"id": ROLE_IDS[role], "name": "" if role is MemberRole.MEMBER else role.value.capitalize(), "color": "",
            "permissions": PERMISSIONS[role], "highlighted": False}


def _came(actor: Actor) -> Any:
    """Of ours only the month."""
    since: datetime = actor.published_at or actor.created_at
    return since.date().replace(day=1) if actor.is_local else since.date()


def _fields(told: Lines) -> list[Field]:
    return [{"name": name, "value": value, "verified_at": None} for name, value in told.details]


def typed_fields(actor: Actor) -> list[Field]:
    """The lines of a member of ours, as they were typed."""
    return [{"name": detail["name"], "value": detail.get("text", ""), "verified_at": None} for detail in actor.details]
