"""Who a visitor of the demo can be: a member, a moderator and a host of each community, with a way in."""
from __future__ import annotations

from typing import Any

from models import Community, Member
from models.member import LinkPurpose, MemberState, Role
from server.actions import links
from server.commands.output import Failed
from server.demo.desk import Desk

#: One for all, and no secret: everybody in the demo is invented, and it listens to this computer only.
PASSWORD = "tisane-orage-tandem-radis"  # noqa: S105
LINK_SECONDS = 30 * links.DAY_SECONDS
ROLES = (Role.MEMBER, Role.MODERATOR, Role.HOST)
#: Of the members, the one with the most to see comes first in the story's follows.
GUESTS = {"first": "camille", "second": "nora"}


async def describe(desk: Desk, side: str) -> dict[str, Any]:
    """One community for `info.json`, with new links: a link signs in once, so every start of the demo makes them anew."""
    community = await Community.current()
    info: dict[str, Any] = {"name": community.name, "origin": desk.settings.origin}
    for role in ROLES:
        member = await _guest(role, GUESTS[side])
        token = await links.make(LinkPurpose.SIGN_IN, LINK_SECONDS, member)
        info[str(role)] = {"name": member.actor.name, "nickname": member.actor.shown_name,
                           "address": f"@{member.actor.name}@{desk.settings.host}",
                           "link": f"{desk.settings.origin}/signin/link/{token}"}
    return info


async def _guest(role: Role, name: str) -> Member:
    found = Member.filter(role=role, state=MemberState.ACTIVE).order_by("id").select_related("actor")
    if member := await (found.filter(actor__name=name) if role is Role.MEMBER else found).first():
        return member
    raise Failed(f"The demo has no {role}; start it anew with --fresh.")
