"""Whether what a member says could point at them: how many here say the same, as "fewer than" and never as a number."""
from __future__ import annotations

import hashlib
from collections.abc import Collection

from models import Actor, ProfileLine, ProfileValue, Q
from models.member import MemberState
from models.reach import Reach
from moderation import counts, lines
from moderation.counts import Thresholds

SAYERS_LIMIT = 5000  # of one value that are looked through
PAGE = 100
Pair = tuple[ProfileLine, str]


async def is_rare(said: Collection[Pair], thresholds: Thresholds) -> bool:
    """Whether fewer people than are told outside show all of these values to their community, or to more. Counted once a day."""
    pairs = sorted((str(line), code) for line, code in said)
    name = "said:" + hashlib.sha256(repr(pairs).encode()).hexdigest()[:40]

    async def count() -> int:
        return await _shown_by(said, thresholds.outside)
    return counts.outside(await counts.of_today(name, count), thresholds.outside) is None


async def _shown_by(said: Collection[Pair], enough: int) -> int:
    """How many active members show all of it; counting ends at `enough`."""
    among: set[int] | None = None
    for line, code in said:
        rows = await ProfileValue.filter(line=line, code=code).order_by("id").limit(SAYERS_LIMIT).only("actor_id")
        its = {row.actor_id for row in rows}
        among = its if among is None else among & its
    left, found = sorted(among or ()), 0
    present = Q(Actor.present(), host="", member__state=MemberState.ACTIVE)
    for at in range(0, len(left), PAGE):
        for actor in await Actor.filter(present, id__in=left[at:at + PAGE]):
            found += all(lines.reach_of(actor, line).level >= Reach.COMMUNITY.level for line, _ in said)
        if found >= enough:
            return enough
    return found
