"""What the values of a profile's lines may be: one list of words for each, years, codes of catalogues, and how many."""
from __future__ import annotations

import re
from collections.abc import Mapping

from models.profile import ProfileLine

ROLES = ("living", "carer", "relative", "looking", "bereaved", "professional", "researcher")
#: Ten years each, so that nobody's age is told (health.md §3.4, R6). Under 18 nothing is told.
AGES = ("18-29", "30-39", "40-49", "50-59", "60-69", "70-79", "80+")
FIRST_YEAR = 1900
#: How many values a line can hold.
LIMITS: Mapping[ProfileLine, int] = {line: 1 for line in ProfileLine} | {
    ProfileLine.CONDITION: 5, ProfileLine.SIGNS: 20, ProfileLine.LANGUAGES: 8, ProfileLine.TREATMENTS: 10, ProfileLine.ASK_ME: 8}
#: Lines that take words of the member's own, beside or instead of a code.
FREE = frozenset({ProfileLine.ROLE, ProfileLine.CONDITION, ProfileLine.SIGNS, ProfileLine.GENE, ProfileLine.TREATMENTS,
                  ProfileLine.ASK_ME})
_SHAPES: Mapping[ProfileLine, re.Pattern[str]] = {
    ProfileLine.CONDITION: re.compile(r"ORPHA:[1-9]\d{0,6}"), ProfileLine.SIGNS: re.compile(r"HP:\d{7}"),
    ProfileLine.PLACE: re.compile(r"[A-Z]{2}"), ProfileLine.LANGUAGES: re.compile(r"[a-z]{2,3}"),
    ProfileLine.ROLE: re.compile("|".join(ROLES)), ProfileLine.AGE: re.compile("|".join(map(re.escape, AGES))),
    ProfileLine.FIRST_SIGNS: re.compile(r"(?:19|2\d)\d\d"), ProfileLine.DIAGNOSED: re.compile(r"(?:19|2\d)\d\d")}


def is_code(line: ProfileLine, code: str, year: int) -> bool:
    """Whether a line can hold this code; `year` is this one. Whether a catalogue knows it is another question."""
    shape = _SHAPES.get(line)
    if shape is None or not shape.fullmatch(code):
        return False
    return line not in (ProfileLine.FIRST_SIGNS, ProfileLine.DIAGNOSED) or FIRST_YEAR <= int(code) <= year
