"""What changed between two versions of a text, word by word, for people to read."""
from __future__ import annotations

from dataclasses import dataclass
from difflib import SequenceMatcher


@dataclass(frozen=True, slots=True)
class Part:
    """Some words. `kind`: "" (in both), "new" or "gone"."""

    kind: str
    text: str


def between(old: str, new: str) -> tuple[Part, ...]:
    """Both texts at once: what stayed, what is new, what is gone, in the order of reading."""
    before, after = old.split(), new.split()
    parts: list[Part] = []
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag == "equal":
            parts.append(Part("", " ".join(after[j1:j2])))
            continue
        if i2 > i1:
            parts.append(Part("gone", " ".join(before[i1:i2])))
        if j2 > j1:
            parts.append(Part("new", " ".join(after[j1:j2])))
    return tuple(parts)
