"""Relationship (docs.joinmastodon.org/entities/Relationship): how a member stands with people. Nobody else is told.

Whether somebody blocks the member is not told to the member: they are not there, as on the pages.
"""
from __future__ import annotations

from collections.abc import Sequence
from typing import TypedDict

from models import Actor, Block, Follow, HostBlock, Mute, Remark
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
    """How a member stands with these people (actor ids), in their order; six queries, or seven."""
    asked = {row.target_id: row for row in await Follow.filter(follower=me, target_id__in=ids)}
    asking = {row.follower_id: row for row in await Follow.filter(target=me, follower_id__in=ids)}
    blocked = {row.target_id for row in await Block.filter(blocker=me, target_id__in=ids)}
    muted = {row.target_id: row for row in await Mute.filter(owner=me, target_id__in=ids)}
    remarks = {row.target_id: row.text for row in await Remark.filter(owner=me, target_id__in=ids)}
    shut = await _of_blocked_hosts(me, ids)
    return [_relationship(id_, asked.get(id_), asking.get(id_), id_ in blocked, muted.get(id_), remarks.get(id_, ""), id_ in shut)
            for id_ in ids]


async def _of_blocked_hosts(me: Actor, ids: Sequence[int]) -> set[int]:
    """Those whose server the member blocks."""
    hosts = await HostBlock.of(me.id)
    return {actor.id for actor in await Actor.filter(Actor.of_servers(*hosts), id__in=ids).only("id")} if hosts else set()


def _relationship(id_: int, asked: Follow | None, asking: Follow | None, is_blocked: bool, mute: Mute | None,
                  remark: str, is_host_blocked: bool) -> Relationship:
    following = asked is not None and asked.accepted_at is not None
    languages = asked.languages.strip(",").split(",") if asked and asked.languages else None
    return {
        "id": str(id_), "following": following, "showing_reblogs": asked is not None and asked.shows_announces,
        "notifying": asked is not None and asked.tells_posts, "languages": languages,
        "followed_by": asking is not None and asking.accepted_at is not None, "blocking": is_blocked, "blocked_by": False,
        "muting": mute is not None, "muting_notifications": mute is not None and mute.hides_notices,
        "muting_expires_at": instant_or_none(mute.ends_at) if mute else None,
        "requested": asked is not None and asked.accepted_at is None,
        "requested_by": asking is not None and asking.accepted_at is None, "domain_blocking": is_host_blocked,
        "endorsed": False, "note": remark}
