"""The charter, for the host to change."""
from __future__ import annotations

from typing import Any

from aiohttp import web

from models import Charter, Community
from models.community import Minors
from moderation import charters as rules
from server.actions import charter
from server.appearance import render
from server.display import promises
from server.doors import see
from server.entrance.forms import Form
from server.keys import COMMUNITY, FORM, INSTANCE, LANGUAGE, MEMBER
from server.views import FieldError, Option
from server.words.language import Words, gettext_for

HERE = "/admin/charter"
FUNDERS_LIMIT = 20
TEXT_LIMIT = 200
#: Whole numbers of the form: least, most. The least of the last two is the rule of the product; a host may only raise it.
RANGES = {"minimum_age": (13, 99), "withdrawal_days": (1, 14), "least_outside": (11, 1000), "least_inside": (5, 1000)}
RETENTION_DAYS = (30, 36_500)


async def show(request: web.Request) -> web.Response:
    """GET /admin/charter."""
    return await _page(request, _columns_of(request.app[COMMUNITY].row))


async def save(request: web.Request) -> web.Response:
    """POST /admin/charter: a new version, which partners are sent."""
    form, _ = request[FORM], gettext_for(request[LANGUAGE])
    columns, errors = _read(form, _)
    if errors:
        return await _page(request, columns, errors)
    try:
        await charter.change(request.app[INSTANCE], columns, request[MEMBER].actor, is_sure=form.has("sure"))
    except charter.NeedsCare:
        return await _page(request, columns, (FieldError("sure", _("Tick this box if somebody else runs this place now.")),))
    await request.app[COMMUNITY].load()
    return see(f"{HERE}?saved=1")


def _columns_of(row: Community) -> dict[str, Any]:
    names = ("association", "funding", "retention_days", "minors", *RANGES)
    return {name: getattr(row, name) for name in names}


def _read(form: Form, _: Words) -> tuple[dict[str, Any], tuple[FieldError, ...]]:
    """The columns that a form means, and what is wrong with them. A number that is none stays as it was typed."""
    kept = form.text("retention_days", 6)
    columns: dict[str, Any] = {
        "association": form.text("association", TEXT_LIMIT), "funding": _lines(form.get("funding")),
        "minors": form.text("minors"), "retention_days": _number(kept) if kept else None}
    errors = [] if columns["association"] else [FieldError("association", _("Write who runs this place."))]
    if columns["minors"] not in set(Minors):
        errors.append(FieldError("minors", _("Choose one.")))
    for name, (least, most) in RANGES.items():
        columns[name] = _number(form.text(name, 6))
        errors += _out_of_range(name, columns[name], least, most, _)
    if kept:
        errors += _out_of_range("retention_days", columns["retention_days"], *RETENTION_DAYS, _)
    return columns, tuple(errors)


def _out_of_range(name: str, value: int | str, least: int, most: int, _: Words) -> list[FieldError]:
    if isinstance(value, int) and least <= value <= most:
        return []
    return [FieldError(name, _("Write a number from %(least)s to %(most)s.", least=least, most=most))]


def _number(typed: str) -> int | str:
    return int(typed) if typed.isascii() and typed.isdecimal() else typed


def _lines(text: str) -> list[str]:
    return [line.strip()[:TEXT_LIMIT] for line in text.split("\n") if line.strip()][:FUNDERS_LIMIT]


async def _page(request: web.Request, given: dict[str, Any], errors: tuple[FieldError, ...] = ()) -> web.Response:
    _, newest = gettext_for(request[LANGUAGE]), await Charter.newest()
    row = request.app[COMMUNITY].row
    minors = tuple(Option(value=one.value, title=promises.minors_name(one, _), checked=one == given["minors"]) for one in Minors)
    return render.page(
        request, "charter.html", status=422 if errors else 200, here="charter", errors=errors, given=given, minors=minors,
        funding="\n".join(given["funding"] or ()), newest=newest, contact=row.contact,
        saved="saved" in request.query and not errors,
        is_other=newest is not None and given["association"] != rules.of_row(newest).owner)
