"""Lists of people, to read apart."""
from __future__ import annotations

from typing import TypedDict

from aiohttp import web
from pydantic import Field

from models import Block, ListedPerson, PeopleList, Q, Subquery
from server.actions import lists
from server.actions.lists import TITLE_LIMIT_CHARACTERS, Replies
from server.api.answers import answer
from server.api.arguments import BadInput, Id, Takes
from server.api.door import number
from server.api.entities.account import accounts_of
from server.api.paging import AccountsWindow, listed, rows_of
from server.api.readers import reader_of
from server.keys import MEMBER

ALL = 0  # a `limit` that means everybody


class MakeList(Takes):
    """A list. What an edit does not name stays."""

    title: str | None = Field(None, max_length=TITLE_LIMIT_CHARACTERS)
    replies_policy: Replies | None = None
    exclusive: bool | None = None


class ListAccounts(Takes):
    """People to put on a list, or to take off."""

    account_ids: list[Id] = []


class ListOfPeople(TypedDict):
    """A list (docs.joinmastodon.org/entities/List)."""

    id: str
    title: str
    replies_policy: str
    exclusive: bool


async def show_all(request: web.Request, _given: Takes) -> web.Response:
    """GET /api/v1/lists."""
    rows = await PeopleList.filter(owner=request[MEMBER].actor).order_by("id")
    return answer([shown(row) for row in rows])


async def show(request: web.Request, _given: Takes) -> web.Response:
    """GET /api/v1/lists/{id}."""
    return answer(shown(await _own(request)))


async def make(request: web.Request, given: MakeList) -> web.Response:
    """POST /api/v1/lists."""
    title = (given.title or "").strip()
    if not title:
        raise BadInput("title: can't be blank")
    row = await lists.make(request[MEMBER].actor, title, given.replies_policy or Replies.LIST, is_exclusive=bool(given.exclusive))
    return answer(shown(row))


async def change(request: web.Request, given: MakeList) -> web.Response:
    """PUT /api/v1/lists/{id}."""
    row = await _own(request)
    title = row.title if given.title is None else given.title.strip()
    if not title:
        raise BadInput("title: can't be blank")
    is_exclusive = row.is_exclusive if given.exclusive is None else given.exclusive
    await lists.change(row, title, given.replies_policy or Replies(row.replies), is_exclusive=is_exclusive)
    return answer(shown(row))


async def delete(request: web.Request, _given: Takes) -> web.Response:
    """DELETE /api/v1/lists/{id}."""
    await (await _own(request)).delete()
    return answer({})


async def people(request: web.Request, given: AccountsWindow) -> web.Response:
    """GET /api/v1/lists/{id}/accounts; `limit=0` is everybody."""
    row, reader = await _own(request), reader_of(request)
    blocking = Subquery(Block.filter(target_id=row.owner_id).values("blocker_id"))
    rows = ListedPerson.filter(~Q(actor_id__in=blocking), people_list=row, actor__suspended_at__isnull=True,
                               actor__deleted_at__isnull=True)
    if given.limit == ALL:
        everybody = await rows.order_by("-id").limit(lists.PEOPLE_LIMIT).select_related("actor")
        return answer(await accounts_of([one.actor for one in everybody], reader))
    page = await rows_of(rows.select_related("actor"), given)
    return listed(request, given, [one.id for one in page], await accounts_of([one.actor for one in page], reader))


async def add(request: web.Request, given: ListAccounts) -> web.Response:
    """POST /api/v1/lists/{id}/accounts."""
    await lists.add(await _own(request), given.account_ids)
    return answer({})


async def remove(request: web.Request, given: ListAccounts) -> web.Response:
    """DELETE /api/v1/lists/{id}/accounts."""
    await lists.remove(await _own(request), given.account_ids)
    return answer({})


async def of_account(request: web.Request, _given: Takes) -> web.Response:
    """GET /api/v1/accounts/{id}/lists: on which of one's own lists somebody is."""
    rows = await ListedPerson.filter(actor_id=number(request), people_list__owner=request[MEMBER].actor
                                     ).order_by("people_list_id").select_related("people_list")
    return answer([shown(row.people_list) for row in rows])


def shown(row: PeopleList) -> ListOfPeople:
    """One list."""
    return {"id": str(row.id), "title": row.title, "replies_policy": row.replies, "exclusive": row.is_exclusive}


async def _own(request: web.Request) -> PeopleList:
    return await lists.find(request[MEMBER].actor, number(request))
