"""Lists of messages: home, community, everybody, a tag, a list of people, one person."""
from __future__ import annotations

from collections.abc import Collection, Sequence

from aiohttp import web

from models import Actor, Follow, ListedPerson
from server.actions import lists
from server.actions.lists import Replies
from server.actions.tags import spelled
from server.api.answers import answer
from server.api.door import number
from server.api.entities.status import Status, statuses
from server.api.paging import Window, linked
from server.api.people import person
from server.api.readers import reader_of
from server.display import timelines
from server.display.timelines import END_OF_TIME, Page, Span, Wanted
from server.keys import MEMBER
from server.words.markdown import TAGS_LIMIT


class PublicWindow(Window):
    """What of everybody's messages is wanted."""

    local: bool = False
    remote: bool = False
    only_media: bool = False


class TagWindow(PublicWindow):
    """Messages with the tag or with one of `any`, with all of `all`, without those of `none`."""

    any: list[str] = []
    all: list[str] = []
    none: list[str] = []


class PersonWindow(Window):
    """What of one person's messages is wanted."""

    only_media: bool = False
    exclude_replies: bool = False
    exclude_reblogs: bool = False
    pinned: bool = False
    tagged: str = ""


def span_of(window: Window) -> Span:
    """A window as lists of messages take it."""
    return Span(before=END_OF_TIME if window.max_id is None else window.max_id, size=window.size,
                after=max(window.min_id or 0, window.since_id or 0), upwards=window.min_id is not None)


async def home(request: web.Request, given: Window) -> web.Response:
    """GET /api/v1/timelines/home."""
    page = await timelines.home(request[MEMBER].actor, span_of(given))
    return await _answer(request, page, "home")


async def public(request: web.Request, given: PublicWindow) -> web.Response:
    """GET /api/v1/timelines/public: for members; `local` is the community."""
    page = await timelines.public(reader_of(request).viewer, span_of(given), _wanted(given))
    return await _answer(request, page, "public")


async def tag(request: web.Request, given: TagWindow) -> web.Response:
    """GET /api/v1/timelines/tag/{name}."""
    wanted = _wanted(given, all_tags=_names(given.all), no_tags=_names(given.none))
    name, viewer = spelled(request.match_info["name"]), reader_of(request).viewer
    page = await timelines.tagged(name, viewer, span_of(given), wanted, others=_names(given.any))
    return await _answer(request, page, "public")


async def link(_request: web.Request, _given: Window) -> web.Response:
    """GET /api/v1/timelines/link: there are no trends here, and so no messages about one."""
    return answer([])


async def people(request: web.Request, given: Window) -> web.Response:
    """GET /api/v1/timelines/list/{id}."""
    row = await lists.find(request[MEMBER].actor, number(request))
    ids = [one.actor_id for one in await ListedPerson.filter(people_list=row).limit(lists.PEOPLE_LIMIT)]
    wanted = Wanted(without_replies=row.replies == Replies.NONE)
    page = await timelines.of_people(ids, request[MEMBER].actor, span_of(given), wanted)
    shown = await statuses(page.entries, reader_of(request), "home")
    if row.replies != Replies.NONE:
        shown = _answering(shown, set(ids) if row.replies == Replies.LIST else await _followed(request[MEMBER].actor, shown))
    return _listed(request, page, shown)


async def of_account(request: web.Request, given: PersonWindow) -> web.Response:
    """GET /api/v1/accounts/{id}/statuses."""
    actor, reader = await person(request), reader_of(request)
    if given.pinned:
        return answer(await statuses(await timelines.pinned(actor, reader.viewer), reader, "account"))
    wanted = Wanted(with_media=given.only_media, without_replies=given.exclude_replies, without_passed_on=given.exclude_reblogs,
                    any_tags=_names([given.tagged] if given.tagged else []))
    page = await timelines.of_person(actor, reader.viewer, span_of(given), wanted)
    return await _answer(request, page, "account")


def _names(typed: Sequence[str]) -> tuple[str, ...]:
    return tuple(spelled(name) for name in typed[:TAGS_LIMIT])


def _wanted(given: PublicWindow, all_tags: Collection[str] = (), no_tags: Collection[str] = ()) -> Wanted:
    return Wanted(local=given.local, remote=given.remote and not given.local, with_media=given.only_media, all_tags=all_tags,
                  no_tags=no_tags)


def _answering(shown: Sequence[Status], people_ids: Collection[int]) -> list[Status]:
    """Without answers to anybody but these, or to oneself."""
    return [one for one in shown if one["reblog"] or one["in_reply_to_account_id"] in (None, one["account"]["id"])
            or int(one["in_reply_to_account_id"] or 0) in people_ids]


async def _followed(reader: Actor, shown: Sequence[Status]) -> set[int]:
    """Those of the people answered whom the reader follows."""
    answered = {int(one["in_reply_to_account_id"]) for one in shown if one["in_reply_to_account_id"]}
    rows = await Follow.filter(follower=reader, accepted_at__isnull=False, target_id__in=list(answered)) if answered else []
    return {row.target_id for row in rows} | {reader.id}


async def _answer(request: web.Request, page: Page, context: str) -> web.Response:
    return _listed(request, page, await statuses(page.entries, reader_of(request), context))


def _listed(request: web.Request, page: Page, shown: Sequence[Status]) -> web.Response:
    return linked(request, shown, newer=page.entries[0].id if page.entries else 0, older=page.older)
