"""Cases: what the team has to look at, one list for everything. Opened, claimed while somebody has it open, closed."""
from __future__ import annotations

from collections.abc import Sequence

from tortoise.expressions import Q

from models import Actor, AuditEntry, Case, Member, Notification, Post, Report, clock, desk
from models.case import CLAIM_TIME, CaseSource, Matter
from models.database import in_transaction
from models.delivery import ReportOutcome
from models.errors import CommunityError, NotHere
from models.notification import Notice
from server.actions import report_answers
from server.words import case_words
from server.words.language import LANGUAGES, gettext_for


class OwnCase(CommunityError):
    """Nobody of the team decides about themselves."""

    status = 403
    safe = "Somebody else of the team looks at what is about you."


class CaseClosed(CommunityError):
    """Somebody else of the team was faster."""

    status = 409
    safe = "Somebody of the team has closed this case meanwhile."


class CaseTaken(CommunityError):
    """A colleague has it open."""

    status = 409
    safe = "A colleague has this case open now."


async def open_(about: Actor | None, matter: Matter, source: CaseSource, posts: Sequence[Post] = ()) -> Case:
    """What the team has to look at, inside the caller's transaction: joins the open case about the same person, or about the
    writer of the same message, and raises its urgency; else makes one.
    """
    whom = about or (await Actor.get(id=posts[0].author_id) if posts else None)
    return await desk.open_case(whom, matter, source, [post.uri for post in posts])


async def named(case_id: int, by: Actor) -> Case:
    """One case, with whom it is about. Raises NotHere; OwnCase before anything of it is shown."""
    found = await Case.get_or_none(id=case_id).select_related("about")
    if found is None:
        raise NotHere("case")
    if found.about_id == by.id:
        raise OwnCase("own")
    return found


async def claim(case: Case, by: Actor, *, takes_over: bool = False) -> bool:
    """`by` has it open: it is theirs for CLAIM_TIME from now, unless a colleague has it and they do not take over.

    Returns: whether it is theirs now. Raises OwnCase, CaseClosed.
    """
    if case.about_id == by.id:
        raise OwnCase("own")
    now = clock.now()
    free = Q(claimed_by_id__isnull=True) | Q(claimed_by_id=by.id) | Q(claimed_until__lte=now)
    waiting = Case.filter(id=case.id, closed_at__isnull=True)
    until = max(now + CLAIM_TIME, case.claimed_until or now) if case.claimed_by_id == by.id else now + CLAIM_TIME
    if not await (waiting if takes_over else waiting.filter(free)).update(claimed_by_id=by.id, claimed_until=until):
        await case.refresh_from_db()
        if not case.is_open:
            raise CaseClosed("closed")
        return False
    case.update_from_dict({"claimed_by_id": by.id, "claimed_until": until})
    return True


async def shows(post_id: int, reader_id: int) -> bool:
    """Whether somebody of the team (by actor id) has a case open that is about this message."""
    uri = (await Post.get(id=post_id).only("uri")).uri
    mine = Case.filter(claimed_by_id=reader_id, claimed_until__gt=clock.now(), closed_at__isnull=True)
    return any(uri in case.post_uris for case in await mine)


async def own(case: Case, by: Actor) -> None:
    """Whoever does something about a case has it open, or has it from now on. Raises OwnCase, CaseClosed, CaseTaken."""
    if not await claim(case, by):
        raise CaseTaken("taken")


async def release(case: Case, by: Actor) -> None:
    """Back into the queue, for everybody. What somebody else has stays theirs."""
    await Case.filter(id=case.id, claimed_by_id=by.id).update(claimed_by_id=None, claimed_until=None)


async def close(case: Case, by: Actor | None, answer: str = "") -> None:
    """There is nothing left to do: all who reported are answered. Inside the caller's transaction, or in its own.

    `answer`: what the team says to them; "": the prepared words, in the language of each.
    """
    async with in_transaction():
        await Case.turn(case.about_id)
        await case.close(by)
        await _answer(case, by, answer)
        await Notification.filter(kind=Notice.DANGER, actor_id=case.about_id or 0).delete()
        await AuditEntry.create(actor_id=by.id if by else None, action="case.close", target=f"case:{case.id}")


async def prepared(case: Case, lang: str) -> str:
    """The words for those who reported, after what was decided."""
    _ = gettext_for(lang if lang in LANGUAGES else LANGUAGES[0])
    outcome = await report_answers.outcome_of(case.id)
    return case_words.answer_nothing(_) if outcome is ReportOutcome.NOTHING else case_words.answer(case.matter, _)


async def answer_again(case_id: int | None, by: Actor | None) -> None:
    """What was decided in a case is no longer so: those who were answered hear it, and so do the servers that sent reports.
    Inside the transaction that takes it back.
    """
    if case_id is None:
        return
    outcome = await report_answers.outcome_of(case_id)
    answered = Report.filter(case_id=case_id, closed_at__isnull=False).exclude(outcome__in=[outcome, ReportOutcome.UNSAID])
    for lang, reports in (await _by_language(await answered.order_by("id"))).items():
        words = case_words.answer_again(gettext_for(lang if lang in LANGUAGES else LANGUAGES[0])) if lang else ""
        await report_answers.answer(reports, by, words)


async def _answer(case: Case, by: Actor | None, answer: str) -> None:
    waiting = await Report.filter(case_id=case.id, closed_at__isnull=True).order_by("id")
    for lang, reports in (await _by_language(waiting)).items():
        await report_answers.answer(reports, by, answer or (await prepared(case, lang) if lang else ""))


async def _by_language(reports: Sequence[Report]) -> dict[str, list[Report]]:
    """Those of each language; of "" those that another server sent, to which words are not told."""
    members = {one.actor_id: one.language for one in
               await Member.filter(actor_id__in=[report.reporter_id for report in reports if report.reporter_id] or [0])}
    groups: dict[str, list[Report]] = {}
    for report in reports:
        lang = "" if report.sender_host else members.get(report.reporter_id or 0, report.notifier_language) or LANGUAGES[0]
        groups.setdefault(lang, []).append(report)
    return groups
