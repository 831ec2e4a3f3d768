"""Whether our clock is right, by what others say in their answers."""
from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from federation import clocks
from federation.clocks import Clocks, Difference

NOW = datetime(2026, 11, 22, 16, 0, tzinfo=UTC)


def heard(*theirs: float, **more: str) -> Clocks:
    """Servers whose clocks are so many seconds ahead of ours."""
    made = Clocks()
    for number, seconds in enumerate(theirs):
        date = format_datetime(NOW + timedelta(seconds=seconds), usegmt=True)
        made.hear(f"s{number}.example", {"Date": date} | more, NOW)
    return made


@pytest.mark.parametrize(("theirs", "found"), [
    ((), None), ((0,), None), ((-119, 90), None), ((-3600,), None), ((-3600, 0), None), ((-3600, -3590), Difference(3595, 2)),
    ((3600, 3601, 3590), Difference(-3600, 3)),
    ((0, 1, 86_400), None), ((0, 86_400), None), ((-7200, -7201, 0), Difference(7200, 2)), ((-7200, 3600, 0, 86_400), None)])
def test_most_others_say_how_far_it_is_off(theirs: tuple[float, ...], found: Difference | None) -> None:
    assert heard(*theirs).fault() == found


def test_an_answer_out_of_a_cache_or_without_a_date_says_nothing() -> None:
    assert heard(0, 0).difference() == Difference(0, 2)
    assert heard(-3600, -3600, Age="3600").difference() is None
    for date in ("", "soon", "Sat, 99 Nov 2026 99:00:00 GMT", "x" * 100_000):
        assert heard(0, 0, Date=date).difference() is None


def test_one_domain_is_one_voice_and_few_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    late = format_datetime(NOW - timedelta(days=1), usegmt=True)
    alone = Clocks()
    for name in ("liar.example", "www.liar.example", "a.b.liar.example"):
        alone.hear(name, {"Date": late}, NOW)
    assert alone.difference() is None, "one domain, whatever it calls its hosts"
    made = heard(0, 0)
    for number in range(500):
        made.hear(f"n{number}.liar.example", {"Date": late}, NOW)
    assert made.fault() is None
    for number in range(500):
        made.hear(f"liar{number}.example", {"Date": late}, NOW)
    assert len(made._heard) == clocks.SERVERS_LIMIT
    made.forget()
    assert made.difference() is None


def test_what_was_heard_long_ago_counts_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    made = heard(-3600, -3600)
    assert made.fault()
    steady = clocks.time.monotonic()
    monkeypatch.setattr(clocks.time, "monotonic", lambda: steady + clocks.KEPT_SECONDS + 1)
    assert made.fault() is None
