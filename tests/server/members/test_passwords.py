"""Passwords are kept as Argon2id and refused only when they are easy to guess."""
from __future__ import annotations

import time

import pytest

from server.members.passwords import LONGEST, Passwords
from server.words.language import gettext_for

_ = gettext_for("en")


@pytest.fixture
def cheap() -> Passwords:
    """Costs that tests can pay."""
    return Passwords(1, 8)


async def test_a_kept_password_fits_and_no_other(cheap: Passwords) -> None:
    stored = await cheap.hash("correct horse battery")
    assert stored.startswith("$argon2id$") and "horse" not in stored
    assert await cheap.fits(stored, "correct horse battery")
    assert not await cheap.fits(stored, "correct horse batterz")


@pytest.mark.parametrize("stored", ["", "rubbish", "$argon2id$v=19$m=8,t=1,p=1$broken"])
async def test_without_a_password_none_fits(cheap: Passwords, stored: str) -> None:
    assert not await cheap.fits(stored, "nobody has this password")


async def test_an_absent_account_takes_as_long_as_a_wrong_password() -> None:
    passwords = Passwords(2, 19456)
    stored = await passwords.hash("correct horse battery")

    async def seconds(kept: str) -> float:
        start = time.perf_counter()
        for _number in range(5):
            await passwords.fits(kept, "wrong")
        return time.perf_counter() - start
    await seconds(stored)
    assert 0.3 < await seconds("") / await seconds(stored) < 3


async def test_other_costs_make_a_hash_dated(cheap: Passwords) -> None:
    stored = await cheap.hash("correct horse battery")
    assert not cheap.is_dated(stored)
    assert Passwords(2, 16).is_dated(stored)


@pytest.mark.parametrize("password", [
    "short", "password", "12345678", "azertyuiop", "PetiteOurse1", "ourse@example.org", "aaaaaaaaaaaaaaaa"])
async def test_what_is_easy_to_guess_is_refused_in_words(cheap: Passwords, password: str) -> None:
    assert await cheap.fault(password, ["petiteourse", "ourse@example.org"], _)


@pytest.mark.parametrize("password", [
    "lampe rivière tambour", "quatre mots très rares", "x" * 3 + "7Kq!pW2z", "  spaces count here  "])
async def test_anything_else_is_taken_whatever_it_is_made_of(cheap: Passwords, password: str) -> None:
    assert await cheap.fault(password, [], _) == ""


async def test_a_huge_password_is_refused_quickly(cheap: Passwords) -> None:
    start = time.perf_counter()
    assert await cheap.fault("ab1!" * LONGEST, [], _)
    assert time.perf_counter() - start < 2
