"""How much waits for the team, as the page of each counts it."""
from __future__ import annotations

from models import case_lists
from models.badge import BadgeState
from models.database import rows
from models.host import Standing
from models.member import MemberState
from models.review import ReviewState

#: What waits, by the name under which a page asks for it.
_COUNTS = {
    "reviews": f"SELECT COUNT(*) FROM review WHERE state = '{ReviewState.WAITING}'",  # noqa: S608 - words of our own
    "members": f"SELECT COUNT(*) FROM member WHERE state = '{MemberState.WAITING}'",  # noqa: S608
    "badges": f"SELECT COUNT(*) FROM badge WHERE state = '{BadgeState.ASKED}'",  # noqa: S608
    "corrections": "SELECT COUNT(*) FROM correction WHERE answered_at IS NULL",
    "deaths": "SELECT COUNT(DISTINCT subject_id) FROM death_report WHERE decided_at IS NULL",
    "partners": f"SELECT COUNT(*) FROM host WHERE asked_us_at IS NOT NULL AND standing = '{Standing.UNKNOWN}'",  # noqa: S608
}


async def counts(reader_id: int) -> dict[str, int]:
    """How many of each wait for an answer of this one of the team (by actor id): of a case about themselves nothing is told."""
    found = await rows("SELECT " + ", ".join(f"({sql}) AS {name}" for name, sql in _COUNTS.items()))
    return {name: int(found[0][name]) for name in _COUNTS} | {"cases": (await case_lists.counts(reader_id)).todo}
