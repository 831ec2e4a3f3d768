"""The one guard for numbers about people (product.md, Counts)."""
from __future__ import annotations

INSIDE_LEAST = 5
INSIDE_STEP = 5


def inside(count: int) -> int | None:
    """What members may read of a count: None for "fewer than 5", else rounded down to a step, so that two readings of
    one number do not tell who came between.
    """
    return None if count < INSIDE_LEAST else count - count % INSIDE_STEP
