"""What members say about themselves, and how they want to be read."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from federation import outbox, stamps
from models import Actor, Community, Member, Mute
from models import Block as BlockRow
from models.consent import Purpose
from models.database import in_transaction
from models.reach import Reach
from models.stamp import StampKind
from moderation import consent, lines
from server.actions import consents, sharing, signals
from server.words import markdown

NAME_LIMIT = 60  # characters
ABOUT_LIMIT = 1000
LINE_NAME_LIMIT = 60
LINE_LIMIT = 200


@dataclass(frozen=True, slots=True)
class Line:
    """One more line of a profile: what it is about, and what it says. Empty: there is none."""

    name: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """What the page holds. `about` is Markdown; `writes_in` the language of one's messages."""

    display_name: str
    about: str
    writes_in: str
    approves_followers: bool
    found_here: bool | None  # C3; None: as it is
    lines: tuple[Line, ...] | None = None  # in the order of `moderation.lines.OTHERS`; None: as they are
    reaches: Mapping[str, Reach] = field(default_factory=dict)  # C2, by line: only those that the member chose


async def change(member: Member, profile: Profile, language: str, community: Community, origin: str) -> None:
    """Save a profile; servers that know this member are told, as long as C5 is in force."""
    html = markdown.render(profile.about, {}, origin).html
    actor = member.actor
    found = await signals.look_at_profile(_seen_by_others(actor, profile))
    async with in_transaction():
        await sharing.begin(actor)
        member.about = profile.about
        await member.save(update_fields=["about"])
        if profile.found_here is not None:
            await consents.set_to(actor, Purpose.FOUND_HERE, profile.found_here, language, community)
        values = [one for one in actor.details if one.get("line") in lines.VALUES]
        details = actor.details if profile.lines is None else [*values, *_details(profile.lines, origin)]
        await actor.change(display_name=profile.display_name, summary=html, language=profile.writes_in, details=details,
                           approves_followers=profile.approves_followers)
        await signals.note_profile(member, found)
        gone = {line: Reach.ME for line in lines.OTHERS if line not in {one.get("line") for one in details}}
        told = await sharing.show_lines(actor, {**profile.reaches, **gone}, language, community)
        if not told and await consent.may_leave(actor.id):
            await outbox.update_actor(actor)


def _seen_by_others(actor: Actor, profile: Profile) -> list[str]:
    """What is said to the whole community, or to more."""
    reaches = {line: profile.reaches.get(line, lines.reach_of(actor, line)) for line in lines.LINES}
    shown = [line for line, reach in reaches.items() if reach.level >= Reach.COMMUNITY.level]
    told = [one for line, one in zip(lines.OTHERS, profile.lines or typed(actor), strict=False) if line in shown]
    return [profile.display_name, *([profile.about] if "about" in shown else []), *(f"{one.name} {one.text}" for one in told)]


def typed(actor: Actor) -> tuple[Line, ...]:
    """The lines of a member of ours, each at its place, as they were typed."""
    kept = {one.get("line"): Line(one["name"], one.get("text", "")) for one in actor.details}
    return tuple(kept.get(line, Line()) for line in lines.OTHERS)


def placed(actor: Actor, given: Sequence[Line]) -> tuple[tuple[Line, ...], dict[str, Reach]]:
    """Lines that come without a choice of readers, such as from an app: one about the same keeps its place, and its readers with
    it; a new one is at a free place, for nobody. The lines in order, and the reaches that this makes.
    """
    left = [one for one in given if one.name and one.text][:len(lines.OTHERS)]
    places, reaches = dict[str, Line](), dict[str, Reach]()
    for line, old in zip(lines.OTHERS, typed(actor), strict=True):
        if same := next((one for one in left if one.name == old.name), None):
            places[line] = same
            left.remove(same)
    for line in lines.OTHERS:
        if line not in places and left:
            places[line], reaches[line] = left.pop(0), Reach.ME
    return tuple(places.get(line, Line()) for line in lines.OTHERS), reaches


def _details(given: tuple[Line, ...], origin: str) -> list[dict[str, str]]:
    """As they are kept: addresses in them become links, like in messages."""
    return [{"line": line, "name": one.name, "text": one.text, "value": markdown.render(one.text, {}, origin).html}
            for line, one in zip(lines.OTHERS, given, strict=False) if one.name and one.text]


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
