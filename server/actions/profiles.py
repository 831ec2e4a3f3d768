"""What members say about themselves, and how they want to be read."""
from __future__ import annotations

from dataclasses import dataclass

from federation import outbox, stamps
from models import Actor, Community, Member, Mute
from models import Block as BlockRow
from models.consent import Purpose
from models.database import in_transaction
from models.reach import Reach
from models.stamp import StampKind
from moderation import consent
from server import markdown
from server.actions import consents, sharing

NAME_LIMIT = 60  # characters
ABOUT_LIMIT = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """What the page holds. `about` is Markdown; `writes_in` the language of one's messages."""

    display_name: str
    about: str
    writes_in: str
    approves_followers: bool
    found_here: bool | None  # C3; None: as it is


async def change(member: Member, profile: Profile, language: str, community: Community, origin: str) -> None:
    """Save a profile; servers that know this member are told, as long as C5 is in force."""
    html = markdown.render(profile.about, {}, origin).html
    actor = member.actor
    async with in_transaction():
        member.about = profile.about
        await member.save(update_fields=["about"])
        if profile.found_here is not None:
            await consents.set_to(actor, Purpose.FOUND_HERE, profile.found_here, language, community)
        await actor.change(display_name=profile.display_name, summary=html, language=profile.writes_in,
                           approves_followers=profile.approves_followers)
        if not await sharing.show_as_agreed(actor) and await consent.may_leave(actor.id):
            await outbox.update_actor(actor)


async def choose_audience(member: Member, reach: Reach, undo_seconds: int) -> None:
    """What new messages start with, and how long they can be taken back."""
    member.default_reach, member.undo_seconds = reach, undo_seconds
    await member.save(update_fields=["default_reach", "undo_seconds"])


async def allow_quotes(actor: Actor, wanted: bool) -> None:
    """Whether others may quote what this member writes for the whole web. After a no, what was allowed is taken back."""
    if actor.allows_quotes == wanted:
        return
    async with in_transaction():
        await actor.change(allows_quotes=wanted)
        if not wanted:
            await stamps.withdraw_all(actor, kind=StampKind.QUOTE)


async def kept_away(member: Member) -> tuple[list[BlockRow], list[Mute]]:
    """Whom this member blocks and mutes, newest first, with the actors; at most 200 each."""
    blocks = await BlockRow.filter(blocker_id=member.actor_id).select_related("target").order_by("-id").limit(200)
    mutes = await Mute.filter(owner_id=member.actor_id).select_related("target").order_by("-id").limit(200)
    return blocks, mutes
