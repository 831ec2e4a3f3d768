"""Names of servers that look like others: for a person who decides about a stranger, and never decided on by machine.

A small part of what Unicode TS #39 describes: names are brought to a skeleton, in which letters that look alike are one letter,
for the scripts that are mixed most (Latin, Cyrillic, Greek, Armenian) and for digits. Besides, a name with one letter more, less
or other, or two changed round, is near, and so is the same name under another ending. What it does not know, it does not see.
"""
from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

SHORT_SUFFIX_CHARACTERS = 3  # "co", "com", "org", "gov" before a country
NEAR_FROM_CHARACTERS = 5  # shorter names are near to too many

#: Letters of other scripts, and digits, by the Latin letter that they look like (from confusables.txt, Unicode 16).
ALIKE = str.maketrans({
    "а": "a", "ɑ": "a", "α": "a", "в": "b", "ь": "b", "с": "c", "ϲ": "c", "ԁ": "d", "е": "e", "ҽ": "e", "ε": "e", "ɡ": "g",
    "һ": "h", "հ": "h", "н": "h", "і": "l", "ι": "l", "ı": "l", "i": "l", "ӏ": "l", "1": "l", "|": "l", "ј": "j", "κ": "k",
    "к": "k", "м": "m", "п": "n", "ո": "n", "η": "n", "о": "o", "ο": "o", "օ": "o", "σ": "o", "0": "o", "р": "p", "ρ": "p",
    "ԛ": "q", "զ": "q", "г": "r", "ѕ": "s", "5": "s", "т": "t", "τ": "t", "υ": "u", "ս": "u", "ν": "v", "ѵ": "v", "ѡ": "w",
    "ω": "w", "ԝ": "w", "х": "x", "χ": "x", "у": "y", "γ": "y", "3": "e", "4": "a", "-": "", "_": "",
})
TOGETHER = (("rn", "m"), ("vv", "w"), ("cl", "d"))


class Likeness(StrEnum):
    """In what a name is like another one."""

    LOOK = "look"
    ENDING = "ending"
    NEAR = "near"


@dataclass(frozen=True, slots=True)
class Alike:
    """A name that we know and that another one is like."""

    name: str
    how: Likeness


def registrable(host: str) -> str:
    """The part of a host name that somebody had to register, near enough for a limit: "a.b.example.co.uk" -> "example.co.uk"."""
    labels = host.split(".")
    has_short_second = len(labels) > 2 and len(labels[-2]) <= SHORT_SUFFIX_CHARACTERS
    return ".".join(labels[-3:] if has_short_second else labels[-2:])


def skeleton(name: str) -> str:
    """A name in which letters that look alike are one letter. Two names with one skeleton can be taken for each other."""
    plain = name.lower()
    if "xn--" in plain:
        plain = ".".join(map(_readable, plain.split(".")))
    if not plain.isascii():
        plain = "".join(letter for letter in unicodedata.normalize("NFKD", plain) if not unicodedata.combining(letter))
    plain = plain.translate(ALIKE)
    for two, one in TOGETHER:
        plain = plain.replace(two, one)
    return plain


def alike(names: Iterable[str], known: Iterable[str]) -> dict[str, list[Alike]]:
    """Which of the names that we know somebody could take each of these for. Its own name and domains above and below are left
    out. Of thousands of known names, some tenths of a second.
    """
    found: dict[str, list[Alike]] = {name: [] for name in names}
    parts = {name: _Parts.of(name) for name in found}
    for other in known:
        theirs = _Parts.of(other)
        for name, mine in parts.items():
            if other == name or name.endswith(f".{other}") or other.endswith(f".{name}"):
                continue
            if how := mine.like(theirs):
                found[name].append(Alike(other, how))
    return found


@dataclass(frozen=True, slots=True)
class _Parts:
    """A name's skeleton, the part that somebody registered with its skeleton, and that of the word that they chose."""

    whole: str
    owned: str
    owned_look: str
    word: str

    @classmethod
    def of(cls, name: str) -> _Parts:
        owned = registrable(name)
        look = skeleton(owned)
        return cls(skeleton(name), owned, look, look.partition(".")[0])

    def like(self, other: _Parts) -> Likeness | None:
        if self.whole == other.whole:
            return Likeness.LOOK
        if self.owned == other.owned:
            return None  # two servers of one owner
        if self.owned_look == other.owned_look:
            return Likeness.LOOK
        if min(len(self.word), len(other.word)) < NEAR_FROM_CHARACTERS:
            return None
        if self.word == other.word:
            return Likeness.ENDING
        return Likeness.NEAR if _is_near(self.word, other.word) else None


def _readable(label: str) -> str:
    """A label as people see it: "xn--bcher-kva" -> "bücher"."""
    if not label.startswith("xn--"):
        return label
    try:
        return label.encode("ascii").decode("idna")
    except UnicodeError:
        return label


def _is_near(one: str, other: str) -> bool:
    """One letter more, less or other, or two neighbours changed round."""
    if abs(len(one) - len(other)) > 1:
        return False
    pairs = enumerate(zip(one, other, strict=False))
    start = next((at for at, (left, right) in pairs if left != right), min(len(one), len(other)))
    left, right = one[start:], other[start:]
    swapped = len(left) == len(right) > 1 and left[:2] == right[1::-1] and left[2:] == right[2:]
    return swapped or left[1:] == right[1:] or left[1:] == right or left == right[1:]
