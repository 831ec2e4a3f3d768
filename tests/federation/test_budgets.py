"""What the client remembers of other hosts refills, ends, and is bounded."""
import pytest

from federation import budgets
from federation.budgets import FetchBudget, RecentFailures
from federation.errors import Unreachable


def test_the_bucket_refills() -> None:
    seconds = 0.0
    budget = FetchBudget(60, clock=lambda: seconds)
    for _ in range(60):
        budget.spend("a.test")
    with pytest.raises(Unreachable):
        budget.spend("a.test")
    seconds = 1.0
    budget.spend("a.test")
    with pytest.raises(Unreachable):
        budget.spend("a.test")


def test_a_part_is_left_for_what_must_not_wait() -> None:
    seconds = 0.0
    budget = FetchBudget(60, clock=lambda: seconds)
    for _ in range(48):
        budget.spend("a.test", left=0.2)
    with pytest.raises(Unreachable) as told:
        budget.spend("a.test", left=0.2)
    assert told.value.retry_after_seconds == pytest.approx(1.0)
    for _ in range(12):
        budget.spend("a.test")
    with pytest.raises(Unreachable):
        budget.spend("a.test")
    seconds = 12.0
    with pytest.raises(Unreachable):
        budget.spend("a.test", left=0.2)



def test_both_memories_are_bounded_and_end() -> None:
    seconds = 0.0
    budget, failures = FetchBudget(1, clock=lambda: seconds), RecentFailures(clock=lambda: seconds)
    for number in range(budgets.MAX_HOSTS + 500):
        budget.spend(f"{number}.test")
        failures.remember(f"https://{number}.test/", Unreachable("down"))
    assert len(budget._buckets) == budgets.MAX_HOSTS and len(failures._failures) == budgets.MAX_FAILURES
    failures.check("https://0.test/")
    with pytest.raises(Unreachable) as caught:
        failures.check("https://2400.test/")
    assert caught.value.retry_after_seconds == budgets.FAILURE_SECONDS
    seconds = budgets.FAILURE_SECONDS
    failures.check("https://2400.test/")
