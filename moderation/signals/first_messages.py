"""The first messages of somebody whom nobody knows yet (health.md feature 54)."""
from __future__ import annotations

from models.signal import Consequence
from moderation.signals.facts import Facts, Finding


def look(facts: Facts) -> Finding | None:
    """Holds them until the team has let enough of them go. Names no words: it is not about what was written."""
    waits = facts.is_newcomer and not facts.is_profile and facts.let_go_count < facts.first_held
    return Finding(Consequence.HOLD) if waits else None
