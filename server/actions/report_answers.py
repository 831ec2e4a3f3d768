"""What those who reported are answered: on their own page, by mail without an account, and the server that sent a report."""
from __future__ import annotations

from collections.abc import Sequence

from federation import report_responses
from models import Actor, Case, CaseNote, Notification, OutgoingMail, Report, Ruling, clock
from models.case import Audience
from models.delivery import ReportOutcome
from models.errors import CommunityError
from models.mail import Letter
from models.notification import Notice
from models.ruling import Act

ANSWER_LIMIT_CHARACTERS = 2000
NOTE_LIMIT_CHARACTERS = 1000
NOTES_LIMIT = 20  # of one reporter about one case
TAKEN_AWAY = frozenset({Act.DELETE, Act.HIDE, Act.HOLD})


class Answered(CommunityError):
    """Nobody waits for these words any more."""

    status = 409
    safe = "The team has answered this report. Make a new one if something happened since."


class SaidEnough(CommunityError):
    """More than people write about one report."""

    status = 429
    safe = "You have written to the team about this as often as you can. It will answer."


async def answer_case(case: Case, by: Actor | None, text: str = "") -> int:
    """Answer all who reported what a case is about; how many. Inside the transaction that closes the case.

    `text`: what the team says to them; "" where what became of it says enough.
    """
    return await answer(await Report.filter(case_id=case.id, closed_at__isnull=True).order_by("id"), by, text)


async def answer(reports: Sequence[Report], by: Actor | None, text: str = "") -> int:
    """Close these reports of one case and tell those who made them what became of it; how many. Inside the act's transaction."""
    if not reports:
        return 0
    outcome, us = await outcome_of(reports[0].case_id), await Actor.instance()
    await Notification.filter(report_id__in=[one.id for one in reports]).delete()
    for one in reports:
        await one.change(closed_at=clock.now(), closed_by_id=by.id if by else None, outcome=outcome,
                         answer=text[:ANSWER_LIMIT_CHARACTERS])
        await report_responses.tell_outcome(us, one)
        if one.reporter_id:
            await Notification.tell(await Actor.get(id=one.reporter_id), Notice.REPORT_ANSWERED, report=one)
        elif one.notifier_email:
            await OutgoingMail.owe(Letter.REPORT_ANSWERED, one.notifier_email, language=one.notifier_language,
                                   details={"key": one.key})
    return len(reports)


async def outcome_of(case_id: int | None) -> ReportOutcome:
    """What the team decided in a case, in one word, of what was not taken back."""
    rulings = await Ruling.filter(case_id=case_id) if case_id else []
    undone = {row.undoes_id for row in rulings if row.undoes_id}
    acts = {row.act for row in rulings if row.undoes_id is None and row.id not in undone} - {Act.NOTHING}
    if acts & TAKEN_AWAY:
        return ReportOutcome.REMOVED
    return ReportOutcome.ACTED if acts else ReportOutcome.NOTHING


async def ask(case: Case, by: Actor, text: str) -> CaseNote:
    """The team asks those members who reported something; they read it without a name. Inside the caller's transaction."""
    for one in await Report.filter(case_id=case.id, closed_at__isnull=True).exclude(reporter_id=None).select_related("reporter"):
        if one.reporter:
            await Notification.filter(kind=Notice.REPORT_ASKED, report_id=one.id).delete()
            await Notification.tell(one.reporter, Notice.REPORT_ASKED, report=one)
    return await CaseNote.add(case, Audience.REPORTER, text, author=by)


async def write_to_peer(case: Case, by: Actor, host: str, text: str) -> CaseNote | None:
    """The team writes to that of another server, in the name of the community; None where that server has no part in it, or
    does not know such words. Inside the caller's transaction.
    """
    uri = await report_responses.tell_words(await Actor.instance(), case, host, text)
    return await CaseNote.add(case, Audience.PEER, text, author=by, host=host, uri=uri) if uri else None


async def talk(report: Report) -> list[CaseNote]:
    """What the team has asked whoever made this report, and what they answered; nothing that others answered. Oldest first."""
    notes = CaseNote.filter(case_id=report.case_id or 0, audience=Audience.REPORTER, created_at__gte=report.created_at)
    return [note for note in await notes.order_by("id").limit(100)
            if not note.is_theirs or note.author_id == report.reporter_id]


async def say(report: Report, reporter: Actor, text: str) -> None:
    """What whoever reported tells the team besides. Raises Answered, SaidEnough."""
    case = await Case.get_or_none(id=report.case_id or 0)
    if report.closed_at is not None or case is None:
        raise Answered("closed")
    mine = CaseNote.filter(case_id=case.id, audience=Audience.REPORTER, author_id=reporter.id, is_theirs=True)
    if await mine.count() >= NOTES_LIMIT:
        raise SaidEnough("notes")
    await CaseNote.add(case, Audience.REPORTER, text[:NOTE_LIMIT_CHARACTERS], author=reporter, is_theirs=True)
