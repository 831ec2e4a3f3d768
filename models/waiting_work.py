"""How much waits for the team: one question for all of it."""
from __future__ import annotations

from models.badge import BadgeState
from models.database import rows
from models.host import Standing
from models.member import MemberState
from models.review import ReviewState

#: What waits, by the name under which a page asks for it.
_COUNTS = {
    "cases": "SELECT COUNT(*) FROM moderation_case WHERE closed_at IS NULL",
    "reviews": f"SELECT COUNT(*) FROM review WHERE state = '{ReviewState.WAITING}'",  # noqa: S608 - words of our own
    "members": f"SELECT COUNT(*) FROM member WHERE state = '{MemberState.WAITING}'",  # noqa: S608
    "badges": f"SELECT COUNT(*) FROM badge WHERE state = '{BadgeState.ASKED}'",  # noqa: S608
    "corrections": "SELECT COUNT(*) FROM correction WHERE answered_at IS NULL",
    "deaths": "SELECT COUNT(*) FROM death_report WHERE decided_at IS NULL",
    "partners": f"SELECT COUNT(*) FROM host WHERE asked_us_at IS NOT NULL AND standing = '{Standing.UNKNOWN}'",  # noqa: S608
}


async def counts() -> dict[str, int]:
    """How many of each wait for an answer."""
    found = await rows("SELECT " + ", ".join(f"({sql}) AS {name}" for name, sql in _COUNTS.items()))
    return {name: int(found[0][name]) for name in _COUNTS}
