"""A text as its reader understands it, whatever was done to hide words from a machine.

Zero-width letters, full-width and mathematical letters (Unicode TR 36), letters of other scripts that look like Latin ones
(TR 39), accents, marks of Markdown and entities of HTML are taken away. What this gives is compared, never shown.
"""
from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from html import unescape

LIMIT_CHARACTERS = 20_000
#: Cyrillic, Greek and other letters drawn like a Latin one (the part of TR 39's confusables that a keyboard writes).
_ALIKE = str.maketrans(
    "абвгеікмнорстухјѕԁԛԝһӏ" "οανερτυχκιηω" "ᴀɡı",
    "abbreikmhopctyxjsdqwhl" "oaveptuxkihw" "agi")
_MARKS = re.compile(r"[*_~`|\\]+")
_LINK = re.compile(r"\]\(\s*<?")
_NOT_LETTERS = re.compile(r"[^a-z0-9]+")
_SPACED = re.compile(r"(?<![^\W_])(?:[^\W_][ .\-·•/]{1,3}){3,}[^\W_](?![^\W_])")
#: Digits and signs that are written for letters.
_LEET = str.maketrans({"0": "o", "1": "i", "3": "e", "4": "a", "5": "s", "7": "t", "@": "a", "$": "s", "!": "i", "€": "e"})


def plain(text: str) -> str:
    """A text in small Latin letters without accents, marks and hidden characters; lines stay lines, and what is between words
    is one space: rules look for words apart, and 20,000 spaces in a row took one of them ten seconds.
    """
    text = text[:LIMIT_CHARACTERS]
    if "&" in text:
        text = unescape(text)
    if not text.isascii():
        text = _latin(text)
    else:
        text = text.lower()
    text = _LINK.sub(" ", text)
    lines = (" ".join(line.split()) for line in _MARKS.sub("", text).split("\n"))
    return "\n".join(filter(None, lines))


def squeezed(text: str) -> str:
    """Letters and digits alone, with signs that stand for letters read as those: in it, a split word is whole."""
    return _NOT_LETTERS.sub("", text.translate(_LEET))


def joined(text: str) -> str:
    """Words that were spelled with a space or dot between letters, written together: "p a y p a l" is "paypal"."""
    return _SPACED.sub(lambda match: _NOT_LETTERS.sub("", match.group(0)), text)


def _latin(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text).casefold()[:LIMIT_CHARACTERS]  # one letter can become eighteen
    kept = "".join(map(_letter, decomposed))
    return kept.translate(_ALIKE)


@lru_cache(maxsize=2048)
def _letter(letter: str) -> str:
    """Nothing of a mark or of what cannot be seen; one kind of quote, dash and space."""
    if letter.isascii():
        return letter
    if letter in "’‘ʼ`´":
        return "'"
    kind = unicodedata.category(letter)
    if kind in ("Mn", "Me", "Cf", "Cc", "Co", "Cn") or letter in "\u115f\u1160\u3164\uffa0":
        return ""
    if kind == "Pd":
        return "-"
    return " " if kind.startswith("Z") else {"œ": "oe", "æ": "ae", "ø": "o", "ł": "l", "đ": "d"}.get(letter, letter)
