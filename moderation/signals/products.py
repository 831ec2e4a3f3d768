"""Names of companies and products that the host watches (health.md §5: drug promotion). None until a host writes some."""
from __future__ import annotations

import re
from functools import lru_cache

from models.signal import Consequence
from moderation.reviews import found_in
from moderation.signals.facts import Facts, Finding
from moderation.signals.reading import joined

#: A name beside one of these sells something.
_SELLING = (r"\b(?:achet\w+|commande\w*|promo\w*|reduction|remise|offre|gratuit\w*|livraison|boutique|parrainage|"
            r"echantillons?|essai gratuit|meilleur|"
            r"buy|order|discount|coupon|voucher|free (?:sample|trial|shipping)|shop|deal|sale|best|ambassad\w+|partenariat|"
            r"sponsor\w*|www\.|https?:)")


@lru_cache(maxsize=1)
def _selling() -> re.Pattern[str]:
    return re.compile(_SELLING)


def look(facts: Facts) -> Finding | None:
    """Holds what a newcomer writes, and what sells; else the team is told: people name their own treatment."""
    if not facts.watched:
        return None
    text = facts.plain
    if not (found := found_in([joined(text)], facts.watched)):
        return None
    holds = not facts.is_profile and (facts.is_newcomer or bool(_selling().search(text)))
    return Finding(Consequence.HOLD if holds else Consequence.TELL, found)
