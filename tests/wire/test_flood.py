"""The drill of `tests.wire.flood`, small: everything is answered, others still get pages, and memory stays where it was."""
from __future__ import annotations

from tests.wire.flood import flood

GROWTH_MIB = 60  # a tenth of the activities of the drill; the bar of security.md §3 is 200 for any case
OTHERS_WAIT_MS = 3000  # the same section: the worst answer of a probe under attack


async def test_a_flood_of_new_people_costs_no_memory_and_delays_nobody() -> None:
    figures = await flood(activities=150, actors=30)
    assert figures["answers"] == {202: 150}
    assert figures["memory_peak_mib"] - figures["memory_before_mib"] < GROWTH_MIB, figures
    assert figures["page_worst_ms"] < OTHERS_WAIT_MS, figures
