"""What a new charter means beside the one that was agreed."""
from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.community import Minors
from models.host import Standing
from moderation.charters import Part, Terms, differs, is_material, judge, weaker

AGREED = Terms(owner="Association Melorin", country="FR", contact="team@melorin.example", funding=("Fondation Y",),
               retention_days=180)
TERMS = st.builds(
    Terms, owner=st.sampled_from(["A", "a ", "B"]), country=st.sampled_from(["FR", "DE", "US"]),
    contact=st.sampled_from(["", "c"]),
    funding=st.lists(st.sampled_from(["X", "Y"]), unique=True).map(tuple), retention_days=st.none() | st.integers(1, 3),
    minimum_age=st.integers(13, 15), minors=st.sampled_from(Minors), withdrawal_days=st.integers(1, 3),
    least_outside=st.integers(11, 13), least_inside=st.integers(5, 7))


@pytest.mark.parametrize(("change", "standing", "part"), [
    ({}, Standing.PARTNER, None),
    ({"owner": "  association MELORIN"}, Standing.PARTNER, None),
    ({"owner": "Pharma AG"}, Standing.PAUSED, Part.OWNER),
    ({"country": "DE"}, Standing.PARTNER, None),
    ({"country": "US"}, Standing.NARROWED, Part.COUNTRY),
    ({"contact": ""}, Standing.NARROWED, Part.CONTACT),
    ({"funding": ()}, Standing.PARTNER, None),
    ({"funding": ("Fondation Y", "Pharma AG")}, Standing.NARROWED, Part.FUNDING),
    ({"retention_days": 181}, Standing.NARROWED, Part.RETENTION),
    ({"retention_days": None}, Standing.NARROWED, Part.RETENTION),
    ({"retention_days": 30}, Standing.PARTNER, None),
    ({"minimum_age": 15}, Standing.NARROWED, Part.AGE),
    ({"minimum_age": 18}, Standing.PARTNER, None),
    ({"minors": Minors.ALONE}, Standing.NARROWED, Part.MINORS),
    ({"minors": Minors.NONE}, Standing.PARTNER, None),
    ({"withdrawal_days": 8}, Standing.NARROWED, Part.WITHDRAWAL),
    ({"least_outside": 10}, Standing.NARROWED, Part.OUTSIDE),
    ({"least_inside": 4}, Standing.NARROWED, Part.INSIDE),
    ({"least_inside": 6, "withdrawal_days": 9}, Standing.NARROWED, Part.WITHDRAWAL)])
def test_less_narrows_another_owner_pauses_and_more_is_taken_quietly(change: dict[str, Any], standing: Standing,
                                                                      part: Part | None) -> None:
    found = judge(AGREED, replace(AGREED, **change))
    assert found.standing is standing
    assert found.weaker == ((part,) if part else ())


def test_any_charter_is_better_than_none() -> None:
    assert judge(None, replace(AGREED, owner="Anybody", retention_days=None)).standing is Standing.PARTNER


@given(TERMS, TERMS, TERMS)
def test_nobody_gets_worse_terms_by_small_steps(first: Terms, second: Terms, third: Terms) -> None:
    """Each step is judged beside what was agreed, and two quiet steps are together a quiet one."""
    assert judge(first, first).standing is Standing.PARTNER
    if not weaker(first, second) and not weaker(second, third):
        worse = set(weaker(first, third))
        assert worse <= {Part.COUNTRY}  # back to a first country outside the EEA is no worse for anybody
    assert (judge(first, second).standing is Standing.PAUSED) == is_material(first, second)
    assert set(weaker(first, second)) <= set(differs(first, second))
