"""No sequence of questions about people tells of a group below the threshold, whoever they are and whatever is asked."""
from __future__ import annotations

from collections import Counter
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from moderation import cells

LEAST = 5
VALUES = ("", "a", "b", "c")
people = st.lists(st.tuples(*[st.sampled_from(VALUES)] * 3), max_size=60)


@settings(max_examples=300, deadline=None)
@given(people)
def test_whatever_is_asked_leaves_no_small_group(told: list[cells.Facets]) -> None:
    """Every question is answered about what is shown. Two people who are alike in all answers are told apart by nobody; everybody
    of whom anything is told has as many like them as the threshold says.
    """
    shown = cells.shown(Counter(told), LEAST)
    assert set(shown) == set(told)
    questions = list(product(*[(None, *VALUES[1:])] * 3))
    answers = {facets: tuple(all(want in (None, has) for want, has in zip(question, seen, strict=True)) for question in questions)
               for facets, seen in shown.items()}
    alike = Counter(answers[one] for one in told)
    classes = Counter(shown[one] for one in told)
    for facets in told:
        if any(shown[facets]):
            assert alike[answers[facets]] >= LEAST
            assert classes[shown[facets]] >= LEAST
        assert all(now in ("", was) for now, was in zip(shown[facets], facets, strict=True)), "nothing is made up"
    if len(told) >= LEAST:
        assert all(count >= LEAST for count in classes.values()), "also those of whom nothing is told"


def test_enough_alike_are_shown_with_all_they_tell() -> None:
    assert cells.shown({("a", "b", "c"): LEAST}, LEAST) == {("a", "b", "c"): ("a", "b", "c")}
    assert cells.shown({("a", "b", "c"): LEAST - 1}, LEAST) == {("a", "b", "c"): ("", "", "")}


def test_a_hidden_few_take_others_with_them() -> None:
    """Of 5 and 2 with one value each: the 2 would be found by subtraction, so that the 5 are hidden too."""
    assert cells.kept({"a": 5, "b": 2}, 5) == set()
    assert cells.kept({"a": 9, "b": 5, "c": 2}, 5) == {"a"}
    assert cells.kept({"a": 5, "b": 5}, 5) == {"a", "b"}
