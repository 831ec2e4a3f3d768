"""Acting for somebody else: the profiles one looks after, a new one, and who of a profile's guardians may do what."""
from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from aiohttp import web

from models import Actor, Guardianship, Member, clock
from models.consent import Purpose
from models.errors import NotHere
from models.guardian import Tie
from models.member import Role
from moderation import ages
from moderation.ages import Young
from server.actions import consents, guardians, handovers, looks, names
from server.actions.accounts import Newcomer
from server.actions.guardians import NotManaged, Scopes, TooMany
from server.actions.profiles import NAME_LIMIT
from server.appearance import render
from server.doors import see
from server.entrance import acting
from server.entrance.forms import Form, whole_number
from server.keys import COMMUNITY, FORM, GUARDIAN, LANGUAGE, MEMBER, SESSION, SETTINGS
from server.pages.members import named
from server.views import FieldError, Option
from server.words.language import Words, gettext_for
from server.words.wording import tie_name


@dataclass(frozen=True, slots=True, kw_only=True)
class TieView:
    """One person who acts for another."""

    number: int  # the actor's id
    name: str
    display_name: str
    coat: str
    tie: str
    view: bool
    write: bool
    consent: bool
    since: datetime


async def show(request: web.Request) -> web.Response:
    """GET /acting: for whom I can act, and for whom I do."""
    me, _ = request.get(GUARDIAN, request[MEMBER]), gettext_for(request[LANGUAGE])
    ties = [_view(tie, tie.subject, _) for tie in await guardians.mine(me.actor)]
    return render.page(request, "acting.html", here="settings", profiles=ties, is_acting=acting.is_guardian(request),
                       may_make=request[MEMBER].role is not Role.MANAGED)


async def begin(request: web.Request) -> web.Response:
    """POST /acting: this browser acts for the profile `name` from now on."""
    me = request.get(GUARDIAN, request[MEMBER])
    await guardians.act_for(request[SESSION], me, names.normal(request[FORM].text("name", 60)))
    return see("/home")


async def stop(request: web.Request) -> web.Response:
    """POST /acting/stop: this browser acts for its own member again."""
    await guardians.stop(request[SESSION])
    return see("/acting")


async def ask_new(request: web.Request) -> web.Response:
    """GET /acting/new: a profile for my child, or for somebody in my care."""
    return _new(request, Tie.PARENT)


async def make(request: web.Request) -> web.Response:
    """POST /acting/new: the profile, with the guardian's yes to what being a member tells."""
    form, me, _ = request[FORM], request[MEMBER], gettext_for(request[LANGUAGE])
    if me.role is Role.MANAGED:
        raise NotManaged("profile")
    name, shown, tie = names.normal(form.text("name", 60)), form.text("display_name", NAME_LIMIT), _tie(form)
    year, community = _year(form), request.app[COMMUNITY].row
    asks = ages.is_asked_too(Young(year, community.country), community.assent_age, clock.now().date())
    faults = {"name": await names.fault(name, _),
              "agree": "" if form.has("agree") else _("To make the profile, tick this box. Without it, nothing is kept."),
              "year": "" if year is not None or not form.text("year", 4) else _("Write a year of four digits."),
              "assent": _("At this age the child is asked too. Tick that they agree.") if asks and not form.has("assent") else ""}
    errors = tuple(FieldError(field, fault) for field, fault in faults.items() if fault)
    if errors:
        return _new(request, tie, name, shown, errors)
    newcomer = Newcomer(name=name, display_name=shown, language=request[LANGUAGE], more={"birth_year": year})
    await guardians.make_profile(request.app[SETTINGS].origin, me, newcomer, tie)
    return see("/acting")


def _new(request: web.Request, tie: Tie, name: str = "", shown: str = "", errors: tuple[FieldError, ...] = ()) -> web.Response:
    words = consents.words(Purpose.MEMBERSHIP, request[LANGUAGE], request.app[COMMUNITY].row)
    typed = request[FORM].text("year", 4) if errors else ""
    return render.page(request, "acting_new.html", year=typed, status=422 if errors else 200,
                        here="settings", errors=errors, name=name,
                       shown=shown, ties=_ties(tie, request), words=words)


async def show_team(request: web.Request) -> web.Response:
    """GET /admin/members/{name}/guardians: who acts for a managed profile."""
    return await _team(request, await managed(request))


async def add(request: web.Request) -> web.Response:
    """POST /admin/members/{name}/guardians: name one, or change how far they may act."""
    form, subject, _ = request[FORM], await managed(request), gettext_for(request[LANGUAGE])
    found = await Actor.get_or_none(name=names.normal(form.text("name", 60)), host="")
    guardian = await Member.get_or_none(actor_id=found.id).select_related("actor") if found else None
    if guardian is None:
        return await _team(request, subject, (FieldError("name", _("Nobody of that name.")),))
    scopes = Scopes(view=True, write=form.has("write"), consent=form.has("consent"))
    try:
        await guardians.add(subject, guardian, _tie(form), scopes, request[MEMBER])
    except (NotManaged, TooMany) as refused:
        return await _team(request, subject, (FieldError("name", _(refused.safe)),))
    return see(f"/admin/members/{subject.actor.name}/guardians")


async def end(request: web.Request) -> web.Response:
    """POST /admin/members/{name}/guardians/end."""
    subject = await managed(request)
    await guardians.end(subject, whole_number(request[FORM].text("number", 20)), request[MEMBER].actor)
    return see(f"/admin/members/{subject.actor.name}/guardians")


async def set_age(request: web.Request) -> web.Response:
    """POST /admin/members/{name}/age: the year of birth and the country whose law counts."""
    subject, form = await managed(request), request[FORM]
    country = form.text("country", 2).upper()
    is_country = country.isascii() and country.isalpha() and len(country) == 2
    await handovers.save_age(subject, _year(form), country if is_country else "")
    return see(f"/admin/members/{subject.actor.name}/guardians")


def _year(form: Form) -> int | None:
    """A year in which somebody who is young now, or is cared for, can be born."""
    year, now = whole_number(form.text("year", 4)), clock.now().year
    return year if now - 120 <= year <= now else None


async def managed(request: web.Request) -> Member:
    """The managed profile of whom an address of the team's pages speaks; NotHere."""
    member = await named(request)
    if member.role is not Role.MANAGED:
        raise NotHere("not managed")
    return member


async def _team(request: web.Request, subject: Member, errors: tuple[FieldError, ...] = ()) -> web.Response:
    _ = gettext_for(request[LANGUAGE])
    found = await guardians.of(subject.actor)
    ties = [_view(tie, tie.guardian, _) for tie in found]
    await looks.note(request[MEMBER].actor, (subject.actor_id, *(tie.guardian_id for tie in found)), "guardian.read")
    return render.page(
        request, "admin_guardians.html", status=422 if errors else 200, here="members", errors=errors, guardians=ties,
        name=subject.actor.name, display_name=subject.actor.shown_name, ties=_ties(Tie.PARENT, request),
        year=str(subject.birth_year or ""), country=subject.country, grew_up=subject.grew_up_at is not None,
        typed=request[FORM].text("name", 60) if errors else "")


def _view(tie: Guardianship, other: Actor, _: Words) -> TieView:
    return TieView(number=other.id, name=other.name, display_name=other.shown_name, coat=other.key, tie=tie_name(tie.tie, _),
                   view=tie.may_view, write=tie.may_write, consent=tie.may_consent, since=tie.created_at)


def _tie(form: Form) -> Tie:
    return Tie(form.text("tie")) if form.text("tie") in list(Tie) else Tie.RELATIVE


def _ties(chosen: Tie, request: web.Request) -> tuple[Option, ...]:
    _ = gettext_for(request[LANGUAGE])
    return tuple(Option(value=tie.value, title=tie_name(tie, _), checked=tie is chosen) for tie in Tie)
