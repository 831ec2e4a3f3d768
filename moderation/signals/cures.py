"""Promises of a cure (health.md §5: misinformation, miracle cures).

Strong words are enough alone; weak ones only together. What is denied or warned of does not count.
"""
from __future__ import annotations

import re
from functools import cache

from models.signal import Consequence
from moderation.signals.cure_words import CLUES, DENIED, DENIED_AFTER, WORTH_A_LOOK
from moderation.signals.facts import Facts, Finding
from moderation.signals.reading import joined

ENOUGH = 3
BEFORE_CHARACTERS = 60  # in which a denial or a warning stands
AFTER_CHARACTERS = 50

@cache
def _clues() -> tuple[tuple[int, re.Pattern[str]], ...]:
    return tuple((points, re.compile(words)) for points, words in CLUES)


@cache
def _denied() -> tuple[re.Pattern[str], re.Pattern[str]]:
    return re.compile(DENIED), re.compile(DENIED_AFTER)


@cache
def _worth_a_look() -> re.Pattern[str]:
    return re.compile(WORTH_A_LOOK)


def look(facts: Facts) -> Finding | None:
    """Holds a promise of a cure, whoever writes it."""
    text = joined(" ".join(facts.plain.split()))
    if not _worth_a_look().search(text):
        return None
    points, words = 0, []
    for worth, pattern in _clues():
        if found := next((one for one in pattern.finditer(text) if worth == 1 or not _is_denied(text, one)), None):
            points += worth
            words.append((worth, found.group(0)))
    if points < ENOUGH or max(worth for worth, _ in words) < 2:  # noqa: PLR2004 - weak words alone never hold
        return None
    return Finding(Consequence.HOLD, tuple(word for worth, word in words if worth > 1))


def _is_denied(text: str, found: re.Match[str]) -> bool:
    before, after = _denied()
    start, end = max(0, found.start() - BEFORE_CHARACTERS), found.end()
    cut = max(text.rfind(mark, start, found.start()) for mark in (". ", "! ", "? "))
    return bool(before.search(text, max(start, cut + 1), found.start()) or after.search(text, end, end + AFTER_CHARACTERS))
