"""What the team's acts are called, and the words of the statements: calm, plain, without blame (ux.md, texts)."""
from __future__ import annotations

from collections.abc import Sequence

from models.case import Matter
from models.ruling import Act
from server.words.language import Words


def act_name(act: Act, _: Words) -> str:
    """What was decided, in two or three words."""
    return {
        Act.NOTE: _("A note of the team"),
        Act.LABEL: _("A content note of the team"),
        Act.HIDE: _("Message hidden"),
        Act.HOLD: _("Message held back"),
        Act.RESOLVE: _("Conversation closed"),
        Act.DELETE: _("Message erased"),
        Act.WARN: _("A word of warning"),
        Act.LIMIT: _("Account limited"),
        Act.FREEZE: _("Writing paused"),
        Act.SUSPEND: _("Account suspended"),
        Act.BAN: _("Account closed for good"),
        Act.NOTHING: _("Nothing to change"),
    }[act]


def template(act: Act, matter: Matter, _: Words) -> str:
    """The words for the person, which a moderator may change: why, and what it means for them."""
    return templates([act], matter, _)


def templates(acts: Sequence[Act], matter: Matter, _: Words) -> str:
    """The words for the person about several acts at once: why, said once, and what each means for them; "" for no act."""
    parts = [_why(matter, _), *(_meaning(act, _) for act in acts)] if acts else []
    return "\n\n".join(part for part in parts if part)


def for_good(_: Words) -> str:
    """The words for the person when a second one of the team has agreed to a ban."""
    return _("Two people of the team have decided that your account stays closed: you cannot come back with the same name or "
             "email address. Nothing is erased for 30 days; after that, everything is.")


def end_template(act: Act, _: Words) -> str:
    """The words for the person when it is taken back."""
    return {
        Act.DELETE: _("We have looked again: your message should have stayed. We are sorry. It was erased everywhere and cannot "
                      "be brought back; you are welcome to write it again."),
        Act.WARN: _("We have looked again, and take our word of warning back."),
        Act.LIMIT: _("Your account is no longer limited: your messages are seen as before."),
        Act.FREEZE: _("You can write again."),
        Act.SUSPEND: _("Your account is open again, and everything that was not erased is there. People on other servers "
                       "who followed you may have to ask again."),
        Act.BAN: _("Your account is open again, and everything that was not erased is there. People on other servers "
                   "who followed you may have to ask again."),
    }.get(act, _("We have taken this back: your message stands as before."))


def _why(matter: Matter, _: Words) -> str:
    return {
        Matter.DANGER: _("We were worried about somebody’s safety, and that comes first here."),
        Matter.SCAM: _("Here nobody is asked for money and nothing is sold, because people who are ill are often the target of "
                       "scams."),
        Matter.MEDICAL: _("What helps one person can harm another. That is why we tell what we have lived, and do not tell "
                          "others what to take or to stop."),
        Matter.PRIVACY: _("It told something about somebody who may not want it known."),
        Matter.HARASSMENT: _("Somebody may have been hurt by it, or felt pressed. Everybody here should feel safe."),
        Matter.PROMOTION: _("Here nobody promotes a product, a company or a service."),
        Matter.MINORS: _("We take special care of everybody who is under age."),
        Matter.LAW: _("As far as we can see, the law does not allow it."),
        Matter.OTHER: "",
    }[matter]


def _meaning(act: Act, _: Words) -> str:
    return {
        Act.NOTE: _("We have written a note under your message, so that readers have both. Your message is as it was."),
        Act.LABEL: _("We have put a content note in front of your message, so that everybody can choose when to read it. Your "
                     "message is as it was."),
        Act.HIDE: _("Your message is hidden: only you and the team see it. It is not erased."),
        Act.HOLD: _("Your message is held back: only you and the team see it. You can change it; then we look again."),
        Act.RESOLVE: _("This conversation takes no more answers. What was written stays."),
        Act.DELETE: _("Your message is erased here, and other servers that have a copy were asked to erase it too."),
        Act.WARN: _("Nothing changes for your account. We ask you to keep this in mind."),
        Act.LIMIT: _("For now, only those who follow you see your messages, and you do not stand in lists of people."),
        Act.FREEZE: _("For now you can read everything, but not write. Your messages stay where they are."),
        Act.SUSPEND: _("Your account is suspended: nobody sees it, and you cannot sign in. Nothing is erased for 30 days; after "
                       "that, everything is."),
        Act.BAN: _("Your account is suspended: nobody sees it, and you cannot sign in. A second person of the team is asked "
                   "whether it is closed for good. Nothing is erased for 30 days; after that, everything is."),
        Act.NOTHING: "",
    }[act]
