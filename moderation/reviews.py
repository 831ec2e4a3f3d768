"""Which messages the team reads before anybody else. A pure decision: `server.actions.reviews` does what follows."""
from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from models.post import About
from models.reach import Reach
from moderation.health_words import HEALTH_WORDS
from moderation.person_words import PERSON_WORDS

#: About whom a message is that the team may have to read first.
MAY_WAIT = (About.SOMEONE_ELSE, About.UNSAID)
FOUND_LIMIT = 10  # words that are named
WORD_LIMIT_CHARACTERS = 40
WORDS_LIMIT = 300  # of one language
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a message says, and about whom its writer says it is. `agrees`: that person has said yes, says the writer."""

    about: About
    agrees: bool
    reach: Reach
    texts: Sequence[str]


@dataclass(frozen=True, slots=True)
class Rule:
    """What the host has set."""

    is_on: bool
    words: tuple[str, ...]


def rule_of(is_on: bool, words: Mapping[str, Sequence[str]] | None) -> Rule:
    """The rule out of the columns of the community; ours where the host has written no words."""
    by_language = HEALTH_WORDS if words is None else words
    return Rule(is_on, tuple(word for language in sorted(by_language) for word in by_language[language]))


def words_to_read(asked: Asked, rule: Rule) -> tuple[str, ...]:
    """The words of health for which the team has to read this message first; nothing when it may go.

    Only what is about somebody else who has not agreed: as its writer says, or, where nobody asked them (apps that know no such
    question), as its words do. A note to oneself and a message to a circle go: that the team read what was written to named
    people would take more than it protects.
    """
    if not rule.is_on or asked.agrees or asked.reach.level < Reach.COMMUNITY.level:
        return ()
    if asked.about is About.UNSAID and not found_in(asked.texts, PERSON_WORDS) or asked.about not in MAY_WAIT:
        return ()
    return found_in(asked.texts, rule.words)


def found_in(texts: Iterable[str], words: tuple[str, ...]) -> tuple[str, ...]:
    """Those of the words that stand in these texts, compared without case and accents, and named as they are written there."""
    if not words:
        return ()
    told = [unicodedata.normalize("NFC", text).lower() for text in texts]
    found = dict.fromkeys(match.group(0) for match in _pattern(words).finditer(" ".join(_plain(text) for text in told)))
    if not found:
        return ()
    written = {_plain(word): word for text in told for word in _WORD.findall(text)}
    return tuple(_WORD.sub(lambda word: written.get(word.group(0), word.group(0)), one) for one in list(found)[:FOUND_LIMIT])


def cleaned(lines: Iterable[str]) -> list[str]:
    """Words as a host has typed them, one a line, without those that say nothing."""
    kept = (" ".join(line.split())[:WORD_LIMIT_CHARACTERS] for line in lines)
    return list(dict.fromkeys(word for word in kept if _plain(word).strip("* ")))[:WORDS_LIMIT]


@lru_cache(maxsize=4)
def _pattern(words: tuple[str, ...]) -> re.Pattern[str]:
    parts = (re.escape(_plain(word).rstrip("*")) + (r"\w*" if word.endswith("*") else "") for word in words)
    return re.compile(r"\b(?:" + "|".join(sorted(parts, key=len, reverse=True)) + r")\b")


def _plain(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return " ".join("".join(letter for letter in decomposed if not unicodedata.combining(letter)).split())
