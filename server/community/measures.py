"""What the host needs to know of moderation: whether people are answered. Nobody of the team is counted, and nobody ranked."""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from statistics import median

from models import Case, Community, Statement, clock
from models.case import CaseSource, Matter
from models.database import rows
from models.ruling import Act, AppealState
from moderation import counts

WEEK, MONTH, YEAR = timedelta(days=7), timedelta(days=30), timedelta(days=365)
CASES_LIMIT = 5000  # of which a median is taken, the newest


@dataclass(frozen=True, slots=True)
class Pace:
    """How many cases were closed in a time, and how long the one in the middle took."""

    cases: int
    seconds: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Measures:
    """All of it. `reports` and `rulings`: of this calendar year, by matter and by act, as far as small numbers may be told."""

    open: int
    oldest_at: datetime | None
    week: Pace
    month: Pace
    appeals: int  # within a year
    granted: int
    rules: Mapping[str, int]  # that spoke within a month, by name
    year: int
    received: int | None
    reports: Mapping[Matter, int | None]
    decided: int | None
    rulings: Mapping[Act, int | None]


async def take() -> Measures:
    """As of now, in nine questions."""
    now = clock.now()
    waiting = Case.filter(closed_at__isnull=True)
    oldest = await waiting.order_by("created_at").first()
    appeals = Statement.filter(asked_at__gte=now - YEAR)
    received, decided = await _of_the_year(now.year)
    return Measures(
        open=await waiting.count(), oldest_at=oldest.created_at if oldest else None, week=await _pace(now - WEEK),
        month=await _pace(now - MONTH), appeals=await appeals.count(),
        granted=await appeals.filter(state=AppealState.GRANTED).count(), rules=await _rules(now - MONTH), year=now.year,
        received=received.total, reports=received.rows, decided=decided.total, rulings=decided.rows)


async def _pace(since: datetime) -> Pace:
    """Of reports and held messages; an appeal may take its time."""
    closed = Case.filter(closed_at__gte=since).exclude(source=CaseSource.APPEAL).order_by("-closed_at").limit(CASES_LIMIT)
    took = [(case.closed_at - case.created_at).total_seconds() for case in await closed.only("id", "created_at", "closed_at")
            if case.closed_at]
    return Pace(len(took), int(median(took)) if took else None)


async def _rules(since: datetime) -> dict[str, int]:
    found = await rows("SELECT rule, COUNT(*) AS number FROM signal_hit WHERE created_at >= ? GROUP BY rule", [since])
    return {str(row["rule"]): int(row["number"]) for row in sorted(found, key=lambda row: (-row["number"], row["rule"]))}


async def _of_the_year(year: int) -> tuple[counts.Table[Matter], counts.Table[Act]]:
    """What came in and what was decided, also what was taken back later: numbers that may be published."""
    begin, least = datetime(year, 1, 1, tzinfo=UTC), counts.Thresholds.of(await Community.current()).outside
    told = await rows("SELECT matter, COUNT(*) AS number FROM report WHERE created_at >= ? GROUP BY matter", [begin])
    made = await rows("SELECT act, COUNT(*) AS number FROM ruling WHERE created_at >= ? AND undoes_id IS NULL GROUP BY act",
                      [begin])
    reports = {row["matter"]: int(row["number"]) for row in told}
    rulings = {row["act"]: int(row["number"]) for row in made}
    return (counts.table({matter: reports.get(matter.value, 0) for matter in Matter}, least, ["matter"]),
            counts.table({act: rulings.get(act.value, 0) for act in Act}, least, ["act"]))
