"""What became of a report, and words between the two teams that it concerns (our extension, FEDERATION.md).

    Respond   our instance actor -> theirs, about a Flag of one of both: an `outcome`, some words in `content`, or both

Only communities speak, never a person: who reported is told to nobody, nor who decided.
"""
from __future__ import annotations

import json
from dataclasses import dataclass

from federation import audience, instances, outbox, values
from federation.addresses import origin_of
from federation.errors import Malformed
from federation.render import instant
from models import Actor, Case, Host, Report, clock
from models.delivery import ReportOutcome
from models.ids import new_key

RESPOND = "Respond"
WORDS_LIMIT_CHARACTERS = 2000
NOTES_LIMIT = 20  # of one server, about one case


@dataclass(frozen=True, slots=True)
class Response:
    """What somebody says about a report."""

    outcome: ReportOutcome
    words: str


def speaks(host: Host | None, actor: Actor) -> bool:
    """Whether this is the instance actor of a server that exchanges these: nobody else on that server speaks for it."""
    return host is not None and host.takes_responses and instances.speaks(host, actor)


def read(body: str) -> Response:
    """What an activity says; Malformed if it says nothing that we know."""
    said = json.loads(body)
    outcome = said.get("outcome")
    known = ReportOutcome(outcome) if outcome in tuple(ReportOutcome) else ReportOutcome.UNSAID
    words = values.text(said.get("content"), WORDS_LIMIT_CHARACTERS) or ""
    if not known and not words.strip():
        raise Malformed("says nothing")
    return Response(known, words.strip())


async def tell_outcome(us: Actor, report: Report) -> None:
    """Tell the server that sent a report what became of it. Inside the act's transaction."""
    if report.sender_host and report.outcome:
        await _respond(us, report, {"outcome": str(report.outcome)})


async def tell_words(us: Actor, case: Case, host: str, words: str) -> str:
    """Write to the team of another server about the newest report of a case that it has a part in. Inside the act's transaction.

    Returns: the id of the activity; "" where that server has no part in the case, or does not know such words.
    """
    reports = await Report.filter(case_id=case.id).order_by("-id")
    report = next((one for one in reports if one.peer_host == host), None)
    return await _respond(us, report, {"content": words[:WORDS_LIMIT_CHARACTERS]}) if report and host else ""


async def peers_of(case: Case) -> list[str]:
    """The servers that have a part in the reports of a case, and whose team can be written to."""
    named = {one.peer_host for one in await Report.filter(case_id=case.id)} - {""}
    found = await Host.filter(name__in=list(named) or [""], takes_responses=True).order_by("name").values_list("name", flat=True)
    return [str(name) for name in found]


async def _respond(us: Actor, report: Report, extra: dict[str, str]) -> str:
    host = await Host.get_or_none(name=report.peer_host, takes_responses=True)
    them = await Actor.get_or_none(uri=host.instance_uri) if host else None
    if them is None or them.is_gone:
        return ""
    uri = f"{origin_of(us.uri)}/activities/{new_key()}"
    await outbox.send(RESPOND, us, report.uri, about=report.uri, uri=uri, goes_to=audience.servers_of(them),
                      to=[them.uri], extra={"published": instant(clock.now())} | extra)
    return uri
