"""Respond: the team of another server says what became of a report, or asks something about it (our extension, FEDERATION.md)."""
from __future__ import annotations

from federation import report_responses
from federation.errors import Refused
from federation.incoming import Incoming
from models import Case, CaseNote, Host, Report, clock
from models.case import Audience


async def receive(incoming: Incoming) -> None:
    """Note what exactly the server says that has a part in exactly this report: it sent the Flag, or was sent it."""
    sender = incoming.sender
    host = await Host.get_or_none(name=sender.host)
    report = await Report.get_or_none(uri=incoming.activity.object_id or "").select_related("case")
    if not report_responses.speaks(host, sender) or report is None or report.peer_host != sender.host:
        raise Refused("has no part in that report", host=sender.host)
    said = report_responses.read(incoming.body)
    if said.outcome:
        if report.sender_host:
            raise Refused("answers what it has asked itself", host=sender.host)
        await report.change(peer_outcome=said.outcome, peer_answered_at=clock.now())
        if report.case and report.case.is_open:
            await report.case.change(asked_at=None)  # nobody waits for that server any more
    if said.words and report.case:
        await _keep(report.case, incoming, said.words)


async def _keep(case: Case, incoming: Incoming, words: str) -> None:
    """A note in the case, for the team; no more of one server than people would write."""
    theirs = CaseNote.filter(case_id=case.id, audience=Audience.PEER, is_theirs=True, host=incoming.sender.host)
    if await theirs.count() >= report_responses.NOTES_LIMIT:
        raise Refused("too many notes", host=incoming.sender.host)
    await CaseNote.add(case, Audience.PEER, words, is_theirs=True, host=incoming.sender.host, uri=incoming.activity.id)
