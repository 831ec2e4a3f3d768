"""What the team may want to know of somebody who asks to join. It stands beside the request, and refuses nobody."""
from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from moderation.signals import payments, throwaway_hosts
from moderation.signals.facts import Facts
from moderation.signals.reading import plain

MANY_IN_AN_HOUR = 5
_SELLING = (r"\b(?:promo\w*|partenariat|partnership|visibilite|backlinks?|seo|marketing|publicite|advert\w*|sponsor\w*|"
            r"affili\w*|agence|agency|clients?|"
            r"customers?|sales|ventes?|vendre|vends|sell(?:ing)?|produits?|products?|boutique|shop|store|leads?|coaching|"
            r"crypto\w*|casino|"
            r"business|opportunit\w*|revenus?|income|earn|influence\w*|market research|etude de marche|recruter|recruit\w*)\b")
_LINK = re.compile(r"https?:|www\.|\b[a-z0-9-]{2,}\.(?:com|net|org|shop|store|info|biz|io|co|fr|eu|online|site|xyz|top|click|"
                   r"link)\b")


class Clue(StrEnum):
    """One thing that is worth a second look."""

    THROWAWAY = "throwaway"  # an address of a mailbox that is gone in an hour
    BARRED = "barred"  # the mailbox of somebody who was banned
    MANY = "many"  # many asked within this hour
    LINK = "link"  # the answer holds an address of the web
    SELLING = "selling"  # the answer speaks of selling something


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """Somebody who asks to join. `within_an_hour`: how many asked in the hour around them, themselves too."""

    email: str
    answer: str
    within_an_hour: int = 1
    is_barred: bool = False


def clues(asking: Asking) -> tuple[Clue, ...]:
    """What there is to know, in one order."""
    text, host = plain(asking.answer), asking.email.lower().rpartition("@")[2]
    found = {
        Clue.BARRED: asking.is_barred,
        Clue.THROWAWAY: any(host == one or host.endswith(f".{one}") for one in throwaway_hosts.HOSTS),
        Clue.LINK: bool(_LINK.search(text)),
        Clue.SELLING: bool(_selling().search(text)) or payments.look(Facts(texts=(asking.answer,))) is not None,
        Clue.MANY: asking.within_an_hour >= MANY_IN_AN_HOUR,
    }
    return tuple(clue for clue, is_so in found.items() if is_so)


@lru_cache(maxsize=1)
def _selling() -> re.Pattern[str]:
    return re.compile(_SELLING)
