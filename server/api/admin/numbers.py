"""/api/v1/admin/measures, dimensions and retention: numbers for the team, where a number under five is no number.

Only what this server knows without keeping more about people than it needs: who came back when is not kept, so that
retention is empty, and the measures of topics and of single servers do not exist.
"""
from __future__ import annotations

import platform
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, timedelta

from aiohttp import web
from pydantic import AwareDatetime, NaiveDatetime

from federation.instance import VERSION
from models import Member, Report, Session, clock
from models.database import dialect
from models.member import MemberState
from moderation import counts
from server.api.answers import answer, midnight
from server.api.arguments import Takes
from server.api.entities.admin import Dimension, DimensionPart, Measure, MeasureDay

DAYS_LIMIT = 366
LANGUAGES_LIMIT = 50
Days = Counter[date]


class Span(Takes):
    """Which numbers, between which days. A time without a zone is UTC."""

    keys: list[str] = []
    start_at: AwareDatetime | NaiveDatetime | date | None = None
    end_at: AwareDatetime | NaiveDatetime | date | None = None
    limit: int | None = None
    frequency: str = "day"

    @property
    def days(self) -> tuple[date, date]:
        """The first and the last day, at most DAYS_LIMIT of them; the last thirty if nothing is said."""
        last = min(_day(self.end_at) or clock.now().date(), clock.now().date())
        first = _day(self.start_at) or last - timedelta(days=29)
        return max(min(first, last), last - timedelta(days=DAYS_LIMIT - 1)), last


def _day(value: datetime | date | None) -> date | None:
    if isinstance(value, datetime):
        return (value if value.tzinfo else value.replace(tzinfo=UTC)).astimezone(UTC).date()
    return value


async def measures(request: web.Request, given: Span) -> web.Response:
    """POST /api/v1/admin/measures."""
    first, last = given.days
    length = last - first + timedelta(days=1)
    found = []
    for key in dict.fromkeys(given.keys):
        if key not in MEASURES:
            continue
        count, is_about_people = MEASURES[key]
        least = (await counts.thresholds()).inside if is_about_people else 0
        days = _told(await count(first, last), least)
        before = _told(await count(first - length, first - timedelta(days=1)), least)
        data = [MeasureDay(date=midnight(day), value=str(days[day]))
                for day in (first + timedelta(days=n) for n in range(length.days))]
        found.append(Measure(key=key, unit=None, total=str(days.total()), human_value=None,
                             previous_total=str(before.total()), data=data))
    return answer(found)


async def dimensions(request: web.Request, given: Span) -> web.Response:
    """POST /api/v1/admin/dimensions."""
    made = {"languages": _languages, "software_versions": _software}
    return answer([Dimension(key=key, data=await made[key]()) for key in dict.fromkeys(given.keys) if key in made])


async def retention(request: web.Request, given: Span) -> web.Response:
    """POST /api/v1/admin/retention: nothing is known."""
    return answer([])


async def _newcomers(first: date, last: date) -> Days:
    came = Member.filter(state=MemberState.ACTIVE, **_between("created_at", first, last))
    rows = await came.values_list("created_at", flat=True)
    return Counter(when.astimezone(UTC).date() for when in rows)  # type: ignore[attr-defined]


async def _active(first: date, last: date) -> Days:
    """By the day on which one of their devices was seen last: each member once a day."""
    rows = await Session.filter(seen_on__gte=first, seen_on__lte=last).values_list("member_id", "seen_on")
    return Counter(day for _, day in {(int(str(member)), day) for member, day in rows})


async def _opened(first: date, last: date) -> Days:
    rows = await Report.filter(**_between("created_at", first, last)).values_list("created_at", flat=True)
    return Counter(when.astimezone(UTC).date() for when in rows)  # type: ignore[attr-defined]


async def _resolved(first: date, last: date) -> Days:
    rows = await Report.filter(**_between("closed_at", first, last)).values_list("closed_at", flat=True)
    return Counter(when.astimezone(UTC).date() for when in rows)  # type: ignore[attr-defined]


def _between(column: str, first: date, last: date) -> dict[str, datetime]:
    start = datetime(first.year, first.month, first.day, tzinfo=UTC)
    end = datetime(last.year, last.month, last.day, tzinfo=UTC) + timedelta(days=1)
    return {f"{column}__gte": start, f"{column}__lt": end}


async def _languages() -> list[DimensionPart]:
    """Which languages members read in, of those that five or more read in."""
    rows = await Member.filter(state=MemberState.ACTIVE).values_list("language", flat=True)
    told = counts.table(Counter(str(one) for one in rows), (await counts.thresholds()).inside, ["language"]).rows
    shown = sorted(((name, few) for name, few in told.items() if few), key=lambda one: (-one[1], one[0]))[:LANGUAGES_LIMIT]
    return [DimensionPart(key=name or "und", human_key=name or "und", value=str(few)) for name, few in shown]


async def _software() -> list[DimensionPart]:
    parts = {"dazzle": VERSION, "python": platform.python_version(), "database": dialect()}
    return [DimensionPart(key=name, human_key=name.capitalize(), value=value) for name, value in parts.items()]


def _told(days: Days, least: int) -> Days:
    """Each day as it may be told; 0 for too few people. Totals are made of these alone, so that no choice of days to add up
    says more than the days do. Nobody is counted who came today: today's number would tell when.
    """
    today = clock.now().date()
    if not least:
        return days
    return Counter({day: counts.told(number, least) or 0 for day, number in days.items() if day < today})


#: What is counted, and whether that is people (product.md, Counts); reports are the team's own list, which it can count.
MEASURES: dict[str, tuple[Callable[[date, date], Awaitable[Days]], bool]] = {
    "active_users": (_active, True), "new_users": (_newcomers, True), "opened_reports": (_opened, False),
    "resolved_reports": (_resolved, False)}
