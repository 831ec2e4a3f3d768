"""/people/professionals: members who said that they stand there, and what the host lists. /admin/contacts: that list."""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from aiohttp import web

from models import Actor, Contact, ProfileLine, ProfileValue, Q, Subquery
from models.consent import Purpose
from models.contacts import ContactKind
from models.member import MemberState
from models.reach import Reach
from moderation import consent, lines, markup
from server.actions import contacts
from server.actions.people import may_search
from server.appearance import render
from server.display import cards
from server.doors import see
from server.entrance.forms import Form
from server.errors import BadRequest
from server.keys import COMMUNITY, FORM, LANGUAGE, LIMITS, MEMBER
from server.pages.people import ABOUT_CHARACTERS, unhidden
from server.views import FieldError, Option, Pager, PersonView
from server.words.language import Words, gettext_for
from server.words.profile_words import countries

HERE = "/admin/contacts"
ON_A_PAGE = 30
MEMBERS_LIMIT = 1000
TABLE_CHARACTERS = 200_000


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactView:
    """One entry of the list, and where it was read."""

    key: str
    kind: str
    name: str
    where: str
    url: str
    source: str
    source_url: str  # "" where the source is no address
    checked_on: date


def kinds(_: Words) -> Mapping[str, str]:
    """What the kinds of entries are called."""
    return {ContactKind.ASSOCIATION: _("Association"), ContactKind.CENTRE: _("Expert centre"),
            ContactKind.PROFESSIONAL: _("Health professional")}


def view(one: Contact, names: Mapping[str, str]) -> ContactView:
    """An entry in the reader's language."""
    where = ", ".join(part for part in (one.place, names.get(one.country, one.country)) if part)
    return ContactView(key=one.key, kind=str(one.kind), name=one.name, where=where, url=one.url, source=one.source,
                       source_url=one.source if one.source.startswith("https://") else "", checked_on=one.checked_on)


async def show(request: web.Request) -> web.Response:
    """GET /people/professionals: to visitors the host's list alone."""
    _, number = gettext_for(request[LANGUAGE]), _page_number(request)
    listed, pager = await _listed(request, number, "/people/professionals")
    may_look = MEMBER in request and bool(may_search(request[MEMBER].actor))
    people, more = await _members(request, _page_number(request, "members")) if may_look and not number else ([], Pager())
    return render.page(request, "professionals.html", here="people", people=people, people_pager=more, contacts=listed,
                       kinds=kinds(_), pager=pager)


async def show_list(request: web.Request) -> web.Response:
    """GET /admin/contacts."""
    return await _admin(request)


async def save(request: web.Request) -> web.Response:
    """POST /admin/contacts: one entry, a table, or one away."""
    form, me = request[FORM], request[MEMBER].actor
    try:
        match form.get("do"):
            case "add":
                await contacts.add({name: form.text(name, 1000) for name in contacts.COLUMNS}, me)
            case "import":
                await contacts.import_table(form.get("table")[:TABLE_CHARACTERS], me)
            case "remove":
                await contacts.remove(form.text("key", 22), me)
            case _:
                raise BadRequest("do")
    except contacts.BadContact as error:
        return await _admin(request, form, _errors(error, form.get("do"), gettext_for(request[LANGUAGE])))
    return see(f"{HERE}?saved=1")


async def _admin(request: web.Request, form: Form | None = None, errors: tuple[FieldError, ...] = ()) -> web.Response:
    _ = gettext_for(request[LANGUAGE])
    listed, pager = await _listed(request, _page_number(request), HERE)
    typed = {name: form.text(name, 1000) if form else "" for name in contacts.COLUMNS}
    country = typed["country"] or request.app[COMMUNITY].row.country
    return render.page(
        request, "admin_contacts.html", status=422 if errors else 200, here="community", contacts=listed, kinds=kinds(_),
        pager=pager, errors=errors, typed=typed, table=form.get("table")[:TABLE_CHARACTERS] if form else "",
        saved="saved" in request.query and not errors,
        kind_options=[Option(value=str(kind), title=title, checked=typed["kind"] == kind) for kind, title in kinds(_).items()],
        country_options=[Option(value=code, title=name, checked=code == country)
                         for code, name in countries(request[LANGUAGE]).items()])


def _errors(error: contacts.BadContact, done: str, _: Words) -> tuple[FieldError, ...]:
    said = {"kind": _("Say what it is: association, centre or professional."), "name": _("Write the name, not too long."),
            "country": _("Choose the country; in a table, by its two letters."),
            "place": _("This place is too long."), "url": _("The address of a page begins with https://."),
            "source": _("Say where you read it."), "date": _("Write the day when you read it, as 2026-01-31."),
            }.get(error.column, _("This table cannot be read, or is too long."))
    if done == "import":
        return (FieldError("table", _("Line %(line)s: %(problem)s Nothing was listed.", line=error.line, problem=said)),)
    return (FieldError(error.column if error.column != "rows" else "name", said),)


async def _listed(request: web.Request, number: int, path: str) -> tuple[list[ContactView], Pager]:
    found = await Contact.all().order_by("country", "kind", "name", "id").offset(number * ON_A_PAGE).limit(ON_A_PAGE + 1)
    names = countries(request[LANGUAGE])
    pager = Pager(newer_url=f"{path}?page={number - 1}" if number else "",
                  older_url=f"{path}?page={number + 1}" if len(found) > ON_A_PAGE else "")
    return [view(one, names) for one in found[:ON_A_PAGE]], pager


async def _members(request: web.Request, number: int) -> tuple[list[tuple[PersonView, str]], Pager]:
    """A page of the members who say that they are health professionals, and agreed to standing here (C16)."""
    me, path = request[MEMBER].actor, "/people/professionals"
    request.app[LIMITS].take("directory", me.key)
    said = ProfileValue.filter(line=ProfileLine.ROLE, code="professional")
    among = Q(Actor.present(), consent.those_who_allow(Purpose.DIRECTORY), unhidden(me.id), host="",
              member__state=MemberState.ACTIVE, id__in=Subquery(said.values("actor_id")))
    there = [one for one in await Actor.filter(among).order_by("name", "id").limit(MEMBERS_LIMIT)
             if lines.reach_of(one, ProfileLine.ROLE).level >= Reach.COMMUNITY.level][number * ON_A_PAGE:]
    found = there[:ON_A_PAGE]
    shown = [(card, markup.plain(lines.read_by(one, Reach.COMMUNITY).about)[:ABOUT_CHARACTERS])
             for one, card in zip(found, await cards.people(found), strict=True)]
    return shown, Pager(newer_url=f"{path}?members={number - 1}" if number else "",
                        older_url=f"{path}?members={number + 1}" if len(there) > ON_A_PAGE else "")


def _page_number(request: web.Request, name: str = "page") -> int:
    typed = request.query.get(name, "")
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 4 else 0
