"""Numbers of registers of professionals: their form and their check digit, looked at without asking anybody.

A number that is well made is no proof: two people of the team compare it with the public register. A typing error, or a
number made up, is told at once.
"""
from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType

from models.badge import Evidence

NPI_PREFIX = "80840"  # of health cards of the United States, before the number (45 CFR 162.406; ISO/IEC 7812)
_SPACES = re.compile(r"[\s.-]+")
_ORCID_ADDRESS = re.compile(r"^https?://orcid\.org/", re.IGNORECASE)


def tidied(evidence: Evidence, typed: str) -> str:
    """A number without the spaces, dots and hyphens that people put into it."""
    return _SPACES.sub("", _ORCID_ADDRESS.sub("", typed.strip())).upper()


def is_well_made(evidence: Evidence, number: str) -> bool:
    """Whether a tidied number has the form and the check digit of its register. True where there is no number to look at."""
    check = CHECKS.get(evidence)
    return check is None or check(number)


def is_rpps(number: str) -> bool:
    """Eleven digits, the last of which is the Luhn key of the ten before (Annuaire Santé, Agence du numérique en santé)."""
    return bool(re.fullmatch(r"[0-9]{11}", number)) and luhn(number)


def is_npi(number: str) -> bool:
    """Ten digits, the first 1 or 2; with NPI_PREFIX before them they meet the formula of Luhn (CMS, NPI check digit)."""
    return bool(re.fullmatch(r"[12][0-9]{9}", number)) and luhn(NPI_PREFIX + number)


def is_orcid(number: str) -> bool:
    """Sixteen characters, the last a check by ISO 7064 MOD 11-2, where X stands for ten (ORCID, Structure of the identifier)."""
    if not re.fullmatch(r"[0-9]{15}[0-9X]", number):
        return False
    total = 0
    for digit in number[:15]:
        total = (total + int(digit)) * 2
    return "0123456789X"[(12 - total % 11) % 11] == number[15]


def luhn(digits: str) -> bool:
    """Whether digits meet the formula of Luhn (ISO/IEC 7812-1, annex B): every second from the right counts twice."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 + place % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


CHECKS: Mapping[Evidence, Callable[[str], bool]] = MappingProxyType(
    {Evidence.RPPS: is_rpps, Evidence.NPI: is_npi, Evidence.ORCID: is_orcid})
