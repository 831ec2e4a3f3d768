"""The lists of cases, each in one bounded question: what is to do, mine, waiting for somebody's answer, closed."""
from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from tortoise.expressions import Q

from models import clock
from models.case import ANSWER_TIME, Case
from models.database import as_instant, rows


class Tab(StrEnum):
    """The lists, as their addresses name them."""

    TODO = "todo"
    MINE = "mine"
    WAITING = "waiting"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Counts:
    """How many open cases each list has for one of the team, and since when the oldest waits to be opened."""

    todo: int = 0
    mine: int = 0
    waiting: int = 0
    oldest_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page of a list begins: after this case."""

    urgency: int
    case_id: int


async def counts(reader_id: int) -> Counts:
    """Of what is open and not about the reader (by actor id). A question that was not answered in time waits no more."""
    now = clock.now()
    asked = now - ANSWER_TIME
    found = (await rows(
        "SELECT SUM(CASE WHEN asked_at > ? THEN 0 ELSE 1 END) AS todo,"
        " SUM(CASE WHEN claimed_by_id = ? AND claimed_until > ? THEN 1 ELSE 0 END) AS mine,"
        " SUM(CASE WHEN asked_at > ? THEN 1 ELSE 0 END) AS waiting,"
        " MIN(CASE WHEN asked_at > ? THEN NULL ELSE created_at END) AS oldest_at FROM moderation_case"
        " WHERE closed_at IS NULL AND (about_id IS NULL OR about_id <> ?)", [asked, reader_id, now, asked, asked, reader_id]))[0]
    return Counts(int(found["todo"] or 0), int(found["mine"] or 0), int(found["waiting"] or 0),
                  as_instant(found["oldest_at"]) if found["oldest_at"] else None)


async def page(tab: Tab, reader_id: int, after: Place | None, size: int) -> list[Case]:
    """So many cases of a list and one more if there is, each with who has it and whom it is about: the most urgent first, then
    the oldest; of what is closed the newest. None about the reader.
    """
    found = Case.filter(Q(about_id__isnull=True) | ~Q(about_id=reader_id), closed_at__isnull=tab is not Tab.CLOSED)
    if tab in (Tab.TODO, Tab.WAITING):
        waits = Q(asked_at__gt=clock.now() - ANSWER_TIME)
        found = found.filter(waits if tab is Tab.WAITING else ~waits | Q(asked_at__isnull=True))
    if tab is Tab.MINE:
        found = found.filter(claimed_by_id=reader_id, claimed_until__gt=clock.now())
    if after and tab is Tab.CLOSED:
        found = found.filter(id__lt=after.case_id)
    elif after:
        found = found.filter(Q(urgency__gt=after.urgency) | Q(urgency=after.urgency, id__gt=after.case_id))
    ordered = found.order_by("-id") if tab is Tab.CLOSED else found.order_by("urgency", "id")
    return await ordered.limit(size + 1).select_related("about", "claimed_by")


async def loads() -> dict[int, int]:
    """How many open cases each of the team has, by actor id."""
    found = await rows("SELECT claimed_by_id, COUNT(*) AS cases FROM moderation_case WHERE closed_at IS NULL"
                       " AND claimed_until > ? GROUP BY claimed_by_id", [clock.now()])
    return {int(row["claimed_by_id"]): int(row["cases"]) for row in found}
