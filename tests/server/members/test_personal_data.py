"""Hints about personal data in a text."""
from __future__ import annotations

import time

import pytest

from server.members.personal_data import MAIL, NUMBER, PHONE, found_in


@pytest.mark.parametrize(("text", "found"), [
    ("call 06 12 34 56 78 tonight", (PHONE,)),
    ("+33 (0)6.12.34.56.78", (PHONE,)),
    ("write to a.b+c@mail.example.org", (MAIL,)),
    ("file 1234567890123", (NUMBER,)),
    ("my number 1 85 05 78 006 084 36", (NUMBER,)),
    ("on 12/03/2026 and 2026-03-12, at 10:30", ()),
    ("from 2019-2020 I took 20 mg, then 1000000 units", ()),
    ("hello @bea@their.example", ()),
    ("", ()),
])
def test_what_could_identify_somebody_is_seen(text: str, found: tuple[str, ...]) -> None:
    assert found_in(text) == found


@pytest.mark.parametrize("piece", ["1", "1 ", "a@", "a.", "+", "(", "1-"])
def test_a_long_text_is_no_work(piece: str) -> None:
    started = time.process_time()
    found_in((piece * 5000)[:5000])
    assert time.process_time() - started < 0.3
