"""Words around a member's agreements: what each is called, what taking it back does, how it stands."""
from __future__ import annotations

from dataclasses import dataclass

from models import ProfileLine
from models.consent import Capacity, ConsentEvent, ConsentState, Purpose
from models.reach import Reach
from moderation import lines
from moderation.consent import PURPOSES
from server.words import profile_words
from server.words.language import Words


def title(purpose: Purpose, _: Words, scope: str = "") -> str:
    """What an agreement is called on pages and receipts. Only what is offered has a name. `scope`: which line of the profile."""
    if purpose is Purpose.FIELD and scope:
        which = (_("About me") if scope == lines.ABOUT else _("My badge") if scope == lines.BADGE
                 else profile_words.title(ProfileLine(scope), _) if scope in lines.VALUES
                 else _("Line %(n)s", n=scope.rpartition("-")[2]))
        return _("A line of my profile: %(line)s", line=which)
    return {
        Purpose.MEMBERSHIP: _("Being a member"),
        Purpose.FIELD: _("A line of my profile"),
        Purpose.FOUND_HERE: _("Being found in my community"),
        Purpose.HEALTH_PROFILE: _("What I tell about my health"),
        Purpose.GENETICS: _("What I tell about my genes"),
        Purpose.SHARED_OUT: _("Copies on other servers"),
        Purpose.FOUND_BY_PARTNERS: _("Being found by partner communities"),
        Purpose.MAP: _("My country on the map"),
        Purpose.STATISTICS: _("Counting in numbers"),
        Purpose.DIRECTORY: _("The list of professionals"),
        Purpose.MEMORIAL: _("My page as a memory, after my death"),
        Purpose.SEARCH_ENGINES: _("Search engines"),
        Purpose.CONTENT_IN_MAIL: _("What mails and phone notices say"),
    }.get(purpose, str(purpose))


def level(purpose: Purpose) -> int:
    """How far it reaches, on the scale of five."""
    return Reach(PURPOSES[purpose].audience).level


@dataclass(frozen=True, slots=True)
class Effects:
    """What taking an agreement back does, in three lists."""

    stops: tuple[str, ...]
    erased: tuple[str, ...]
    stays: tuple[str, ...]


def effects(purpose: Purpose, _: Words) -> Effects:
    """What stops, what is erased, and what nobody can take back."""
    if purpose is Purpose.SHARED_OUT:
        return Effects(
            (_("Nothing new of you leaves this community."), _("Visitors no longer see your messages.")),
            (_("We ask each server that has a copy to erase it."), _("You see here which of them did."),
             _("Follows between you and people elsewhere end.")),
            (_("What somebody has read, noted or photographed."), _("Copies of servers that do not obey.")))
    if purpose is Purpose.FOUND_BY_PARTNERS:
        return Effects(
            (_("People of partner communities no longer find you."),),
            (_("Each partner community is asked to erase its copy, and signs that it did. You see here which of them "
               "have."),),
            (_("People whom you have met through it stay your contacts."),))
    if purpose is Purpose.SEARCH_ENGINES:
        return Effects(
            (_("We tell search engines to leave your pages out."),),
            (_("They erase what they have when they next visit."),),
            (_("Until then, old results may still be found."),))
    if purpose is Purpose.FOUND_HERE:
        return Effects(
            (_("You are no longer on the page People."),), (_("Nothing else has a copy of this list."),),
            (_("People who know your name still find you by it."),))
    if purpose in (Purpose.HEALTH_PROFILE, Purpose.GENETICS):
        return Effects(
            (_("These lines are no longer shown to anybody."),),
            (_("We erase these lines of your profile here, at once."),
             _("Servers that have them are sent your profile without them.")),
            (_("What somebody has read, noted or photographed."),))
    if purpose in (Purpose.MAP, Purpose.STATISTICS):
        return Effects(
            (_("You no longer count, from now on."),), (_("Nothing: only coarse numbers were shown, and they name nobody."),),
            (_("Numbers that somebody has read, noted or photographed."),))
    if purpose is Purpose.DIRECTORY:
        return Effects(
            (_("You are no longer in the list of professionals."),), (_("Nothing else has a copy of this list."),),
            (_("What somebody has read, noted or photographed."),))
    if purpose is Purpose.CONTENT_IN_MAIL:
        return Effects(
            (_("Mails and notices only say that something waits."),), (_("Nothing: mails that were sent are in your mailbox."),),
            (_("Mails that you have received already."),))
    if purpose is Purpose.MEMORIAL:
        return Effects(
            (_("After your death, your page does not stay."),),
            (_("It is locked first. After 90 days it goes, as you have chosen."),),
            (_("What others have written to you."),))
    return Effects((_("This is no longer shown."),), (_("Copies are asked to be erased."),), (_("What somebody has read."),))


def state_name(state: ConsentState, event: ConsentEvent | None, _: Words) -> str:
    """How an agreement stands, in two words."""
    if event is ConsentEvent.PAUSED:
        return _("Paused")
    return {
        ConsentState.REQUESTED: _("Never answered: no"),
        ConsentState.GIVEN: _("Yes"),
        ConsentState.REFUSED: _("No"),
        ConsentState.WITHDRAWN: _("Taken back"),
        ConsentState.EXPIRED: _("Ended by time"),
        ConsentState.SUPERSEDED: _("Waits for your new yes"),
        ConsentState.INVALIDATED: _("Not valid"),
    }[state]


def capacity_name(capacity: Capacity | None, _: Words, *, is_mine: bool = True) -> str:
    """Who acted; `is_mine`: said to the member themselves."""
    return {
        Capacity.GUARDIAN: _("A guardian"), Capacity.REPRESENTATIVE: _("A legal representative"),
        Capacity.EXECUTOR: _("An executor"), Capacity.COMMUNITY: _("The community's server"),
    }.get(capacity or Capacity.SELF, _("You") if is_mine else _("The person who gave this receipt"))
