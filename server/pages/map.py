"""/map: in which countries people are, the communities, and where to find help. GET /census: the same of ours, for partners."""
from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from aiohttp import web

from federation import censuses
from models import Charter, Contact, Host
from models.consent import Purpose
from models.contacts import ContactKind
from models.errors import NotHere
from models.host import Standing
from moderation import consent, hosts
from server.appearance import render
from server.community import atlas
from server.entrance import peers
from server.keys import COMMUNITY, INSTANCE, LANGUAGE, MEMBER, THEME
from server.pages.contacts import ContactView, kinds, view
from server.pictures.world import SHADES, Mark
from server.words.language import gettext_for
from server.words.profile_words import countries

HOUSES_LIMIT = 200
CONTACTS_SHOWN = 30
MARKS_LIMIT = 2000
TITLES_LIMIT = 5  # names in one mark


@dataclass(frozen=True, slots=True, kw_only=True)
class CountryView:
    """A country of which something is told. `band`: how many people at least to at most; `shade`: its colour on the map."""

    name: str
    band: str
    shade: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HouseView:
    """A community."""

    name: str
    country: str
    code: str
    host: str  # "" for ours


async def show(request: web.Request) -> web.Response:
    """GET /map: visitors see our members alone, members those of partner communities too."""
    _, member = gettext_for(request[LANGUAGE]), request.get(MEMBER)
    bands = await atlas.everybody() if member else (await atlas.ours())[0]
    names = countries(request[LANGUAGE])
    houses = await _houses(request, names, with_partners=member is not None)
    listed = await Contact.exclude(kind=ContactKind.PROFESSIONAL).order_by("country", "name").limit(MARKS_LIMIT)
    marks = [*_marks(((house.code, house.name) for house in houses), "circle"),
             *_marks(((one.country, one.name) for one in listed), "square")]
    world = request.app[THEME].world
    drawing = world.draw(bands, names, marks, _("Map of the world. All that it shows stands in the lists below."))
    near = world.draw_europe(bands, names, marks, _("Map of Europe. All that it shows stands in the lists below."))
    return render.page(
        request, "map.html", here="people", drawing=drawing, near=near, houses=houses, contacts=_views(listed, names),
        kinds=kinds(_), is_counted=bool(member) and await _is_counted(request),
        countries=sorted((CountryView(name=names.get(code, code), band=str(band), shade=SHADES[band])
                          for code, band in bands.items()), key=lambda one: one.name))


async def census(request: web.Request) -> web.Response:
    """GET /census: for partners, who prove that they are; to everybody else there is nothing here."""
    if await hosts.standing(await peers.caller(request)) is not Standing.PARTNER:
        raise NotHere("not for this host")
    bands, when = await atlas.ours()
    return peers.activity(await censuses.document(request.app[INSTANCE].actor, bands, when))


async def _is_counted(request: web.Request) -> bool:
    me = request[MEMBER].actor_id
    return bool(await consent.in_force(me, Purpose.MAP) and await consent.in_force(me, Purpose.STATISTICS))


async def _houses(request: web.Request, names: Mapping[str, str], *, with_partners: bool) -> list[HouseView]:
    """Our community, and to members the partners, each in the country that its charter names."""
    row = request.app[COMMUNITY].row
    found = [HouseView(name=row.name, country=names.get(row.country, row.country), code=row.country, host="")]
    if not with_partners:
        return found
    for host in await Host.filter(standing=Standing.PARTNER).order_by("title", "name").limit(HOUSES_LIMIT):
        charter = await Charter.newest(host.name)
        code = str(charter.document.get("country") or "") if charter else ""
        found.append(HouseView(name=host.title or host.name, country=names.get(code, code), code=code, host=host.name))
    return found


def _marks(named: Iterable[tuple[str, str]], shape: str) -> list[Mark]:
    """One mark for each country, with the first names."""
    there: dict[str, list[str]] = {}
    for country, name in named:
        there.setdefault(country, []).append(name)
    return [Mark(country, shape, ", ".join(found[:TITLES_LIMIT]) + (" …" if len(found) > TITLES_LIMIT else ""))
            for country, found in there.items()]


def _views(listed: Sequence[Contact], names: Mapping[str, str]) -> list[ContactView]:
    return [view(one, names) for one in listed[:CONTACTS_SHOWN]]
