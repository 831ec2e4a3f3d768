"""/admin/organisations: accounts of associations, hospitals, laboratories and companies."""
from __future__ import annotations

from dataclasses import dataclass

from aiohttp import web

from models import Member
from models.actor import Organisation
from models.errors import NotHere
from server.actions import accounts, organisations
from server.actions.organisations import KINDS, BadOrganisation, Typed
from server.appearance import render
from server.display import cards
from server.doors import see
from server.entrance.forms import whole_number
from server.keys import FORM, LANGUAGE, LIMITS, MEMBER, SETTINGS
from server.views import FieldError, Option, Pager, PersonView
from server.words.language import Words, gettext_for
from server.words.wording import organisation_name

HERE = "/admin/organisations"
ON_A_PAGE = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganisationView:
    """One of them, and what else it could be called."""

    number: int
    person: PersonView
    kinds: tuple[Option, ...]
    state: str


async def show(request: web.Request) -> web.Response:
    """GET /admin/organisations."""
    return await _page(request)


async def save(request: web.Request) -> web.Response:
    """POST /admin/organisations: make one, or say what kind it is."""
    form, by, _ = request[FORM], request[MEMBER].actor, gettext_for(request[LANGUAGE])
    typed = Typed(name=form.text("name", 60), title=" ".join(form.get("title").split()), kind=form.text("kind", 12),
                  email=form.text("email", 254))
    try:
        if form.get("do") == "relabel":
            member = await Member.get_or_none(id=whole_number(form.text("number"))).select_related("actor")
            if member is None:
                raise NotHere("organisation")
            await organisations.relabel(member, form.text(f"kind-{member.id}", 12), by)
        else:
            request.app[LIMITS].take("mail_address", typed.email)
            await organisations.create(typed, request.app[SETTINGS].origin, request[LANGUAGE], by, _)
    except BadOrganisation as error:
        return await _page(request, typed, (FieldError(error.field, error.why or _said(error.field, _)),))
    except accounts.NameTaken:
        return await _page(request, typed, (FieldError("name", _("Somebody has this name or this address already.")),))
    return see(f"{HERE}?saved=1")


def _said(field: str, _: Words) -> str:
    return {"kind": _("Say what it is."), "title": _("Write its name, not too long."),
            "email": _("Write an email address such as name@example.org.")}[field]


async def _page(request: web.Request, typed: Typed | None = None, errors: tuple[FieldError, ...] = ()) -> web.Response:
    _ = gettext_for(request[LANGUAGE])
    rows = await organisations.listed(ON_A_PAGE + 1, whole_number(request.query.get("after", "")))
    people = await cards.people([row.actor for row in rows[:ON_A_PAGE]])
    views = [OrganisationView(number=row.id, person=person, kinds=_kinds(row.actor.organisation, _), state=row.state)
             for row, person in zip(rows, people, strict=False)]
    return render.page(
        request, "admin_organisations.html", status=422 if errors else 200, here="admin", errors=errors, organisations=views,
        typed=typed or Typed(name="", title="", kind="", email=""), kinds=_kinds(typed.kind if typed else "", _),
        saved="saved" in request.query and not errors,
        pager=Pager(older_url=f"{HERE}?after={rows[ON_A_PAGE - 1].id}" if len(rows) > ON_A_PAGE else ""))


def _kinds(chosen: str, _: Words) -> tuple[Option, ...]:
    hints = {Organisation.LAB: _("Stays on its own page, and answers who wrote to it."),
             Organisation.COMPANY: _("Stays on its own page, and answers who wrote to it.")}
    return tuple(Option(value=kind, title=organisation_name(kind, _), hint=hints.get(kind, ""), checked=kind == chosen)
                 for kind in KINDS)
