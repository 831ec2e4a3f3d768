"""The host looks after the numbers to call: which there are, where they can be checked, and when somebody did."""
from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from aiohttp import web

from models import CrisisLine, clock
from models.crisis import LineKind
from models.errors import NotHere
from server.actions import crisis as alerts
from server.appearance import render
from server.community import crisis
from server.community.crisis import Line, kind_name
from server.doors import see
from server.entrance.forms import Form
from server.keys import COMMUNITY, FORM, LANGUAGE, MEMBER
from server.pages.crisis import country_name
from server.views import FieldError, Option
from server.words import profile_words
from server.words.language import Words, gettext_for

ROWS = 8  # of one country
SOURCE_LIMIT_CHARACTERS = 300
_NUMBER = re.compile(r"\+?[0-9][0-9 ]{1,18}")


@dataclass(frozen=True, slots=True, kw_only=True)
class CountryView:
    """One country in the list."""

    code: str
    name: str
    numbers: str
    is_ours: bool  # as the release has it
    is_old: bool  # a line wants another look


@dataclass(frozen=True, slots=True, kw_only=True)
class RowView:
    """One line of the form, as it is kept or as it was typed."""

    kinds: tuple[Option, ...]
    number: str = ""
    source: str = ""
    checked_on: date | None = None
    is_old: bool = False


@dataclass(frozen=True, slots=True)
class Typed:
    """What the form says of one line."""

    kind: str
    number: str
    source: str
    is_checked: bool  # today


async def show(request: web.Request) -> web.Response:
    """GET /admin/crisis/lines?country=XX: every country, those with old lines first; or the form of one."""
    if wanted := request.query.get("country", "").upper():
        return see(f"/admin/crisis/lines/{_country(wanted)}")
    lang, today, own = request[LANGUAGE], clock.now().date(), await crisis.written()
    all_ = {**crisis.shipped(), **own}
    views = [CountryView(code=code, name=country_name(code, lang), numbers=" · ".join(line.number for line in lines),
                         is_ours=code not in own, is_old=any(line.is_old(today) for line in lines))
             for code, lines in all_.items()]
    home = request.app[COMMUNITY].row.country
    return render.page(request, "admin_crisis_lines.html", here="community", saved="saved" in request.query,
                       countries=sorted(views, key=lambda one: (one.code != home, not one.is_old, one.name)),
                       others=tuple(Option(value=code, title=name) for code, name in profile_words.countries(lang).items()
                                    if code not in all_))


async def show_one(request: web.Request) -> web.Response:
    """GET /admin/crisis/lines/{country}."""
    country = _country(request.match_info["country"])
    known = await crisis.of_country(country)
    return await _page(request, country, [_row(line, gettext_for(request[LANGUAGE])) for line in known])


async def save(request: web.Request) -> web.Response:
    """POST /admin/crisis/lines/{country}: these lines from now on; `ours` puts those of the release back."""
    country, form, _ = _country(request.match_info["country"]), request[FORM], gettext_for(request[LANGUAGE])
    typed, today = _read(form), clock.now().date()
    errors = () if form.has("ours") else _faults(typed, _)
    if errors:
        return await _page(request, country, [_typed_row(one, _) for one in typed], errors)
    before = {(line.kind.value, line.number, line.source): line.checked_on for line in await crisis.of_country(country)}
    wanted = [CrisisLine(country=country, kind=LineKind(one.kind), number=one.number, source=one.source,
                         checked_on=today if one.is_checked else before.get((one.kind, one.number, one.source)) or today)
              for one in ([] if form.has("ours") else typed)]
    await alerts.set_lines(country, wanted, request[MEMBER].actor)
    await request.app[COMMUNITY].load()
    return see("/admin/crisis/lines?saved=1")


def _country(code: str) -> str:
    """A country that there is. Raises NotHere."""
    if code in profile_words.countries("en"):
        return code
    raise NotHere("country")


def _read(form: Form) -> list[Typed]:
    rows = [Typed(form.text(f"kind-{place}", 20), form.text(f"number-{place}", 40), form.text(f"source-{place}", 400),
                  form.has(f"checked-{place}")) for place in range(ROWS)]
    return [row for row in rows if row.number]


def _faults(typed: Sequence[Typed], _: Words) -> tuple[FieldError, ...]:
    """What is wrong with the lines. A number that was changed counts as checked: somebody has just looked."""
    if not typed or LineKind.EMERGENCY.value not in {one.kind for one in typed}:
        return (FieldError("number-0", _("Leave at least one number for an emergency.")),)
    found = []
    for place, one in enumerate(typed):
        if one.kind not in set(LineKind):
            found.append(FieldError(f"kind-{place}", _("Choose what the line is for.")))
        if not _NUMBER.fullmatch(one.number):
            found.append(FieldError(f"number-{place}", _("Write the number in digits and spaces.")))
        if not one.source.startswith(("https://", "http://")) or len(one.source) > SOURCE_LIMIT_CHARACTERS:
            found.append(FieldError(f"source-{place}", _("Write the address of a page that names this number.")))
    return tuple(found)


def _kinds(chosen: str, _: Words) -> tuple[Option, ...]:
    return tuple(Option(value=kind.value, title=kind_name(kind, _), checked=kind.value == chosen) for kind in LineKind)


def _row(line: Line, _: Words) -> RowView:
    return RowView(kinds=_kinds(line.kind.value, _), number=line.number, source=line.source, checked_on=line.checked_on,
                   is_old=line.is_old(clock.now().date()))


def _typed_row(typed: Typed, _: Words) -> RowView:
    return RowView(kinds=_kinds(typed.kind, _), number=typed.number, source=typed.source)


async def _page(request: web.Request, country: str, rows: list[RowView], errors: Sequence[FieldError] = ()) -> web.Response:
    _ = gettext_for(request[LANGUAGE])
    empty = [RowView(kinds=_kinds(LineKind.DARK_THOUGHTS.value, _))] * min(2, max(0, ROWS - len(rows)))
    return render.page(request, "admin_crisis_country.html", status=422 if errors else 200, here="community", errors=errors,
                       code=country, name=country_name(country, request[LANGUAGE]), rows=(*rows[:ROWS], *empty),
                       has_ours=country in crisis.shipped(), is_ours=country not in await crisis.written())
