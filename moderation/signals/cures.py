"""Promises of a cure (health.md §5: misinformation, miracle cures).

Strong words are enough alone; weak ones only together. What is denied or warned of does not count.
"""
from __future__ import annotations

import re
from functools import lru_cache

from models.signal import Consequence
from moderation.signals.cure_words import CLUES, CURED, DENIED, DENIED_AFTER, KINDS, WORTH_A_LOOK
from moderation.signals.facts import Facts, Finding
from moderation.signals.reading import joined

ENOUGH = 3
KINDS_ENOUGH = 2
BEFORE_CHARACTERS = 60  # in which a denial or a warning stands
AFTER_CHARACTERS = 50

@lru_cache(maxsize=1)
def _clues() -> tuple[tuple[int, re.Pattern[str]], ...]:
    return tuple((points, re.compile(words)) for points, words in CLUES)


@lru_cache(maxsize=1)
def _denied() -> tuple[re.Pattern[str], re.Pattern[str]]:
    return re.compile(DENIED), re.compile(DENIED_AFTER)


@lru_cache(maxsize=1)
def _worth_a_look() -> re.Pattern[str]:
    return re.compile(WORTH_A_LOOK)


@lru_cache(maxsize=1)
def _kinds() -> tuple[re.Pattern[str], tuple[re.Pattern[str], ...]]:
    return re.compile(CURED), tuple(re.compile(words) for words in KINDS)


def look(facts: Facts) -> Finding | None:
    """Holds a promise of a cure, whoever writes it."""
    text = joined(" ".join(facts.plain.split()))
    if not _worth_a_look().search(text):
        return None
    words = _phrases(text) or _together(text)
    return Finding(Consequence.HOLD, words) if words else None


def _phrases(text: str) -> tuple[str, ...]:
    """Phrases that promise, if there are enough: weak ones alone are never."""
    points, words = 0, []
    for worth, pattern in _clues():
        if found := next((one for one in pattern.finditer(text) if worth == 1 or not _is_denied(text, one)), None):
            points += worth
            words += [found.group(0)] if worth > 1 else []
    return tuple(words) if points >= ENOUGH else ()


def _together(text: str) -> tuple[str, ...]:
    """A cure, and two of: by what no doctor gives, how to get it, instead of a treatment."""
    cured, kinds = _kinds()
    cure = next((one for one in cured.finditer(text) if not _is_denied(text, one)), None)
    if cure is None:
        return ()
    near = [one for one in (kind.search(text) for kind in kinds) if one]
    return (cure.group(0), *(one.group(0) for one in near)) if len(near) >= KINDS_ENOUGH else ()


def _is_denied(text: str, found: re.Match[str]) -> bool:
    before, after = _denied()
    start, end = max(0, found.start() - BEFORE_CHARACTERS), found.end()
    cut = max(text.rfind(mark, start, found.start()) for mark in (". ", "! ", "? "))
    return bool(before.search(text, max(start, cut + 1), found.start()) or after.search(text, end, end + AFTER_CHARACTERS))
