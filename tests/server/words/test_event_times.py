"""When an event is: by the clock of its place, and by that of who reads."""
from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from server.words.event_times import choices, city, times, zone_of
from server.words.language import gettext_for

START = datetime(2026, 5, 1, 14, 5, tzinfo=UTC)
END = START + timedelta(hours=2)


@pytest.mark.parametrize(("zone", "own", "there", "here"), [
    ("Europe/Berlin", "", "1 May 2026, 16:05 – 18:05 (local time: Berlin)", ""),
    ("Europe/Berlin", "Europe/Paris", "1 May 2026, 16:05 – 18:05 (your time)", ""),
    ("Europe/Berlin", "Asia/Tokyo", "1 May 2026, 16:05 – 18:05 (local time: Berlin)", "1 May 2026, 23:05 – 2 May 2026, 01:05"),
    ("-03:30", "", "1 May 2026, 10:35 – 12:35 (local time, UTC-03:30)", ""),
    ("+02:00", "Europe/Paris", "1 May 2026, 16:05 – 18:05 (your time)", ""),
    ("", "Europe/Paris", "1 May 2026, 16:05 – 18:05 (your time)", ""),
    ("", "", "1 May 2026, 14:05 – 16:05 (universal time, UTC)", ""),
    ("No/Where", "No/Where", "1 May 2026, 14:05 – 16:05 (universal time, UTC)", "")])
def test_times_are_told_by_the_clock_of_the_place_and_of_the_reader(zone: str, own: str, there: str, here: str) -> None:
    assert times(START, END, zone, own, gettext_for("en")) == (there, here)


def test_a_start_or_an_end_alone_and_other_languages() -> None:
    assert times(None, END, "+02:00", "", gettext_for("en"))[0].startswith("1 May 2026, 18:05 (")
    assert times(START, None, "Europe/London", "", gettext_for("fr"))[0] == "1er mai 2026, 15:05 (heure locale\u00a0: Londres)"
    assert city("America/Argentina/Buenos_Aires", "en") == "Buenos Aires"


def test_every_zone_that_can_be_chosen_is_one() -> None:
    offered = dict(choices("fr"))
    assert (offered["Europe/Paris"], offered["Europe/Berlin"]) == ("France", "Allemagne (Berlin)")
    assert all(zone_of(name) for name in offered) and list(offered.values()).index("États-Unis (New York)") < len(offered) - 100
    assert zone_of("../etc/passwd") is zone_of("Europe") is zone_of("+24:00") is zone_of("-99:99") is None
