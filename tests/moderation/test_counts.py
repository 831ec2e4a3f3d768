"""Numbers about people."""
from __future__ import annotations

import pytest

from moderation.counts import inside


@pytest.mark.parametrize(("count", "shown"), [(0, None), (4, None), (5, 5), (9, 5), (10, 10), (412, 410)])
def test_small_numbers_are_not_told_and_others_are_rounded(count: int, shown: int | None) -> None:
    assert inside(count) == shown
