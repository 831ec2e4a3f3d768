"""What newcomers are spared, and until when."""
from datetime import UTC, datetime, timedelta

import pytest

from models.post import Note
from moderation import first_month

JOINED = datetime(2026, 11, 1, tzinfo=UTC)


@pytest.mark.parametrize(("days", "after", "reading", "is_spared"), [
    (30, 29, {}, True), (30, 31, {}, False), (0, 0, {}, False), (30, 1, {"spared": "no"}, False),
    (30, 1, {"spared": "yes"}, True), (400, 89, {}, True), (400, 91, {}, False), (30, 1, {"spared": 7}, True)])
def test_it_lasts_as_long_as_the_host_says_and_the_member_wants(days: int, after: int, reading: dict[str, object],
                                                                is_spared: bool):
    found = first_month.spared(JOINED, reading, days, None, None, JOINED + timedelta(days=after))
    assert (found is not None) is is_spared
    if found:
        assert Note.DEATH in found.notes and found.until == JOINED + timedelta(days=min(days, first_month.DAYS_LIMIT))


def test_the_host_names_other_subjects():
    found = first_month.spared(JOINED, {}, 30, [Note.WEIGHT], first_month.cleaned(["#Deuil", "", " # ", "deuil"]), JOINED)
    assert found and found.notes == {Note.WEIGHT} and found.tags == {"deuil"}
    assert first_month.is_past(JOINED, JOINED + timedelta(days=91)) and not first_month.is_past(JOINED, JOINED)
