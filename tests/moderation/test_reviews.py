"""When the team reads first: the pure rule."""
from __future__ import annotations

import pytest

from models.post import About
from models.reach import Reach
from moderation.health_words import HEALTH_WORDS
from moderation.reviews import Asked, Rule, cleaned, found_in, rule_of, words_to_read

OURS = rule_of(True, None)


def asked(text: str, **more: object) -> Asked:
    """Something about somebody else, for the community."""
    given = {"about": About.SOMEONE_ELSE, "agrees": False, "reach": Reach.COMMUNITY, "texts": [text]} | more
    return Asked(**given)  # type: ignore[arg-type]


@pytest.mark.parametrize(("text", "words"), [
    ("Ma voisine est à l’HÔPITAL", ("hôpital",)), ("My brother was hospitalised", ("hospitalised",)),
    ("Une prise   de\nsang pour lui", ("prise de sang",)), ("He is ill", ("ill",)), ("He paid a bill, still", ()),
    ("Elle aime le jardin", ()), ("", ())])
def test_words_are_found_in_any_spelling_and_only_whole(text: str, words: tuple[str, ...]) -> None:
    assert words_to_read(asked(text), OURS) == words


@pytest.mark.parametrize("more", [
    {"about": About.ME}, {"about": About.MANAGED}, {"about": About.NOBODY}, {"about": About.UNSAID}, {"agrees": True},
    {"reach": Reach.ME}, {"reach": Reach.CIRCLE}])
def test_what_may_go(more: dict[str, object]) -> None:
    assert words_to_read(asked("cancer"), OURS) and not words_to_read(asked("cancer", **more), OURS)


@pytest.mark.parametrize(("text", "words"), [
    ("Mon frère est à l’hôpital", ("hôpital",)), ("My sister's scan is tomorrow", ("scan",)),
    ("MA VOISINE : cancer", ("cancer",)),
    ("Ma fille est à l’hôpital", ()), ("Mon hôpital, mon traitement", ()), ("Mon frère aime le jardin", ())])
def test_where_nobody_was_asked_words_say_that_it_is_about_somebody_else(text: str, words: tuple[str, ...]) -> None:
    """Apps know no such question. Of their children people may speak."""
    assert words_to_read(asked(text, about=About.UNSAID), OURS) == words
    assert not words_to_read(asked(text, about=About.ME), OURS)
    assert not words_to_read(asked(text, about=About.UNSAID, reach=Reach.CIRCLE), OURS)


@pytest.mark.parametrize("reach", [Reach.COMMUNITY, Reach.PARTNERS, Reach.WEB])
def test_every_audience_beyond_a_circle_waits(reach: Reach) -> None:
    assert words_to_read(asked("cancer", reach=reach), OURS)


def test_the_host_sets_words_and_may_turn_it_off() -> None:
    assert not words_to_read(asked("cancer"), rule_of(False, None))
    own = rule_of(True, {"de": ["Krankenh*"], "fr": []})
    assert words_to_read(asked("Im Krankenhaus, cancer"), own) == ("krankenhaus",)
    assert not words_to_read(asked("cancer"), Rule(True, ()))


def test_words_that_a_host_types_are_words_and_no_pattern() -> None:
    assert cleaned(["  a  b ", "", "*", "x" * 90, "a b", " * "]) == ["a b", "x" * 40]
    assert found_in(["a.b", "(c"], (".*", "a.b", "c")) == ("a.b", "c")


def test_all_our_words_find_themselves() -> None:
    for words in HEALTH_WORDS.values():
        assert all(found_in([word.rstrip("*")], (word,)) for word in words)
