"""What a member says about themselves, and their preferences. An app can take a consent back, and never give one."""
from __future__ import annotations

from typing import Any, ClassVar, TypedDict

from aiohttp import web
from pydantic import Field

from models import Actor, FeaturedTag, Member
from models.consent import Purpose
from models.errors import CommunityError
from models.reach import Reach
from moderation import consent
from server.actions import profiles, sharing
from server.actions.profiles import ABOUT_LIMIT, LINE_LIMIT, LINE_NAME_LIMIT, NAME_LIMIT, Line, Profile
from server.api.answers import answer
from server.api.arguments import File, Takes
from server.api.entities import account as account_entities
from server.api.entities.account import account, own_account, typed_fields
from server.api.entities.tag import FeaturedTag as FeaturedTagEntity
from server.api.entities.tag import featured_tag
from server.api.visibility import Visibility, visibility_of
from server.display import cards
from server.keys import COMMUNITY, LANGUAGE, LIMITS, MEMBER, SETTINGS
from server.pages.settings import WRITTEN_LANGUAGES


class SourceChange(Takes):
    """What new messages start with."""

    privacy: Visibility | None = None
    language: str | None = Field(default=None, max_length=20)
    quote_policy: str | None = Field(default=None, max_length=20)


class FieldChange(Takes):
    """One line of the profile. Whoever adds one shows it to nobody yet: that is a yes, which needs its words."""

    name: str = Field("", max_length=LINE_NAME_LIMIT)
    value: str = Field("", max_length=LINE_LIMIT)


class ChangeProfile(Takes):
    """PATCH /api/v1/accounts/update_credentials. What is not named stays."""

    uploads: ClassVar[bool] = True

    display_name: str | None = Field(None, max_length=NAME_LIMIT)
    note: str | None = Field(None, max_length=ABOUT_LIMIT)
    locked: bool | None = None
    discoverable: bool | None = None
    indexable: bool | None = None
    avatar: File | None = None
    header: File | None = None
    source: SourceChange = SourceChange()
    fields_attributes: list[FieldChange] | None = None


class OwnProfile(TypedDict):
    """A profile, as its owner edits it."""

    id: str
    display_name: str
    note: str
    formatted_note: str
    fields: list[account_entities.Field]
    formatted_fields: list[account_entities.Field]
    avatar: str | None
    avatar_static: str | None
    avatar_description: str
    header: str | None
    header_static: str | None
    header_description: str
    locked: bool
    bot: bool
    hide_collections: bool | None
    discoverable: bool | None
    indexable: bool
    show_media: bool
    show_media_replies: bool
    show_featured: bool
    attribution_domains: list[str]
    featured_tags: list[FeaturedTagEntity]


Preferences = TypedDict("Preferences", {
    "posting:default:visibility": Visibility,
    "posting:default:sensitive": bool,
    "posting:default:language": str | None,
    "posting:default:quote_policy": str,
    "reading:expand:media": str,
    "reading:expand:spoilers": bool,
    "reading:autoplay:gifs": bool,
})


class NoPictures(CommunityError):
    """An app sends a picture of a person, or a banner."""

    status = 422
    safe = "People have stripes here, and no pictures of themselves."


async def change(request: web.Request, given: ChangeProfile) -> web.Response:
    """PATCH /api/v1/accounts/update_credentials."""
    if given.avatar or given.header:
        raise NoPictures("avatar or header")
    member, settings = request[MEMBER], request.app[SETTINGS]
    request.app[LIMITS].take("act", member.actor.key)
    await _take_back(request, given)
    placed, reaches = _lines(member.actor, given.fields_attributes)
    wanted = Profile(
        display_name=member.actor.display_name if given.display_name is None else _line(given.display_name),
        about=member.about if given.note is None else given.note.strip(), found_here=None,
        lines=placed, reaches=reaches,
        writes_in=given.source.language if given.source.language in WRITTEN_LANGUAGES else member.actor.language,
        approves_followers=member.actor.approves_followers if given.locked is None else given.locked)
    await profiles.change(member, wanted, request[LANGUAGE], request.app[COMMUNITY].row, settings.origin)
    if given.source.privacy:
        reach = await _default_reach(member, given.source.privacy, request.app[COMMUNITY].row.ceiling)
        await profiles.choose_audience(member, reach, member.undo_seconds)
    if given.source.quote_policy:
        await profiles.allow_quotes(member.actor, given.source.quote_policy == "public")
    return answer(await own_account(member, settings.origin))


async def _take_back(request: web.Request, given: ChangeProfile) -> None:
    """A no is a no wherever it is said; a yes needs the words, which no app shows."""
    for wanted, purpose in ((given.discoverable, Purpose.FOUND_HERE), (given.indexable, Purpose.SEARCH_ENGINES)):
        if wanted is False and await consent.in_force(request[MEMBER].actor_id, purpose):
            await sharing.say(request[MEMBER], purpose, False, request[LANGUAGE], request.app[COMMUNITY].row)


async def _is_found(member: Member) -> bool:
    return bool(await consent.in_force(member.actor_id, Purpose.FOUND_HERE))


async def _default_reach(member: Member, wanted: Visibility, ceiling: Reach) -> Reach:
    """The reach that means this, or the widest one that the member may start with: the web is asked for each time."""
    if wanted == "direct":
        return Reach.ME
    if wanted == "private" and visibility_of(member.default_reach) == "private":
        return member.default_reach
    widest = Reach.PARTNERS if await consent.may_leave(member.actor_id) else Reach.COMMUNITY
    return (Reach.COMMUNITY if wanted == "private" else widest).narrowed_to(ceiling)


def _lines(actor: Actor, given: list[FieldChange] | None) -> tuple[tuple[Line, ...] | None, dict[str, Reach]]:
    """As `profiles.placed`; nothing where the app sends none."""
    if given is None:
        return None, {}
    return profiles.placed(actor, [Line(_line(one.name), _line(one.value)) for one in given])


def _line(typed: str) -> str:
    return "".join(letter for letter in " ".join(typed.split()) if letter.isprintable())


async def keep_coat(request: web.Request, _given: Takes) -> web.Response:
    """DELETE /api/v1/profile/avatar and …/header: the stripes stay, there is nothing else."""
    return answer(await own_account(request[MEMBER], request.app[SETTINGS].origin))


async def profile(request: web.Request, _given: Takes) -> web.Response:
    """GET /api/v1/profile."""
    member, origin = request[MEMBER], request.app[SETTINGS].origin
    shown = account(member.actor, origin, Reach.ME)
    tags = await FeaturedTag.filter(owner=member.actor).order_by("id")
    told: OwnProfile = {
        "id": shown["id"], "display_name": shown["display_name"], "note": member.about, "formatted_note": shown["note"],
        "fields": typed_fields(member.actor), "formatted_fields": shown["fields"],
        "avatar": shown["avatar"], "avatar_static": shown["avatar_static"],
        "avatar_description": "", "header": shown["header"], "header_static": shown["header_static"], "header_description": "",
        "locked": shown["locked"], "bot": False, "hide_collections": True, "discoverable": await _is_found(member),
        "indexable": member.actor.indexable, "show_media": True, "show_media_replies": True, "show_featured": True,
        "attribution_domains": [], "featured_tags": [featured_tag(row, origin) for row in tags]}
    return answer(told)


async def preferences(request: web.Request, _given: Takes) -> web.Response:
    """GET /api/v1/preferences."""
    member = request[MEMBER]
    chosen: Any = member.reading.get("notes")
    ways = list(chosen.values()) if isinstance(chosen, dict) else []
    told: Preferences = {
        "posting:default:visibility": visibility_of(member.default_reach), "posting:default:sensitive": False,
        "posting:default:language": member.actor.language or member.language or None,
        "posting:default:quote_policy": "public" if member.actor.allows_quotes else "nobody",
        "reading:expand:media": "default", "reading:autoplay:gifs": False,
        "reading:expand:spoilers": bool(ways) and all(way == cards.OPEN for way in ways)}
    return answer(told)
