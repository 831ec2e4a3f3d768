"""What became of what I told the team, and what it asks me about it: nobody else reads any of it."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from aiohttp import web

from models import Host, Report
from models.case import Matter
from models.delivery import ReportOutcome
from models.errors import NotHere
from server.actions import report_answers
from server.actions.reports import TEXT_LIMIT_CHARACTERS
from server.appearance import render
from server.display import cards
from server.display.timelines import place
from server.doors import see
from server.keys import FORM, INSTANCE, LANGUAGE, LIMITS, MEMBER
from server.views import FieldError, Pager, PersonView
from server.words.language import Words, gettext_for
from server.words.report_words import outcome_text, peer_outcome_text
from server.words.wording import matter_name

ON_A_PAGE = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportView:
    """What I told the team, and how it stands."""

    url: str
    matter: str
    when: datetime
    is_open: bool
    person: PersonView | None = None
    state: str  # in one sentence
    answer: str = ""
    answered_at: datetime | None = None
    text: str = ""
    told: str = ""  # the other server that was told
    peer: str = ""  # what it says


async def show(request: web.Request) -> web.Response:
    """GET /reports: what I told the team, newest first."""
    mine = Report.filter(reporter_id=request[MEMBER].actor_id, id__lt=place(request.query.get("before", "")))
    rows = await mine.order_by("-id").limit(ON_A_PAGE + 1).select_related("target")
    pager = Pager(older_url=f"/reports?before={rows[ON_A_PAGE - 1].id}" if len(rows) > ON_A_PAGE else "")
    return render.page(request, "reports.html", here="notices", pager=pager, reports=await _views(request, rows[:ON_A_PAGE]))


async def show_one(request: web.Request) -> web.Response:
    """GET /reports/{key}: one, with what the team asks."""
    return await _one(request, await _mine(request))


async def say(request: web.Request) -> web.Response:
    """POST /reports/{key}: an answer to the team."""
    report, text, _ = await _mine(request), request[FORM].get("text").strip(), gettext_for(request[LANGUAGE])
    request.app[LIMITS].take("act", request[MEMBER].actor.key)
    if not text:
        return await _one(request, report, (FieldError("text", _("Write an answer first.")),))
    if len(text) > TEXT_LIMIT_CHARACTERS:
        said = _("Make it shorter: at most %(n)s characters.", n=TEXT_LIMIT_CHARACTERS)
        return await _one(request, report, (FieldError("text", said),), text)
    try:
        await report_answers.say(report, request[MEMBER].actor, text)
    except (report_answers.Answered, report_answers.SaidEnough) as error:
        return await _one(request, report, (FieldError("text", _(error.safe)),), text)
    return see(f"/reports/{report.key}")


async def _mine(request: web.Request) -> Report:
    uri = f"{request.app[INSTANCE].origin}/reports/{request.match_info['key']}"
    found = await Report.get_or_none(uri=uri, reporter_id=request[MEMBER].actor_id).select_related("target")
    if found is None:
        raise NotHere("no report of theirs")
    return found


async def _one(request: web.Request, report: Report, errors: Sequence[FieldError] = (), text: str = "") -> web.Response:
    [view] = await _views(request, [report])
    notes = await report_answers.talk(report)
    talk = [(note.is_theirs, note.text, note.created_at) for note in notes]
    return render.page(
        request, "report_one.html", status=422 if errors else 200, here="notices", report=view, talk=talk, errors=errors,
        typed=text, is_new="done" in request.query, is_danger=report.matter is Matter.DANGER, limit=TEXT_LIMIT_CHARACTERS,
        may_say=bool(text) or view.is_open and any(not note.is_theirs for note in notes))


async def _views(request: web.Request, rows: Sequence[Report]) -> list[ReportView]:
    _ = gettext_for(request[LANGUAGE])
    people = [row.target for row in rows if row.target and not row.target.is_gone]
    shown = dict(zip([one.id for one in people], await cards.people(people), strict=True))
    titles = {host.name: host.title or host.name for host in
              await Host.filter(name__in=[row.forwarded_to for row in rows if row.forwarded_to] or [""])}
    return [_view(row, shown.get(row.target_id or 0), titles.get(row.forwarded_to, row.forwarded_to), _) for row in rows]


def _view(row: Report, person: PersonView | None, told: str, _: Words) -> ReportView:
    state = outcome_text(row.outcome, _) if row.closed_at else _("The team has it. You will get an answer within a day.")
    return ReportView(
        url=f"/reports/{row.key}", matter=matter_name(row.matter, _), when=row.created_at, is_open=row.closed_at is None,
        person=person, state=state, answer=row.answer, answered_at=row.closed_at, text=row.text, told=told,
        peer=peer_outcome_text(row.peer_outcome, told, _) if row.peer_outcome is not ReportOutcome.UNSAID else "")
