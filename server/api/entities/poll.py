"""Poll (docs.joinmastodon.org/entities/Poll): a question with answers to choose from.

What others chose is told once one has chosen, or it is over, and never of few people, as on the pages.
"""
from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TypedDict

from models import Poll as PollRow
from moderation import counts
from server.api.answers import instant_or_none
from server.api.entities.account import CustomEmoji


class PollOption(TypedDict):
    """One answer."""

    title: str
    votes_count: int | None


class Poll(TypedDict):
    """A question, for one reader."""

    id: str
    expires_at: str | None
    expired: bool
    multiple: bool
    votes_count: int
    voters_count: int | None
    options: list[PollOption]
    emojis: list[CustomEmoji]
    voted: bool
    own_votes: list[int]


def poll(row: PollRow, chosen: Collection[str], least: int, pictures: Sequence[CustomEmoji] = ()) -> Poll:
    """One question; `chosen`: the answers that the reader gave; `least`: numbers of fewer people are not told."""
    tells = row.is_closed or bool(chosen) and not row.hides_numbers
    told = counts.answers({one["name"]: one["count"] for one in row.options}, row.voters, row.is_multiple, least)
    options: list[PollOption] = [{"title": one["name"], "votes_count": told.rows[one["name"]] if tells else None}
                                 for one in row.options]
    return {"id": str(row.id), "expires_at": instant_or_none(row.closes_at), "expired": row.is_closed,
            "multiple": row.is_multiple,
            "votes_count": sum(one["votes_count"] or 0 for one in options), "voters_count": told.total if tells else None,
            "options": options, "emojis": list(pictures), "voted": bool(chosen),
            "own_votes": sorted(row.chosen(chosen))}
