"""Messages by the conversation that they belong to."""
from __future__ import annotations

from dataclasses import dataclass

from tortoise.expressions import Q
from tortoise.functions import Max, Min

from models.post import Post


@dataclass(frozen=True, slots=True)
class Strand:
    """A conversation (as in Post), and its first and newest message among those that were asked about."""

    conversation: str
    first_id: int
    last_id: int


async def strands(condition: Q, *, before: int, after: int = 0, upwards: bool = False, size: int = 20) -> list[Strand]:
    """The conversations of the posts that meet a condition, by their newest message: the newest `size` between two ids, or,
    `upwards`, those next above `after`. Newest first.
    """
    grouped = Post.filter(condition).annotate(first_id=Min("id"), last_id=Max("id")).group_by("conversation")
    between = grouped.filter(last_id__lt=before, last_id__gt=after)
    found = await between.order_by("last_id" if upwards else "-last_id").limit(size).values("conversation", "first_id", "last_id")
    strands_ = [Strand(str(one["conversation"]), int(one["first_id"]), int(one["last_id"])) for one in found]
    return strands_[::-1] if upwards else strands_
