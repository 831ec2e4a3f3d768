"""What newcomers are spared in their first weeks: grief, the end of life, pictures of surgery. Pure.

Who has just heard a diagnosis reads at night, and meets the worst first (health.md §2, §5). A member says otherwise with one box.
"""
from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from models.post import Note

HARD_NOTES = (Note.DEATH, Note.LOW_MOOD, Note.INVASIVE_CARE, Note.MEDICAL_IMAGE)
DAYS_LIMIT = 90
TAGS_LIMIT = 30
CHOICE = "spared"  # in Member.reading: "yes", "no", or nothing said


@dataclass(frozen=True, slots=True)
class Spared:
    """What is left out of a newcomer's lists, and until when."""

    notes: frozenset[str]
    tags: frozenset[str]  # lower case, without their sign
    until: datetime


def is_past(joined_at: datetime, now: datetime) -> bool:
    """Whether no community spares them any more, whatever it has set."""
    return joined_at < now - timedelta(days=DAYS_LIMIT)


def spared(joined_at: datetime, reading: Mapping[str, object], days: int, notes: Sequence[str] | None, tags: Sequence[str] | None,
           now: datetime) -> Spared | None:
    """What a member is spared now; None where nothing is. `days`, `notes`, `tags`: as the host set them (None: HARD_NOTES)."""
    until = joined_at + timedelta(days=min(days, DAYS_LIMIT))
    if until <= now or reading.get(CHOICE) == "no":
        return None
    return Spared(frozenset(HARD_NOTES if notes is None else notes), frozenset(tags or ()), until)


def cleaned(typed: Iterable[str]) -> list[str]:
    """Hashtags as a host has typed them, without their signs, each once."""
    kept = (word.strip().lstrip("#").lower()[:100] for word in typed)
    return list(dict.fromkeys(word for word in kept if word))[:TAGS_LIMIT]
