"""Which conditions a community is for."""
from __future__ import annotations

import asyncio
from collections.abc import Sequence

from models import Community
from models.catalogue.catalogue import Catalogue
from models.errors import CommunityError

CONDITIONS_LIMIT = 50
TREATMENTS_LIMIT = 100
TREATMENT_CHARACTERS = 100


class UnknownCondition(CommunityError):
    """A code that the catalogue does not know, or that is used no more."""

    status = 422
    safe = "error.unknown_condition"


class TooMany(CommunityError):
    """More than a community can be for, or can offer."""

    status = 422
    safe = "error.too_many_conditions"


async def change(community: Community, catalogue: Catalogue, conditions: Sequence[str],
                 treatments: Sequence[str] | None) -> list[str]:
    """Write down the conditions, as codes of today, which are returned; and the treatments, None for as they are.

    Raises UnknownCondition, TooMany.
    """
    if len(conditions) > CONDITIONS_LIMIT or len(treatments or ()) > TREATMENTS_LIMIT or any(
            len(one) > TREATMENT_CHARACTERS for one in treatments or ()):
        raise TooMany("conditions")
    codes = []
    for code in conditions:
        today = await asyncio.to_thread(catalogue.current, code) if code.startswith("ORPHA:") else ""
        if not today:
            raise UnknownCondition(code)
        codes.append(today)
    codes = list(dict.fromkeys(codes))
    columns = {"conditions": codes} if treatments is None else {"conditions": codes, "treatments": list(treatments)}
    await community.change(**columns)
    return codes
