"""From which age somebody agrees themselves, by country, and what follows when they reach it. Pure decisions.

The ages of digital consent (GDPR article 8) as health.md §3.1 lists them; a host may correct them (`Community.ages`). Only the
year of birth is known, so an age counts once it is reached for sure: on the first day of the year after.
"""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from models.consent import Purpose

AGES: Mapping[str, int] = (
    dict.fromkeys(("BE", "DK", "EE", "FI", "LV", "MT", "PT", "SE", "GB"), 13)
    | dict.fromkeys(("AT", "BG", "CY", "ES", "IT", "LT"), 14)
    | dict.fromkeys(("CZ", "FR", "GR", "SI"), 15)
    | dict.fromkeys(("DE", "HR", "HU", "IE", "LU", "NL", "PL", "RO", "SK"), 16))
OTHERWISE = 16  # where no law is known: the highest that the GDPR lets a country choose
ADULT = 18
LEAST, MOST = 10, 18  # what a host can write
#: Below the age, the child and a parent agree jointly, however young the child is (French law 78-17, article 45).
JOINTLY = frozenset({"FR"})
AT_NATIONAL_AGE = frozenset({
    Purpose.MEMBERSHIP, Purpose.HEALTH_PROFILE, Purpose.FIELD, Purpose.FOUND_HERE, Purpose.FOUND_BY_PARTNERS, Purpose.SHARED_OUT,
    Purpose.MAP, Purpose.MENTOR, Purpose.SEARCH_ENGINES, Purpose.CONTENT_IN_MAIL, Purpose.DIRECTORY, Purpose.MEMORIAL})
AT_18 = frozenset(Purpose) - AT_NATIONAL_AGE  # research, statistics, industry, pictures, genes


@dataclass(frozen=True, slots=True)
class Young:
    """What is known of the age of somebody who does not act for themselves."""

    birth_year: int | None
    country: str  # ISO 3166-1 alpha-2


def age_of(young: Young, today: date) -> int | None:
    """The age that they have for sure; None where the year is not known."""
    return None if young.birth_year is None else max(0, today.year - young.birth_year - 1)


def agrees_from(country: str, ages: Mapping[str, int] | None) -> int:
    """The age from which somebody of this country agrees themselves."""
    return (AGES if ages is None else ages).get(country, OTHERWISE)


def has_grown_up(young: Young, ages: Mapping[str, int] | None, today: date) -> bool:
    """Whether what was agreed for them now needs their own word."""
    age = age_of(young, today)
    return age is not None and age >= agrees_from(young.country, ages)


def is_adult(young: Young, today: date) -> bool:
    """Whether they are 18 for sure."""
    age = age_of(young, today)
    return age is not None and age >= ADULT


def is_asked_too(young: Young, assent_age: int, today: date) -> bool:
    """Whether a guardian's yes needs the child's own (assent): from the host's age on, in some countries always. The year in
    which they reach it counts, as asking too early does no harm.
    """
    if young.birth_year is None:
        return False
    return young.country in JOINTLY or today.year - young.birth_year >= assent_age


def read_table(text: str) -> tuple[dict[str, int], list[str]]:
    """A host's table, "FR 15" a line: the ages, and the lines that say none."""
    table: dict[str, int] = {}
    wrong: list[str] = []
    for line in (line.strip() for line in text.split("\n")[:300]):
        country, _, age = line.partition(" ")
        if len(country) == 2 and country.isascii() and country.isalpha() and age.strip().isascii() and age.strip().isdecimal() \
                and LEAST <= int(age.strip()[:3]) <= MOST:
            table[country.upper()] = int(age.strip()[:3])
        elif line:
            wrong.append(line[:40])
    return table, wrong
