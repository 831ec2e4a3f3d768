"""/people/directory: people here and in partner communities, out of the list that this server keeps. No search leaves it."""
from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from aiohttp import web

from federation import listing_alarms
from models import Actor, Block, Host, HostBlock, Listing, Mute, clock, listings
from models.catalogue.catalogue import Catalogue
from models.catalogue.search import Kind
from models.errors import NotHere
from models.listings import END, Wanted
from moderation import counts, findable
from server.actions import introductions
from server.actions.listings import open_directory
from server.actions.people import check_search
from server.appearance import render
from server.doors import see
from server.entrance.limits import TooOften
from server.errors import Refused
from server.keys import FORM, LANGUAGE, LIMITS, MEMBER, SETTINGS
from server.views import FieldError, Option
from server.words import profile_words
from server.words.language import Words, gettext_for

ON_A_PAGE = 20
TRIES = 2  # walks through the list for one page
WORDS_LIMIT = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """Somebody in the list, as far as enough others are alike. `url`: their page; of people elsewhere, where to ask to meet."""

    url: str
    coat: str
    name: str  # of ours; "" of people elsewhere
    told: tuple[str, ...]  # "Marfan syndrome", "Lives with the condition", "France", …


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What somebody typed and chose."""

    words: str = ""
    condition: str = ""  # the name of what the words were understood as
    wanted: Wanted = Wanted()


async def show(request: web.Request) -> web.Response:
    """GET /people/directory: some people, in an order that is new every day and says nothing about anybody."""
    check_search(request[MEMBER].actor)
    await open_directory()
    return await _page(request, Asked())


async def search(request: web.Request) -> web.Response:
    """POST /people/directory. By POST, so that what somebody looks for is kept nowhere."""
    check_search(request[MEMBER].actor)
    form = request[FORM]
    wanted = Wanted(role=form.text("role", 16), country=form.text("country", 2), language=form.text("language", 3),
                    age=form.text("age", 8))
    asked = await _understood(request, Asked(words=form.text("q", WORDS_LIMIT), wanted=wanted))
    place = form.get("place") or ""
    return await _page(request, asked, min(int(place), END) if _is_place(place) else None)


def _is_place(typed: str) -> bool:
    return typed.isascii() and typed.isdigit() and len(typed) <= 19


async def one(request: web.Request) -> web.Response:
    """GET /people/directory/{key}: somebody elsewhere, and asking to meet them."""
    return await _one(request, await listing_named(request))


async def ask(request: web.Request) -> web.Response:
    """POST /people/directory/{key}: ask to meet them."""
    listing, _ = await listing_named(request), gettext_for(request[LANGUAGE])
    try:
        await introductions.ask(request[MEMBER].actor, listing.key, request[FORM].text("text", 300))
    except introductions.NotInFirstWords as error:
        return await _one(request, listing, errors=(FieldError("text", _(error.safe)),), status=422)
    except (introductions.AskedEnough, Refused) as error:
        is_enough = isinstance(error, introductions.AskedEnough)
        why = (_("You have asked to meet five people today. Ask again tomorrow.") if is_enough else
               _("First agree to copies on other servers, under Your data: without it nobody elsewhere can answer you."))
        return await _one(request, listing, errors=(FieldError("text", why),), status=422)
    return see("/people/introductions?done=asked")


async def show_introductions(request: web.Request) -> web.Response:
    """GET /people/introductions: who asks to meet the member. Whom the member has asked is told to nobody, as are answers."""
    asking = await introductions.waiting(request[MEMBER].actor)
    hosts = {host.name: host.title or host.name for host in await Host.filter(name__in=[one.host for one in asking] or [""])}
    return render.page(request, "introductions.html", here="people", done=request.query.get("done", ""),
                       asking=[(one.key, hosts.get(one.host, one.host), one.text, one.created_at) for one in asking])


async def answer(request: web.Request) -> web.Response:
    """POST /people/introductions/{key}: yes or no."""
    wanted = request[FORM].get("do") == "yes"
    await introductions.answer(request[MEMBER].actor, request.match_info["key"], wanted)
    return see(f"/people/introductions?done={'yes' if wanted else 'no'}")


async def listing_named(request: web.Request) -> Listing:
    """Somebody elsewhere in the list, of a server that the reader does not keep away; NotHere."""
    check_search(request[MEMBER].actor)
    blocked = await HostBlock.of(request[MEMBER].actor_id)
    listing = await Listing.filter(key=request.match_info["key"]).exclude(host__in=["", *blocked]).first()
    if listing is None:
        raise NotHere("nobody is listed so")
    return listing


async def _one(request: web.Request, listing: Listing, *, errors: tuple[FieldError, ...] = (), status: int = 200) -> web.Response:
    known = await introductions.asked(request[MEMBER].actor, listing)
    [entry] = await _entries(request, [listing])
    return render.page(request, "directory_one.html", here="people", entry=entry, is_asked=known is not None, errors=errors,
                       status=status, typed=request[FORM].text("text", 300) if errors else "")


async def _page(request: web.Request, asked: Asked, place: int | None = None) -> web.Response:
    await _count(request)
    start = _start(request)
    found, more = await _found(asked.wanted, start if place is None else place, start)
    rows = await _allowed(request, found)
    _ = gettext_for(request[LANGUAGE])
    return render.page(
        request, "directory.html", here="people", people=await _entries(request, rows), words=asked.words,
        condition=asked.condition, filters=_filters(asked.wanted, _), place=more, is_search=asked != Asked(),
        least=(await counts.thresholds()).outside, is_listed=await findable.permit_elsewhere(request[MEMBER].actor) is not None)


async def _count(request: web.Request) -> None:
    """Somebody who looks at more than a person would is stopped, and the hosts hear of it."""
    try:
        request.app[LIMITS].take("directory", request[MEMBER].actor.key)
    except TooOften:
        await listing_alarms.reads_on(f"member:{request[MEMBER].id}")
        raise


def _start(request: web.Request) -> int:
    """Where the list begins today for this reader."""
    seed = f"{clock.now().date()} {request[MEMBER].actor.key}"
    return int.from_bytes(hashlib.sha256(seed.encode()).digest()[:8]) >> 2


async def _found(wanted: Wanted, place: int, start: int) -> tuple[list[int], int | None]:
    """A page from a place on, once around the whole list; and the place of the next one."""
    found: list[int] = []
    at: int | None = place
    for _ in range(TRIES):
        if at is None:
            break
        part = await listings.search(wanted, at, END if at >= start else start, ON_A_PAGE - len(found))
        found += part.places
        at = part.next if part.next is not None else 0 if at >= start and start > 0 else None
        if len(found) >= ON_A_PAGE:
            break
    return found, at


async def _allowed(request: web.Request, places: Sequence[int]) -> list[Listing]:
    """Without those of ours whom the reader blocks or mutes, or who block the reader, without those of servers that the reader
    blocks, and without oneself.
    """
    me, blocked = request[MEMBER].actor_id, await HostBlock.of(request[MEMBER].actor_id)
    rows = [row for row in await listings.at(places) if row.host not in blocked]
    ids = [row.actor_id for row in rows if row.actor_id] or [0]
    hidden = {me, *await Block.filter(blocker_id__in=ids, target_id=me).values_list("blocker_id", flat=True),
              *await Block.filter(target_id__in=ids, blocker_id=me).values_list("target_id", flat=True),
              *await Mute.filter(target_id__in=ids, owner_id=me).values_list("target_id", flat=True)}
    order = {place: number for number, place in enumerate(places)}
    return sorted((row for row in rows if row.actor_id not in hidden), key=lambda row: order[row.place])


async def _entries(request: web.Request, rows: Sequence[Listing]) -> list[Entry]:
    _ = gettext_for(request[LANGUAGE])
    names = await _conditions(request, {row.shown_condition for row in rows if row.shown_condition})
    return [_entry(row, row.actor if row.actor_id else None, names, _) for row in rows]


def _entry(row: Listing, actor: Actor | None, names: Mapping[str, str], _: Words) -> Entry:
    languages = profile_words.languages(_.language)
    told = [names.get(row.shown_condition, row.shown_condition), profile_words.roles(_).get(row.shown_role, ""),
            profile_words.countries(_.language).get(row.shown_country, ""), profile_words.ages(_).get(row.shown_age, ""),
            ", ".join(languages.get(code, code) for code in row.shown_language.split())]
    return Entry(url=f"/{actor.address}" if actor else f"/people/directory/{row.key}", coat=actor.key if actor else row.key,
                 name=actor.shown_name if actor else "", told=tuple(text for text in told if text))


async def _conditions(request: web.Request, codes: set[str]) -> Mapping[str, str]:
    if not codes:
        return {}
    catalogue = Catalogue(Path(request.app[SETTINGS].var_dir))
    return await asyncio.to_thread(catalogue.labels, codes, request[LANGUAGE])


async def _understood(request: web.Request, asked: Asked) -> Asked:
    """The words as a condition of the catalogue; what is none finds nobody."""
    if not asked.words:
        return asked
    catalogue = Catalogue(Path(request.app[SETTINGS].var_dir))
    found = await asyncio.to_thread(catalogue.search, asked.words, Kind.CONDITION, request[LANGUAGE], 1)
    code, name = (found[0].code, found[0].label) if found else ("?", "")
    return replace(asked, condition=name, wanted=replace(asked.wanted, condition=code))


def _filters(wanted: Wanted, _: Words) -> list[tuple[str, str, list[Option]]]:
    """Name, title and options of what can be chosen."""
    lists: tuple[tuple[str, str, str, Mapping[str, str]], ...] = (
        ("role", _("Situation"), wanted.role, profile_words.roles(_)),
        ("country", _("Country"), wanted.country, profile_words.countries(_.language)),
        ("age", _("Age"), wanted.age, profile_words.ages(_)),
        ("language", _("Language"), wanted.language, profile_words.languages(_.language)))
    return [(name, title, [Option(value="", title=_("Any"), checked=not chosen),
                           *(Option(value=code, title=text, checked=code == chosen) for code, text in values.items())])
            for name, title, chosen, values in lists]
