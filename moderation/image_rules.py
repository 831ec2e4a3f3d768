"""Which messages with pictures the team looks at first: what the host has chosen, over what the writer says. Pure."""
from __future__ import annotations

from dataclasses import dataclass

from models.case import Matter
from models.community import ImageReview
from models.review import ReviewCause
from models.signal import Consequence
from moderation.signals.facts import Finding, Signal


@dataclass(frozen=True, slots=True, kw_only=True)
class Pictures:
    """What a rule may know of the pictures of a message and of their writer. Nobody looks into the pictures themselves."""

    count: int = 0
    shows_body: bool = False  # somebody's body, or a patient, as the writer says
    is_doubted: bool = False  # the host's scanner was not sure, or did not answer
    by_professional: bool = False  # a health professional with a badge
    by_newcomer: bool = False


def findings(pictures: Pictures, wanted: ImageReview) -> tuple[tuple[Signal, Finding], ...]:
    """Why the team has to look first, as rules over words say it."""
    found = []
    if pictures.count and pictures.is_doubted:
        found.append((SCANNER, HELD))
    if pictures.count and is_to_be_seen(pictures, wanted):
        found.append((IMAGE, HELD))
    return tuple(found)


def is_to_be_seen(pictures: Pictures, wanted: ImageReview) -> bool:
    """Whether the host wants such pictures looked at; each choice but NEVER holds what BODIES does."""
    if wanted is ImageReview.NEVER:
        return False
    more = {ImageReview.CASES: pictures.by_professional, ImageReview.NEWCOMERS: pictures.by_newcomer, ImageReview.ALL: True}
    return pictures.shows_body or more.get(wanted, False)


HELD = Finding(Consequence.HOLD)
#: Not among the rules over words, which see no pictures, and are not switched with them.
IMAGE = Signal("image", Matter.PRIVACY, ReviewCause.IMAGE, lambda _facts: None)
SCANNER = Signal("scanner", Matter.OTHER, ReviewCause.SCANNER, lambda _facts: None)
