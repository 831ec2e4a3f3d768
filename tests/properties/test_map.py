"""Nobody can work out a number below the threshold from the maps of many days, whatever they do in between.

Whoever looks knows all rules, has up to ten accounts here that come and go as they wish, is a partner, and takes their own from
every sum. For each day there are then always two numbers of other people at least that fit all that was seen.
"""
from __future__ import annotations

import random
from collections.abc import Sequence

import pytest

from models.ids import new_token
from moderation.counts import LEAST_OUTSIDE, STEP, Band, veiled
from server.community import atlas

SECRETS = [next(secret for secret in (new_token() for _ in range(1000))
                if veiled(LEAST_OUTSIDE + late, LEAST_OUTSIDE, secret, "FR") is not Band.FEW
                and veiled(LEAST_OUTSIDE + late - 1, LEAST_OUTSIDE, secret, "FR") is Band.FEW) for late in range(STEP)]


def seen(others: Sequence[int], own: Sequence[int], secret: str, partner: atlas.Bands) -> list[tuple[atlas.Bands, ...]]:
    """What is told on each day: our census in the morning, our map later in the day, and the sum with a partner."""
    told = []
    for morning, later, mine in zip(others[::2], others[1::2], own, strict=True):
        census = atlas.shown({"FR": morning + mine}, LEAST_OUTSIDE, secret)
        page = atlas.lower_of(census, atlas.shown({"FR": later + mine}, LEAST_OUTSIDE, secret))
        told.append((census, page, atlas.together([page, partner])))
    return told


def fits(others: Sequence[int], own: Sequence[int], secret: str, partner: atlas.Bands, at: int) -> set[int]:
    """The numbers of others that fit what is seen, at one of these moments. Whoever looks knows nothing of the secret; whether
    others came or went they may know, so that all moments change by the same.
    """
    told, found = seen(others, own, secret, partner), set()
    for wrong in range(-STEP, STEP + 1):
        guess = [max(number + wrong, 0) for number in others]
        if any(seen(guess, own, other, partner) == told for other in SECRETS):
            found.add(guess[at])
    return found


@pytest.mark.parametrize("late", range(STEP))
def test_no_sequence_of_maps_tells_a_small_number(late: int) -> None:
    chance = random.Random(late)
    for _ in range(40):
        days = chance.randint(1, 6)
        steady = chance.randint(1, 16)
        others = [steady] * (2 * days) if chance.random() < 0.5 else [chance.randint(1, 16) for _ in range(2 * days)]
        own = [chance.randint(0, LEAST_OUTSIDE - 1) for _ in range(days)]
        partner = atlas.shown({"FR": chance.choice((0, 12, 30, 120))}, LEAST_OUTSIDE, SECRETS[0])
        for at, number in enumerate(others):
            if number < LEAST_OUTSIDE:
                assert len(fits(others, own, SECRETS[late], partner, at)) > 1, (others, own, partner)


def test_without_the_secret_it_could_be_worked_out() -> None:
    """The test above can fail: who knows the secret, and has accounts that come one by one, finds four others."""
    own = list(range(LEAST_OUTSIDE))
    told = seen([4] * 22, own, SECRETS[0], {})
    assert [wrong for wrong in range(-4, 5) if seen([4 + wrong] * 22, own, SECRETS[0], {}) == told] == [0]


def test_nothing_is_told_below_the_threshold_and_bands_are_never_too_high() -> None:
    for secret in SECRETS:
        for number in range(600):
            told = atlas.shown({"FR": number}, LEAST_OUTSIDE, secret)
            least = {Band.TENS: 11, Band.DOZENS: 26, Band.HUNDREDS: 101, Band.MANY: 501}
            assert not told if number < LEAST_OUTSIDE else True
            assert all(number >= least[band] for band in told.values())
    assert atlas.together([{"FR": Band.TENS}, {"FR": Band.TENS, "BE": Band.TENS}]) == {"BE": Band.TENS, "FR": Band.TENS}
    assert atlas.lower_of({"FR": Band.DOZENS, "BE": Band.TENS}, {"FR": Band.TENS}) == {"FR": Band.TENS}
