"""About the health of somebody who has not agreed: `moderation.reviews` decides."""
from __future__ import annotations

from models.signal import Consequence
from moderation.reviews import Asked, words_to_read
from moderation.signals.facts import Facts, Finding


def look(facts: Facts) -> Finding | None:
    """Holds it."""
    if facts.is_profile:
        return None
    found = words_to_read(Asked(about=facts.about, agrees=facts.about_agrees, reach=facts.reach, texts=facts.texts), facts.others)
    return Finding(Consequence.HOLD, found) if found else None
