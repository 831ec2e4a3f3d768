"""Which lines of a profile somebody may read: each has a reach of its own, given and taken back as C2 in the ledger.

`Actor.line_words` repeats the newest word of the ledger on each line, written in the same transaction
(`server.actions.sharing.show_as_agreed`): a profile stands on every card, and asks nothing. Without a word, what a member
says of themselves is for the community, as membership (C0) and being found (C3) say it, and every other line for nobody.
"""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from models import Actor, Follow, ProfileLine
from models.consent import Purpose
from models.reach import Reach
from moderation import consent, hosts
from moderation.visibility import Viewer

ABOUT = "about"
OTHERS = ("line-1", "line-2", "line-3", "line-4")
LINES = (ABOUT, *OTHERS)
BADGE = "badge"  # no line, but shown under a word of its owner in the same way
VALUES = tuple(str(line) for line in (
    ProfileLine.ASK_ME, ProfileLine.ROLE, ProfileLine.CONDITION, ProfileLine.SIGNS, ProfileLine.FIRST_SIGNS,
    ProfileLine.DIAGNOSED, ProfileLine.GENE, ProfileLine.TREATMENTS, ProfileLine.PLACE, ProfileLine.LANGUAGES, ProfileLine.AGE))
#: What must be agreed to before a line that tells of health is kept at all, and for as long as it is.
NEEDS: Mapping[str, Purpose] = {str(line): Purpose.HEALTH_PROFILE for line in (
    ProfileLine.ROLE, ProfileLine.CONDITION, ProfileLine.SIGNS, ProfileLine.FIRST_SIGNS, ProfileLine.DIAGNOSED,
    ProfileLine.TREATMENTS)} | {str(ProfileLine.GENE): Purpose.GENETICS}


@dataclass(frozen=True, slots=True)
class Lines:
    """What somebody reads of a profile, as cleaned HTML."""

    about: str
    details: tuple[tuple[str, str], ...]


def reach_of(actor: Actor, line: str) -> Reach:
    """For whom a line of one of our members is."""
    words = actor.line_words or {}
    word, need = words.get(line), NEEDS.get(line)
    if need and words.get(need, ["", ""])[1] not in consent.PURPOSES[need].still_good:
        return Reach.ME
    if word is None:
        return Reach.COMMUNITY if line == ABOUT else Reach.ME
    reach, wording = word
    return Reach(reach) if reach and wording in consent.PURPOSES[Purpose.FIELD].still_good else Reach.ME


def read_by(actor: Actor, readers: Reach, titles: Mapping[str, str] = MappingProxyType({})) -> Lines:
    """The lines that reach these readers: COMMUNITY for any member, WEB for any visitor, ME for the member alone. What came from
    another server was meant for us as it is. `titles`: what lines are called, by code; else as they were named when written.
    """
    if not actor.is_local:
        return Lines(actor.summary, tuple((one["name"], one["value"]) for one in actor.details))
    about = actor.summary if reach_of(actor, ABOUT).level >= readers.level else ""
    shown = [one for one in actor.details if "line" not in one or reach_of(actor, one["line"]).level >= readers.level]
    return Lines(about, tuple((titles.get(one.get("line", ""), one["name"]), one["value"]) for one in shown))


def badge_of(actor: Actor, readers: Reach) -> str:
    """The kind of badge that these readers see beside a name (a models.badge.BadgeKind), or nothing."""
    if not actor.badge:
        return ""  # most people: this is asked for each name of a page
    return actor.badge if not actor.is_local or reach_of(actor, BADGE).level >= readers.level else ""


async def readers_of(viewer: Viewer, actor: Actor) -> Reach:
    """As whom this viewer reads the lines of a member of ours: as one of the circle, of the community, of a partner, or of all.

    The circle of a profile are the members whom its owner follows and who follow its owner: nobody gets into it alone. It is
    of members of ours only, as other servers ask for a profile without saying for whom.
    """
    if viewer.actor_id is None:
        return Reach.PARTNERS if viewer.host and hosts.may_receive(viewer.standing, Reach.PARTNERS) else Reach.WEB
    if viewer.actor_id == actor.id:
        return Reach.ME
    both = Follow.filter(accepted_at__isnull=False)
    is_chosen = await both.filter(follower_id=actor.id, target_id=viewer.actor_id).exists()
    return Reach.CIRCLE if is_chosen and await both.filter(
        follower_id=viewer.actor_id, target_id=actor.id).exists() else Reach.COMMUNITY
