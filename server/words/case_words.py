"""What the desk of the team calls its cases: nothing here repeats a word of what was reported."""
from __future__ import annotations

from models import Case
from models.case import CaseSource, Matter
from models.ruling import Act
from server.words.language import Words

#: The picture and the colour (`tag` in base.css) of each matter; the words say the same.
LOOKS: dict[Matter, tuple[str, str]] = {
    Matter.DANGER: ("life-buoy", "bad"), Matter.MINORS: ("life-buoy", "bad"), Matter.SCAM: ("triangle-alert", "bad"),
    Matter.MEDICAL: ("hand-heart", "warn"), Matter.PRIVACY: ("eye", "note"), Matter.HARASSMENT: ("users", "warn"),
    Matter.PROMOTION: ("ban", ""), Matter.LAW: ("shield-check", "warn"), Matter.OTHER: ("info", "")}


def title(case: Case, _: Words) -> str:
    """What there is to look at, safe to read."""
    number = len(case.post_uris)
    if case.source is CaseSource.HELD:
        return _.ngettext("A message to read before anybody else does", "%(num)d messages to read before anybody else does",
                          max(1, number))
    if case.source is CaseSource.CRISIS:
        return _("Words of distress")
    if case.source is CaseSource.APPEAL:
        return _("Somebody asks for another look at a decision")
    if number:
        return _.ngettext("One message", "%(num)d messages", number)
    return _("A person") if case.about_id else _("A page, or a person without a name here")


def act_title(act: Act, _: Words) -> str:
    """An act as something to do."""
    return {
        Act.NOTE: _("Write a note under the message"),
        Act.LABEL: _("Put a content note in front of it"),
        Act.HIDE: _("Hide the message"),
        Act.HOLD: _("Send the message back to its writer"),
        Act.RESOLVE: _("Close the conversation"),
        Act.DELETE: _("Erase the message"),
        Act.WARN: _("Say a word to the person"),
        Act.LIMIT: _("Limit the account"),
        Act.FREEZE: _("Pause the account’s writing"),
        Act.SUSPEND: _("Suspend the account"),
        Act.BAN: _("Close the account for good"),
        Act.NOTHING: _("No rule was broken"),
    }[act]


def act_hint(act: Act, _: Words) -> str:
    """What it means, in one line."""
    return {
        Act.NOTE: _("The message stays as it is."),
        Act.LABEL: _("Everybody chooses when to read it."),
        Act.HIDE: _("Its writer and the team still see it. It can be undone."),
        Act.HOLD: _("Nobody else sees it until it was changed and read again."),
        Act.RESOLVE: _("It takes no more answers. What was written stays."),
        Act.DELETE: _("From our server, and others are asked to do the same. It cannot be undone."),
        Act.WARN: _("Nothing changes for the account."),
        Act.LIMIT: _("Only those who follow it see what it writes."),
        Act.FREEZE: _("It reads, and writes nothing."),
        Act.SUSPEND: _("Nobody sees it any more. It can be undone for 30 days."),
        Act.BAN: _("Two people of the team decide it."),
        Act.NOTHING: _("Those who reported are told so, kindly."),
    }[act]


def answer(matter: Matter, _: Words) -> str:
    """The prepared answer to those who reported, where the team did something."""
    return {
        Matter.DANGER: _("Thank you for telling us. Somebody of the team is looking after it. You did the right thing, and you "
                         "do not have to carry this alone."),
        Matter.SCAM: _("Thank you. You were right to tell us, and we have acted. You did nothing wrong by reading it. If you "
                       "paid or gave a number, call your bank."),
        Matter.MEDICAL: _("Thank you. We have looked at it and acted. If you followed this advice, talk to the people who care "
                          "for you."),
        Matter.PRIVACY: _("Thank you for looking after others. We have acted."),
        Matter.HARASSMENT: _("Thank you for telling us. We have acted. You can also block or mute somebody at any time: they are "
                             "not told."),
        Matter.MINORS: _("Thank you for telling us. We have looked at it at once and acted."),
    }.get(matter, _("Thank you for telling us. We have looked at it and acted."))


def answer_nothing(_: Words) -> str:
    """The same where no rule was broken."""
    return _("Thank you for telling us. We have read it with care, and found that it follows our rules. If something worries you "
             "again, tell us again.")


def answer_again(_: Words) -> str:
    """To those who were answered, when what was decided is taken back."""
    return _("You told us about something. The team has taken another look at it, and has taken back something that it had "
             "decided. Thank you for telling us: it was right to do so.")
