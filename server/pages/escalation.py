"""Who was alerted in a case of danger, step by step, and what the one who did it needs afterwards."""
from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from aiohttp import web

from models import Actor, Case, Escalation
from models.crisis import Alerted
from server.actions import cases, crisis, looks
from server.appearance import render
from server.community import crisis as lines
from server.doors import see
from server.entrance.forms import whole_number
from server.keys import COMMUNITY, FORM, LANGUAGE, MEMBER
from server.pages.crisis import country_name
from server.views import FieldError, Option
from server.words.language import Words, gettext_for

STEPS_LIMIT = 200


@dataclass(frozen=True, slots=True)
class StepView:
    """One step."""

    words: str
    who: str
    when: datetime


async def show(request: web.Request) -> web.Response:
    """GET /admin/cases/{id}/escalation."""
    return await _page(request, await _named(request))


async def add(request: web.Request) -> web.Response:
    """POST /admin/cases/{id}/escalation: one more step, which stays."""
    case, chosen = await _named(request), request[FORM].text("alerted", 20)
    if chosen not in set(Alerted):
        said = gettext_for(request[LANGUAGE])("Choose what was done.")
        return await _page(request, case, (FieldError("alerted", said),))
    await crisis.escalate(case, Alerted(chosen), request[MEMBER].actor)
    return see(f"/admin/cases/{case.id}/escalation?done=1")


def alerted_name(alerted: Alerted, _: Words) -> str:
    """What was done, in words."""
    return {
        Alerted.WROTE: _("Wrote to the person"),
        Alerted.LINES: _("Gave the person the lines of their country"),
        Alerted.COLLEAGUE: _("Told a colleague"),
        Alerted.EMERGENCY: _("Called an emergency service"),
        Alerted.CONTACT: _("Told somebody of their family, or whom they had named"),
        Alerted.OTHER_TEAM: _("Told the team of their own community"),
        Alerted.SAFE: _("Heard that the person is not alone"),
    }[alerted]


async def _named(request: web.Request) -> Case:
    return await cases.named(whole_number(request.match_info["id"]), request[MEMBER].actor)


async def _page(request: web.Request, case: Case, errors: tuple[FieldError, ...] = ()) -> web.Response:
    _, country = gettext_for(request[LANGUAGE]), request.app[COMMUNITY].row.country
    steps = await Escalation.filter(case_id=case.id).order_by("id").limit(STEPS_LIMIT)
    names = {actor.id: actor.shown_name for actor in await Actor.filter(id__in=[step.by_id for step in steps] or [0])}
    await looks.note(request[MEMBER].actor, [case.about_id], "case.open")
    return render.page(
        request, "admin_escalation.html", status=422 if errors else 200, here="queue", errors=errors, number=case.id,
        steps=[StepView(alerted_name(step.alerted, _), names.get(step.by_id, _("Somebody of the team")), step.created_at)
               for step in steps],
        choices=tuple(Option(value=one.value, title=alerted_name(one, _)) for one in Alerted),
        is_elsewhere=case.about is not None and not case.about.is_local, host=case.about.host if case.about else "",
        is_done="done" in request.query, country=country_name(country, request[LANGUAGE]),
        lines=lines.shown(await lines.of_country(country), request[LANGUAGE]))
