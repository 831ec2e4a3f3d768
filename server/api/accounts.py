"""Accounts: oneself, and other people as far as the pages show them."""
from __future__ import annotations

from typing import Any, TypedDict

from aiohttp import web
from pydantic import Field

from models import Actor, Follow, Q, Subquery
from models.errors import NotHere
from server.actions import people as named
from server.api import account_search, people
from server.api.answers import answer
from server.api.arguments import BadInput, Takes
from server.api.entities.account import Account, account_for, accounts_of, own_account
from server.api.people import Ids
from server.api.readers import reader_of
from server.errors import SignInFirst
from server.keys import MEMBER, SETTINGS
from server.pages import lookups
from server.pages.people import in_turn

MANY, CAP, FEW = 40, 80, 10
OFFSET_LIMIT = 10_000


class Searching(Takes):
    """GET /api/v1/accounts/search."""

    q: str = Field("", max_length=500)
    limit: int = Field(MANY, ge=1)
    offset: int = Field(0, ge=0, le=OFFSET_LIMIT)
    resolve: bool = False
    following: bool = False


class LookUp(Takes):
    """GET /api/v1/accounts/lookup."""

    acct: str = Field("", max_length=named.ADDRESS_LIMIT_CHARACTERS)


class DirectoryWindow(Takes):
    """GET /api/v1/directory."""

    limit: int = Field(MANY, ge=1)
    offset: int = Field(0, ge=0, le=OFFSET_LIMIT)
    local: bool = False


class Several(Takes):
    """How many."""

    limit: int = Field(MANY, ge=1)


class FamiliarFollowers(TypedDict):
    """Of the people that one follows, those who follow somebody: never told."""

    id: str
    accounts: list[Account]


class Suggestion(TypedDict):
    """Somebody to get to know."""

    source: str
    sources: list[str]
    account: Account


async def verify_credentials(request: web.Request, _given: Takes) -> web.Response:
    """GET /api/v1/accounts/verify_credentials: whose token this is."""
    return answer(await own_account(request[MEMBER], request.app[SETTINGS].origin))


async def show(request: web.Request, _given: Takes) -> web.Response:
    """GET /api/v1/accounts/{id}."""
    actor = await people.person(request)
    return answer(await account_for(actor, reader_of(request)))


async def show_many(request: web.Request, given: Ids) -> web.Response:
    """GET /api/v1/accounts?id[]=…: those of them that there are, in this order."""
    found = {actor.id: actor for actor in await Actor.filter(lookups.listed(), id__in=given.id or [0])}
    there = await people.not_blocking(request[MEMBER].actor, list(found))
    return answer(await accounts_of([found[id_] for id_ in dict.fromkeys(given.id) if id_ in there], reader_of(request)))


async def look_up(request: web.Request, given: LookUp) -> web.Response:
    """GET /api/v1/accounts/lookup: by address, without asking anybody else."""
    origin = request.app[SETTINGS].origin
    try:
        found = await lookups.shown_to(request, (await named.known([given.acct], origin)).get(given.acct))
    except SignInFirst as error:
        raise NotHere("not for visitors") from error
    return answer(await account_for(found, reader_of(request)))


async def search(request: web.Request, given: Searching) -> web.Response:
    """GET /api/v1/accounts/search."""
    words = given.q.strip()
    if not words:
        raise BadInput("q: nothing to look for")
    found = await account_search.found(request, words, resolves=given.resolve, limit=min(given.limit, CAP), offset=given.offset,
                                       following=given.following)
    return answer(await accounts_of(found, reader_of(request)))


async def directory(request: web.Request, given: DirectoryWindow) -> web.Response:
    """GET /api/v1/directory: those who chose to be found, and to be on the web, in the order of the page People: it tells nothing
    about anybody. The directory across communities is not here: what apps show may be on any screen.
    """
    on_the_web = Q(discoverable=True, indexable=True)
    found = await in_turn(request, given.offset, min(given.limit, CAP), on_the_web & Q(host="") if given.local else on_the_web)
    return answer(await accounts_of(found, reader_of(request)))


async def suggestions_v1(request: web.Request, given: Several) -> web.Response:
    """GET /api/v1/suggestions."""
    return answer(await _suggested(request, given.limit))


async def suggestions(request: web.Request, given: Several) -> web.Response:
    """GET /api/v2/suggestions."""
    shown: list[Suggestion] = [{"source": "staff", "sources": ["featured"], "account": one}
                               for one in await _suggested(request, given.limit)]
    return answer(shown)


async def _suggested(request: web.Request, limit: int) -> list[Account]:
    """Some who chose to be found and whom one does not know yet; chance chooses, and not what anybody has in common."""
    me = request[MEMBER].actor_id
    followed = Subquery(Follow.filter(follower_id=me).values("target_id"))
    found = await in_turn(request, 0, min(limit, FEW), Q(~Q(id__in=followed), ~Q(id=me)))
    return await accounts_of(found, reader_of(request))


async def no_thanks(_request: web.Request, _given: Takes) -> web.Response:
    """DELETE /api/v1/suggestions/{id}: tomorrow there are others."""
    return answer({})


async def familiar_followers(_request: web.Request, given: Ids) -> web.Response:
    """GET /api/v1/accounts/familiar_followers: who follows whom is nobody else's business."""
    shown: list[FamiliarFollowers] = [{"id": str(id_), "accounts": []} for id_ in dict.fromkeys(given.id)]
    return answer(shown)


async def none(request: web.Request, _given: Takes) -> web.Response:
    """Lists of somebody that are documented and empty here: endorsements, proofs of identity."""
    await people.person(request)
    empty: list[Any] = []
    return answer(empty)
