"""Numbers of registers: well made or not, offline."""
from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.badge import Evidence
from moderation.evidence import is_well_made, luhn, tidied

GOOD = [(Evidence.NPI, "1234567893"), (Evidence.NPI, "1245319599"),
        (Evidence.ORCID, "0000-0002-1825-0097"), (Evidence.ORCID, "https://orcid.org/0000-0002-1694-233X")]


@pytest.fixture
def database_kind() -> str:
    """Nothing of this touches a database."""
    return "sqlite"


@pytest.mark.parametrize(("evidence", "number"), GOOD)
def test_published_examples_are_well_made(evidence: Evidence, number: str) -> None:
    """The examples of CMS and ORCID."""
    assert is_well_made(evidence, tidied(evidence, number))


@pytest.mark.parametrize("number", ["", "1000386278", "100038627870", "abcdefghijk", "١٠٠٠٣٨٦٢٧٨٧"])
def test_an_rpps_number_is_eleven_digits(number: str) -> None:
    assert not is_well_made(Evidence.RPPS, number)


@given(st.text("0123456789", min_size=10, max_size=10), st.integers(0, 10), st.integers(1, 9))
def test_one_wrong_digit_is_always_noticed(body: str, place: int, shift: int) -> None:
    """What the formula is for: of the eleven possible last digits one is right, and no single error goes unseen."""
    number = next(body + key for key in "0123456789" if luhn(body + key))
    assert is_well_made(Evidence.RPPS, number)
    assert is_well_made(Evidence.RPPS, tidied(Evidence.RPPS, f" {number[:5]} {number[5:]}"))
    wrong = number[:place] + str((int(number[place]) + shift) % 10) + number[place + 1:]
    assert not is_well_made(Evidence.RPPS, wrong)


@pytest.mark.parametrize(("evidence", "number"), [
    (Evidence.NPI, "1234567890"), (Evidence.NPI, "3234567893"), (Evidence.ORCID, "0000000218250098"),
    (Evidence.ORCID, "000000021825009X"), (Evidence.ORCID, "00000002182500")])
def test_bad_check_digits_are_refused(evidence: Evidence, number: str) -> None:
    assert not is_well_made(evidence, number)


def test_without_a_number_there_is_nothing_to_look_at() -> None:
    assert is_well_made(Evidence.MAIL, "") and is_well_made(Evidence.VOUCHER, "")
