"""How alike signs are: the measure by hand, its order for many, and reasons that point at nobody."""
from __future__ import annotations

import random

import pytest

from moderation.similarity import Crowd, closure, sim_gic

BITS = {1: 0.0, 2: 1.0, 3: 2.0, 4: 4.0, 5: 4.0, 6: 8.0}
ABOVE = {2: {1, 2}, 3: {1, 2, 3}, 4: {1, 2, 4}, 5: {1, 5}, 6: {1, 5, 6}}


def test_the_measure_is_what_is_shared_of_all() -> None:
    mine, theirs = closure([3], ABOVE), closure([4], ABOVE)
    assert sim_gic(mine, theirs, BITS) == pytest.approx(1 / 7)  # {2} of {2, 3, 4}
    assert sim_gic(mine, mine, BITS) == 1 and sim_gic(mine, closure([6], ABOVE), BITS) == 0
    assert sim_gic(frozenset(), frozenset(), BITS) == 0 and sim_gic({99}, {99}, BITS) == 0


def test_many_are_ranked_as_one_by_one() -> None:
    dice = random.Random(7)  # noqa: S311 - no secret
    people = {number: closure(dice.sample(sorted(ABOVE), dice.randint(1, 3)), ABOVE) for number in range(1, 200)}
    crowd = Crowd(BITS)
    for number, terms in people.items():
        crowd.add(number, terms)
    mine = closure([4, 6], ABOVE)
    ranked = crowd.ranked(mine, 200)
    assert {number: pytest.approx(score) for number, score in ranked} == {
        number: score for number, terms in people.items() if (score := sim_gic(mine, terms, BITS))}
    assert ranked == sorted(ranked, key=lambda pair: (-pair[1], pair[0])) and crowd.ranked(mine, 3) == ranked[:3]
    assert crowd.ranked({77}, 5) == crowd.ranked(frozenset(), 5) == []


@pytest.mark.parametrize("seed", range(20))
def test_a_reason_is_true_of_enough_people_together(seed: int) -> None:
    dice = random.Random(seed)  # noqa: S311 - no secret
    people = {number: closure(dice.sample(sorted(ABOVE), dice.randint(1, 4)), ABOVE) for number in range(dice.randint(1, 30))}
    crowd = Crowd(BITS)
    for number, terms in people.items():
        crowd.add(number, terms)
    for mine in people.values():
        for theirs in people.values():
            chosen = crowd.reasons(mine, theirs, ABOVE, 5)
            assert set(chosen) <= mine & theirs and len(chosen) <= 3
            assert not chosen or sum(set(chosen) <= terms for terms in people.values()) >= 5
            assert not [one for one in chosen for other in chosen if one != other and one in ABOVE[other]]
