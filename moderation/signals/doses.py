"""A number and a unit near the name of a medicine (health.md §5: dosage)."""
from __future__ import annotations

import re
from functools import lru_cache

from models.signal import Consequence
from moderation.signals.drug_names import ENDINGS, NAMES, NOT_MEDICINES
from moderation.signals.facts import Facts, Finding

NEAR_CHARACTERS = 70  # between a dose and the medicine, in one sentence
_END_OF_SENTENCE = re.compile(r"[.!?;]\s|\n")
_NUMBERS = (r"un demi|demi|deux|trois|quatre|cinq|six|huit|dix|douze|quinze|vingt|trente|quarante|cinquante|soixante|cent|"
            r"mille|"
            r"half an?|two|three|four|five|six|eight|ten|twelve|fifteen|twenty|thirty|forty|fifty|sixty|a hundred|hundred")
_UNITS = (r"m\W?g|milligram(?:me)?s?|milli-?grams?|[µμu]\W?g|mcg|microgram(?:me)?s?|gram(?:me)?s?|g|m\W?l|millilit(?:re|er)s?|"
          r"cl|cc|"
          r"[ui]\.?[iu]\.?|unites?|units?|gouttes?|drops?|comprimes?|cps?|cachets?|gelules?|tablets?|tabs?|pills?|capsules?|"
          r"pilules?|ampoules?|sachets?|doses?|puffs?|bouffees?|cuilleres?(?: a (?:cafe|soupe))?|teaspoons?|tablespoons?|"
          r"pastilles?|patchs?|patches")


@lru_cache(maxsize=1)
def _dose() -> re.Pattern[str]:
    """A number with a unit of medicines; not a concentration in blood ("12 µg/l"), which is a result and no dose.

    A number has few parts: without that bound, a message of nothing but digits and spaces would keep the server for seconds.
    """
    number = r"\d[\do]{0,8}(?:[ .,]\d[\do]{0,5}){0,3}(?: ?(?:-|a|to|ou|or|x|/) ?\d{1,9})?"
    return re.compile(
        rf"(?<![\w,.])(?:{number}|(?:{_NUMBERS}|une?|an?|one)(?= )) ?"
        rf"(?P<unit>{_UNITS})(?:\s?/\s?(?:kg|j|jour|day|d|m2|semaine|week|h)\b)?(?!\w|\s?/\s?(?:d?l|ml|litre|liter)\b)")


@lru_cache(maxsize=1)
def _counted() -> re.Pattern[str]:
    """So many of a medicine: "2 codeine tablets"."""
    form = r"(?:tablets?|pills?|capsules?|patches|patch|gummies|drops?)"
    return re.compile(rf"(?<![\w,.])(?:\d{{1,2}}|{_NUMBERS}|an?|one) {_medicine().pattern} {form}\b")


@lru_cache(maxsize=1)
def _medicine() -> re.Pattern[str]:
    names = "|".join(sorted(map(re.escape, NAMES), key=len, reverse=True))
    endings = "|".join(sorted(ENDINGS, key=len, reverse=True))
    return re.compile(rf"(?<![a-z0-9])(?:(?:{names})e?s?|[a-z]{{3,}}(?:{endings})e?s?)(?![a-z0-9])")


def look(facts: Facts) -> Finding | None:
    """Holds what a newcomer writes, for who is known puts a sentence below it: "my experience, not advice"."""
    found = doses_in(facts.plain)
    if not found:
        return None
    return Finding(Consequence.HOLD if facts.is_newcomer and not facts.is_profile else Consequence.LABEL, found)


def doses_in(text: str) -> tuple[str, ...]:
    """Each dose with its medicine, as they stand in a plain text."""
    found: list[str] = []
    for dose in _dose().finditer(text):
        start, end = _sentence(text, dose.start(), dose.end())
        near = [one for one in _medicine().finditer(text, start, end) if _is_medicine(one, dose)]
        if near:
            closest = min(near, key=lambda one: min(abs(one.start() - dose.end()), abs(dose.start() - one.end())))
            found.append(f"{dose.group(0)} {closest.group(0)}")
    found += [one.group(0) for one in _counted().finditer(text)]
    return tuple(dict.fromkeys(found))


def _is_medicine(one: re.Match[str], dose: re.Match[str]) -> bool:
    overlaps = one.start() < dose.end() and dose.start() < one.end()
    return not overlaps and one.group(0) not in NOT_MEDICINES


def _sentence(text: str, start: int, end: int) -> tuple[int, int]:
    """The part of the sentence around a place that is near it."""
    first, last = max(0, start - NEAR_CHARACTERS), min(len(text), end + NEAR_CHARACTERS)
    for stop in _END_OF_SENTENCE.finditer(text, first, start):
        first = stop.end()
    stop_after = _END_OF_SENTENCE.search(text, end, last)
    return first, stop_after.start() if stop_after else last
