"""Ages of consent: the pure table."""
from __future__ import annotations

from datetime import date

import pytest

from models.consent import Purpose
from moderation import ages
from moderation.ages import Young, agrees_from, has_grown_up, is_adult, is_asked_too, read_table

TODAY = date(2026, 6, 1)


@pytest.mark.parametrize(("country", "age"), [("FR", 15), ("DE", 16), ("BE", 13), ("GB", 13), ("ES", 14), ("US", 16), ("", 16)])
def test_the_table_and_the_highest_age_where_nothing_is_known(country: str, age: int) -> None:
    assert agrees_from(country, None) == age
    assert agrees_from(country, {"FR": 12}) == (12 if country == "FR" else 16)


def test_an_age_counts_once_it_is_reached_for_sure() -> None:
    assert not has_grown_up(Young(2011, "FR"), None, TODAY) and has_grown_up(Young(2010, "FR"), None, TODAY)
    assert not has_grown_up(Young(2010, "DE"), None, TODAY) and not has_grown_up(Young(None, "FR"), None, TODAY)
    assert not is_adult(Young(2008, "FR"), TODAY) and is_adult(Young(2007, "FR"), TODAY)


def test_a_child_is_asked_too() -> None:
    assert is_asked_too(Young(2024, "FR"), 12, TODAY)  # jointly, in France
    assert not is_asked_too(Young(2015, "DE"), 12, TODAY) and is_asked_too(Young(2014, "DE"), 12, TODAY)
    assert not is_asked_too(Young(None, "FR"), 12, TODAY)  # a person in care, not a child


def test_every_purpose_has_its_age() -> None:
    assert ages.AT_NATIONAL_AGE | ages.AT_18 == set(Purpose) and not ages.AT_NATIONAL_AGE & ages.AT_18
    assert {Purpose.RESEARCH_CONTACT, Purpose.IMAGES, Purpose.GENETICS} < ages.AT_18


def test_a_host_types_a_table() -> None:
    assert read_table("fr 15\n\n DE  16 ") == ({"FR": 15, "DE": 16}, [])
    table, wrong = read_table("FR\nXX 9\nYY 19\nF1 12\nZZ twelve\nFRA 15\nÉÉ 12\nAA ١٥\nBB 99999999999")
    assert not table and len(wrong) == 9
