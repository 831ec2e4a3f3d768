"""When a report of somebody's death may be confirmed, and what stops then. Pure decisions."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from models.consent import Purpose

MEMBERS_NEEDED = 2
LOCKED_FOR = timedelta(days=90)
#: What stops at once (health.md §3.2). Statistics, records and pictures end with the account, membership with the page.
STOPS = frozenset({
    Purpose.FOUND_HERE, Purpose.FOUND_BY_PARTNERS, Purpose.SHARED_OUT, Purpose.MAP, Purpose.MENTOR, Purpose.RESEARCH_CONTACT,
    Purpose.INDUSTRY, Purpose.SEARCH_ENGINES, Purpose.CONTENT_IN_MAIL})


@dataclass(frozen=True, slots=True)
class Told:
    """One report that nobody has decided about."""

    reporter_id: int
    is_executor: bool


def is_ripe(told: Sequence[Told]) -> bool:
    """Two members say so, or one who settles the affairs of the one who died. Alone, no report does anything."""
    return any(one.is_executor for one in told) or len({one.reporter_id for one in told}) >= MEMBERS_NEEDED


def may_confirm(told: Sequence[Told], by_id: int, subject_id: int) -> bool:
    """Whether this person of the team may check it: somebody who has not told it."""
    return is_ripe(told) and by_id != subject_id and by_id not in {one.reporter_id for one in told}
