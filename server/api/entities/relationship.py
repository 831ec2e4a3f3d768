"""Relationship (docs.joinmastodon.org/entities/Relationship): how a member stands with people. Nobody else is told.

Whether somebody blocks the member is not told to the member: they are not there, as on the pages.
"""
from __future__ import annotations

from collections.abc import Sequence
from typing import TypedDict

from models import Actor, Block, Follow, Mute, Remark
from server.api.answers import instant_or_none


class Relationship(TypedDict):
    """A member and one other person."""

    id: str
    following: bool
    showing_reblogs: bool
    notifying: bool
    languages: list[str] | None
    followed_by: bool
    blocking: bool
    blocked_by: bool
    muting: bool
    muting_notifications: bool
    muting_expires_at: str | None
    requested: bool
    requested_by: bool
    domain_blocking: bool
    endorsed: bool
    note: str


async def relationships_of(me: Actor, ids: Sequence[int]) -> list[Relationship]:
    """How a member stands with these people (actor ids), in their order; five queries."""
    asked = {row.target_id: row for row in await Follow.filter(follower=me, target_id__in=ids)}
    asking = {row.follower_id: row for row in await Follow.filter(target=me, follower_id__in=ids)}
    blocked = {row.target_id for row in await Block.filter(blocker=me, target_id__in=ids)}
    muted = {row.target_id: row for row in await Mute.filter(owner=me, target_id__in=ids)}
    remarks = {row.target_id: row.text for row in await Remark.filter(owner=me, target_id__in=ids)}
    return [_relationship(id_, asked.get(id_), asking.get(id_), id_ in blocked, muted.get(id_), remarks.get(id_, ""))
            for id_ in ids]


def _relationship(id_: int, asked: Follow | None, asking: Follow | None, is_blocked: bool, mute: Mute | None,
                  remark: str) -> Relationship:
    following = asked is not None and asked.accepted_at is not None
    return {
        "id": str(id_), "following": following, "showing_reblogs": following, "notifying": False, "languages": None,
        "followed_by": asking is not None and asking.accepted_at is not None, "blocking": is_blocked, "blocked_by": False,
        "muting": mute is not None, "muting_notifications": mute is not None and mute.hides_notices,
        "muting_expires_at": instant_or_none(mute.ends_at) if mute else None,
        "requested": asked is not None and asked.accepted_at is None,
        "requested_by": asking is not None and asking.accepted_at is None, "domain_blocking": False, "endorsed": False,
        "note": remark}
