"""Numbers about people: nobody finds a small one, by subtracting, by asking again, by filters."""
from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models import Community, DailyNumber, clock
from moderation import counts
from moderation.counts import Band, Thresholds, TooManyAttributes, among, band, inside, outside, sum_of_bands, table, told

SMALL = st.integers(0, 60)


@pytest.mark.parametrize(("count", "shown"), [(0, None), (4, None), (5, 5), (9, 5), (10, 10), (412, 410)])
def test_small_numbers_are_not_told_and_others_are_rounded(count: int, shown: int | None) -> None:
    assert inside(count) == shown
    assert outside(count) == (shown if count >= 11 else None)


def is_open(found: set[int], least: int) -> bool:
    """Nobody knows the number, nor that it is a small one of at least somebody."""
    return len(found) > 1 and (0 in found or max(found) >= least)


@pytest.mark.parametrize(("least", "most", "size"), [(5, 26, 3), (5, 40, 2), (11, 60, 2), (11, 26, 3)])
def test_whoever_knows_the_rules_finds_no_small_row(least: int, most: int, size: int) -> None:
    """All tables there are: those that look the same from outside leave every hidden row open."""
    looks: dict[object, list[tuple[int, ...]]] = defaultdict(list)
    for rows in product(range(most), repeat=size):
        seen = table(dict(enumerate(rows)), least)
        looks[(tuple(seen.rows.values()), seen.total)].append(rows)
    for (shown, total), tables in looks.items():  # type: ignore[misc]
        if max((total or 0, *(number or 0 for number in shown))) + counts.STEP > most:
            continue  # others that look the same were not made
        for place, number in enumerate(shown):
            if number is None:
                found = {rows[place] for rows in tables}
                assert is_open(found, least), (shown, tables[:3])


@given(st.lists(SMALL, min_size=1, max_size=8), st.sampled_from([5, 7, 11, 20]))
def test_what_is_told_is_rounded_never_small_and_adds_up_to_no_more(rows: list[int], least: int) -> None:
    seen = table(dict(enumerate(rows)), least)
    for place, number in seen.rows.items():
        assert number is None or (rows[place] >= least and number % 5 == 0 and 0 <= rows[place] - number < 5)
    assert seen.total in (told(sum(rows), least), None)
    assert seen.total is None or sum(number or 0 for number in seen.rows.values()) <= seen.total


@given(st.permutations(range(4)), st.lists(SMALL, min_size=4, max_size=4))
def test_the_order_of_rows_says_nothing(order: list[int], rows: list[int]) -> None:
    mixed = table({name: rows[name] for name in order}, 5)
    assert {one: mixed.rows[one] for one in order} == table(dict(enumerate(rows)), 5).rows


@pytest.mark.parametrize("least", [5, 11])
def test_a_part_and_the_whole_do_not_tell_the_rest(least: int) -> None:
    """All members and those with a pin, by a filter: who has none must not be found."""
    looks: dict[object, set[int]] = defaultdict(set)
    for whole in range(60):
        for part in range(whole + 1):
            looks[(told(whole, least), among(part, whole, least))].add(whole - part)
    for (total, _), rest in looks.items():  # type: ignore[misc]
        assert total == 55 or is_open(rest, least)


def test_three_attributes_are_refused() -> None:
    table({"a": 30}, 5, ["country", "age"])
    with pytest.raises(TooManyAttributes):
        table({"a": 30}, 5, ["country", "age", "sex"])


@settings(max_examples=50)
@given(st.lists(st.integers(0, 3000), max_size=6))
def test_partners_are_told_bands_and_bands_are_added(numbers: list[int]) -> None:
    bands = [band(number) for number in numbers]
    assert all((one is Band.FEW) == (number < 11) for one, number in zip(bands, numbers, strict=True))
    order = list(Band)
    assert order.index(sum_of_bands(bands)) <= order.index(band(sum(numbers)))  # never more than there are
    assert sum_of_bands([Band.FEW] * 50) is Band.FEW  # small ones do not add up to something


@pytest.mark.usefixtures("db")
async def test_a_number_stays_all_day_and_a_host_can_only_raise_the_threshold(monkeypatch: pytest.MonkeyPatch) -> None:
    people = 9

    async def count() -> int:
        return people
    seen = []
    for people in (9, 10, 4, 30):  # noqa: B007 - read by `count`
        seen.append(await counts.of_today("members", count))
    assert seen == [9] * 4
    tomorrow = clock.now() + timedelta(days=1)
    monkeypatch.setattr(clock, "now", lambda: tomorrow)
    assert await counts.of_today("members", count) == 30
    assert await DailyNumber.forget_old() == 0
    await (await Community.current()).change(least_inside=2, least_outside=40)
    assert await counts.thresholds() == Thresholds(5, 40)
