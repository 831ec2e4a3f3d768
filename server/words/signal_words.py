"""The words for rules over messages, in one place: for the team, for writers, and below messages."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from models.review import ReviewCause
from models.signal import Consequence, HitOutcome
from moderation.signals.joining import Clue
from server.words.language import Words

DOSE = "dose"
HOURS_OF_DAYS = 36  # from here on, days are said


@dataclass(frozen=True, slots=True)
class RuleWords:
    """A rule as the host reads it."""

    name: str
    text: str


def rule(name: str, _: Words) -> RuleWords:
    """In plain words; of a host's own rule its name alone."""
    known = {
        "payment": (_("Money is asked for"), _("Links to pay or give, account numbers, wallets, and requests for money. Held, "
                                               "whoever writes.")),
        "cure": (_("A cure is promised"), _("Miracle cures, and advice to drop a treatment. Held, whoever writes. Warnings "
                                            "about them pass.")),
        DOSE: (_("Doses"), _("A number and a unit near the name of a medicine. Held for newcomers; for others a sentence "
                             "stands below: an experience, not advice.")),
        "contact": (_("Contact data"), _("Telephone numbers, mail and postal addresses of people. Held, whoever writes. "
                                         "Those of hospitals and helplines are let through.")),
        "about_others": (_("The health of somebody else"), _("Words about the health of somebody who has not agreed. Held.")),
        "product": (_("Names that you watch"), _("Companies and products of your list. Held for newcomers and where something "
                                                 "is sold; else it only stands here.")),
        "machine": (_("Perhaps written by a program"), _("Sentences that programs leave behind. A weak sign: nothing happens, "
              "it only stands here.")),
        "image": (_("Pictures"), _("Those that you chose under “Pictures that wait”. Held.")),
        "scanner": (_("Pictures in doubt"), _("The program that looks at pictures was not sure, or did not answer. Held.")),
        "first_messages": (_("First messages"), _("Of people who came without an invitation, until the team knows them. "
              "Held.")),
    }
    return RuleWords(*known.get(name, (name, _("A rule of your own, from an installed package."))))


def why_held(cause: ReviewCause, _: Words) -> str:
    """To its writer: why their message waits. Nobody is blamed."""
    return {
        ReviewCause.ABOUT_OTHERS: _("It is about somebody else, and it speaks of their health. So somebody of the team reads "
                                    "it before the others do."),
        ReviewCause.PAYMENT: _("It speaks of giving or sending money. Because people who are ill are often cheated, somebody "
                               "of the team reads it first."),
        ReviewCause.CURE: _("It speaks of a cure in strong words. Many here hope for one, so somebody of the team reads it "
                            "first."),
        ReviewCause.DOSE: _("It names a dose of a medicine. What is right for one can harm another, so somebody of the team "
                            "reads it first."),
        ReviewCause.CONTACT: _("It holds a telephone number or an address. What many can read is hard to take back, so "
                               "somebody of the team reads it first. To give it to one person, write to a circle."),
        ReviewCause.PRODUCT: _("It names a product or a company. Somebody of the team reads it first."),
        ReviewCause.FIRST: _("It is one of your first messages here. Somebody of the team reads those first, so that "
                             "everybody can feel safe. After that, yours leave at once."),
        ReviewCause.IMAGE: _("It holds a picture that somebody of the team looks at first: what a picture tells of somebody is "
                             "hard to take back."),
        ReviewCause.SCANNER: _("It holds a picture that our server could not check by itself. Somebody of the team looks at it "
                               "first."),
        ReviewCause.OTHER: _("A rule of this community asks that somebody of the team reads it first."),
    }[cause]


def why_waits(cause: ReviewCause, _: Words) -> str:
    """To the team, above a message."""
    return {
        ReviewCause.ABOUT_OTHERS: _("About the health of somebody who has not agreed, as far as its writer says."),
        ReviewCause.PAYMENT: _("Money is asked for."),
        ReviewCause.CURE: _("A cure is promised."),
        ReviewCause.DOSE: _("A newcomer names a dose."),
        ReviewCause.CONTACT: _("It holds contact data."),
        ReviewCause.PRODUCT: _("It names something that you watch."),
        ReviewCause.FIRST: _("One of the first messages of a newcomer."),
        ReviewCause.IMAGE: _("A picture to look at first."),
        ReviewCause.SCANNER: _("The scanner was not sure about a picture."),
        ReviewCause.OTHER: _("A rule of your own spoke."),
    }[cause]


def how_long(usual: timedelta | None, _: Words) -> str:
    """How long it usually takes until somebody of the team has read a message."""
    if usual is None:
        return _("The team are volunteers: it can take a day or two.")
    hours = max(1, round(usual.total_seconds() / 3600))
    if hours < HOURS_OF_DAYS:
        return _.ngettext("Lately it took about %(num)d hour.", "Lately it took about %(num)d hours.", hours)
    return _.ngettext("Lately it took about %(num)d day.", "Lately it took about %(num)d days.", round(hours / 24))


def labels(names: Sequence[str] | None, _: Words) -> tuple[str, ...]:
    """What stands below a message of which rules spoke."""
    said = {DOSE: _("Speaks of doses: an experience, not advice."),
            "payment": _("Asks for money. Our team does not know who asks."),  # of messages from elsewhere, which nobody can hold
            "cure": _("Speaks of a cure. Nobody here has checked it: ask those who care for you.")}
    return tuple(dict.fromkeys(said.get(name, _("A rule of this community spoke: read it with care.")) for name in names or ()))


def consequence(what: Consequence, _: Words) -> str:
    """What followed when a rule spoke."""
    return {Consequence.HOLD: _("Held"), Consequence.LABEL: _("Sentence below"), Consequence.TELL: _("Noted")}[what]


def outcome(what: HitOutcome, _: Words) -> str:
    """What the team, or the writer, did then."""
    return {HitOutcome.NONE: "", HitOutcome.LET_GO: _("let go"), HitOutcome.SENT_BACK: _("sent back"),
            HitOutcome.CHANGED: _("changed by its writer")}[what]


def clue(one: Clue, _: Words) -> str:
    """Beside a request to join."""
    return {
        Clue.BARRED: _("The mail address is that of a mailbox that was banned here."),
        Clue.THROWAWAY: _("The mail address is of a kind that lasts an hour."),
        Clue.LINK: _("The answer holds an address of the web."),
        Clue.SELLING: _("The answer speaks of selling or of money."),
        Clue.MANY: _("Many people asked to join within an hour."),
    }[one]
