"""The one scale of who reads something."""
from __future__ import annotations

from enum import StrEnum


class Reach(StrEnum):
    """Who a message, a field or a count is for, from narrow to wide. Compare with `level`."""

    ME = "me"
    CIRCLE = "circle"  # named people
    COMMUNITY = "community"  # members of this server; never leaves it
    PARTNERS = "partners"  # members of servers that signed the charter
    WEB = "web"

    @property
    def level(self) -> int:
        """1 to 5: the number of filled stripes."""
        return _LEVELS[self]

    @property
    def is_private(self) -> bool:
        """Whether it is below the community: for nobody but its author and people whom they name. Kept sealed."""
        return self in (Reach.ME, Reach.CIRCLE)

    @property
    def leaves(self) -> bool:
        """Whether a copy may be made on another server."""
        return self in (Reach.CIRCLE, Reach.PARTNERS, Reach.WEB)

    def narrowed_to(self, other: Reach) -> Reach:
        """The narrower of the two: a reply is never wider than what it answers."""
        return min(self, other, key=lambda reach: reach.level)


_LEVELS = {reach: number for number, reach in enumerate(Reach, start=1)}
