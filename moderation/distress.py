"""Words of distress: does somebody write that they think of dying, or of hurting themselves? Pure, French and English.

What follows is soft: a card with lines to call for the writer, and for the team a case where the message is for the community
(`server.actions.crisis`). Nothing is held and nobody else sees a mark. So a false alarm costs little, but not nothing: people who
mourn, or are ill to death, must be able to say so without being handed a number each time. `distress.csv` holds sentences of both
kinds, and `dazzle crisis check` says how well they are told apart.

A sentence counts when a phrase stands in it and nothing takes it back: a negation, laughter, years that have passed, somebody
else who says it, a wish to die at home. Phrases see lower case, no accents, straight apostrophes.
"""
from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from moderation.distress_phrases import ENGLISH, FRENCH, NOT_MEANT, WIDE

TEXT_LIMIT_CHARACTERS = 6000  # more than a message can hold

_FOUND = re.compile("|".join((*FRENCH, *ENGLISH, *WIDE)))
_NOT_MEANT = re.compile("|".join(NOT_MEANT))
#: How people type in a hurry.
_MEANT = {"jai": "j'ai", "jen": "j'en", "jme": "je me", "jveux": "je veux", "veu": "veux", "peu plus": "peux plus",
          "wanna": "want to", "gonna": "going to", "im": "i'm", "ive": "i've", "dont": "don't", "cant": "can't", "wont": "won't",
          "isnt": "isn't", "tt": "tout"}
_HASTY = re.compile(r"\b(?:" + "|".join(_MEANT) + r")\b")
_SENTENCE = re.compile(r"[.!?;\n]+")
_QUOTED_LINE = re.compile(r"(?m)^\s*>.*$")
_SAID = re.compile(r"\b(?:disait|repetait|m'a dit|ecrivait|chante|chantait|used to say|told me|wrote|sings)\b")
_IN_QUOTES = re.compile(r"[\"«“][^\"»”]*[\"»”]")
_APOSTROPHES = str.maketrans({"\u2019": "'", "\u2018": "'", "\u02bc": "'", "`": "'", "\u2013": "-", "\u2011": "-", "\u00a0": " ",
                              "\u202f": " ", "\u0153": "oe"})


def speaks_of_danger(texts: Iterable[str]) -> bool:
    """Whether somebody writes, in one of these texts, of wanting to die or to hurt themselves, or that somebody near them
    does.
    """
    return any(_in_sentence(sentence) for text in texts for sentence in _sentences(text[:TEXT_LIMIT_CHARACTERS]))


def _sentences(text: str) -> list[str]:
    """The sentences that are the writer's own, as the patterns see them."""
    return [" ".join(one.split()) for one in _SENTENCE.split(_plain(_QUOTED_LINE.sub(" ", text)))]


def _in_sentence(sentence: str) -> bool:
    if _SAID.search(sentence):
        sentence = _IN_QUOTES.sub(" ", sentence)
    return bool(_FOUND.search(sentence)) and not _NOT_MEANT.search(sentence)


def _plain(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.casefold().translate(_APOSTROPHES))
    plain = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    return _HASTY.sub(lambda typed: _MEANT[typed.group(0)], plain)
