"""The words for what the tables hold: one place, so that a page, a mail and a receipt say the same.

The glossary of the interface decides (design README §7). `_` is what `server.words.language.gettext_for` returns.
"""
from __future__ import annotations

from models.actor import Organisation
from models.badge import BadgeKind
from models.case import Matter
from models.guardian import Tie
from models.member import Role
from models.notification import Notice
from models.post import About, Note, Post, Voice
from models.reach import Reach
from moderation import markup
from server.words.language import Words

EXCERPT_CHARACTERS = 100


def reach_name(reach: Reach, _: Words) -> str:
    """Who will read it."""
    return {
        Reach.ME: _("Only me"),
        Reach.CIRCLE: _("My circle"),
        Reach.COMMUNITY: _("My community"),
        Reach.PARTNERS: _("Partner communities"),
        Reach.WEB: _("Whole web"),
    }[reach]


def voice_name(voice: Voice, _: Words) -> str:
    """Who speaks: lived experience, a question, information with its source; nothing when it was not said."""
    return {
        Voice.EXPERIENCE: _("Experience"),
        Voice.QUESTION: _("Question"),
        Voice.INFORMATION: _("Sourced information"),
        Voice.NONE: "",
    }[voice]


def note_name(note: Note, _: Words) -> str:
    """The topic of a content note; nothing when there is none."""
    return "" if not note else {
        Note.MEDICAL_IMAGE: _("Medical image"),
        Note.INVASIVE_CARE: _("Invasive care"),
        Note.DEATH: _("Death and grief"),
        Note.LOW_MOOD: _("Very low mood"),
        Note.WEIGHT: _("Weight and food"),
        Note.UNPROVEN: _("Unproven treatment"),
        Note.VIOLENCE: _("Violence"),
    }[note]


def role_name(role: Role, _: Words) -> str:
    """What a member does here."""
    return {Role.MEMBER: _("Member"), Role.MODERATOR: _("Moderator"), Role.HOST: _("Host"),
            Role.MANAGED: _("Managed profile")}[role]


def badge_name(kind: str, elsewhere: bool, _: Words) -> str:
    """What a badge says: of ours what the team has checked, of others what their server says."""
    if elsewhere:
        return {BadgeKind.HEALTH: _("Health professional, verified by their server"),
                BadgeKind.RESEARCH: _("Researcher, verified by their server")}[BadgeKind(kind)]
    return {BadgeKind.HEALTH: _("Verified health professional"), BadgeKind.RESEARCH: _("Verified researcher")}[BadgeKind(kind)]


def organisation_name(organisation: str, _: Words) -> str:
    """What kind of organisation an account is."""
    return {Organisation.ASSOCIATION: _("Association"), Organisation.HOSPITAL: _("Hospital"), Organisation.LAB: _("Laboratory"),
            Organisation.COMPANY: _("Company"), Organisation.OTHER: _("Organisation")}[Organisation(organisation)]


def tie_name(tie: Tie, _: Words) -> str:
    """What a guardian is to the person for whom they act."""
    return {Tie.PARENT: _("Parent"), Tie.RELATIVE: _("Relative or carer"), Tie.LEGAL: _("Named by a judge")}[tie]


def written_by(tie: str, name: str, _: Words) -> str:
    """Who wrote a message that stands under the name of somebody else; nothing where that one wrote it."""
    return {Tie.PARENT: _("Written by a parent of %(name)s", name=name),
            Tie.RELATIVE: _("Written by somebody who looks after %(name)s", name=name),
            Tie.LEGAL: _("Written by the legal guardian of %(name)s", name=name)}[Tie(tie)] if tie else ""


def about_name(about: About, _: Words) -> str:
    """About whom a message is."""
    return {
        About.ME: _("Me"),
        About.MANAGED: _("Somebody I look after"),
        About.SOMEONE_ELSE: _("Somebody else"),
        About.NOBODY: _("Nobody in particular"),
        About.UNSAID: "",
    }[about]


def matter_name(matter: Matter, _: Words) -> str:
    """What a report, a case or a ruling is about."""
    return {
        Matter.DANGER: _("Somebody may be in danger"),
        Matter.SCAM: _("Scam or fraud"),
        Matter.MEDICAL: _("Medical advice that may harm"),
        Matter.PRIVACY: _("Somebody’s privacy"),
        Matter.HARASSMENT: _("Harassment"),
        Matter.PROMOTION: _("Promotion"),
        Matter.MINORS: _("Protection of minors"),
        Matter.LAW: _("Against the law"),
        Matter.OTHER: _("Something else"),
    }[matter]


def kind_name(kind: str, _: Words) -> str:
    """What a message from elsewhere is, where it is not simply a message: a type of ActivityStreams."""
    return "" if not kind else {
        "Article": _("Article"),
        "Page": _("Article"),
        "Event": _("Event"),
        "Audio": _("Sound recording"),
        "Video": _("Video"),
    }.get(kind, "")


def notice_text(kind: Notice, name: str, _: Words) -> str:
    """What happened, in one sentence. `name`: of the person, or of the host."""
    return {
        Notice.FOLLOW: _("%(name)s follows you", name=name),
        Notice.FOLLOW_REQUEST: _("%(name)s asks to follow you", name=name),
        Notice.FOLLOW_ACCEPTED: _("%(name)s lets you follow them", name=name),
        Notice.MENTION: _("%(name)s wrote to you or named you", name=name),
        Notice.REPLY: _("%(name)s answered you", name=name),
        Notice.THANKS: _("%(name)s thinks of you", name=name),
        Notice.PASSED_ON: _("%(name)s passed your message on", name=name),
        Notice.MOVED: _("%(name)s has a new account, and you follow it once it says yes", name=name),
        Notice.POSTED: _("%(name)s wrote a message", name=name),
        Notice.EDITED: _("%(name)s changed a message that you passed on or answered", name=name),
        Notice.QUOTED: _("%(name)s quotes a message of yours", name=name),
        Notice.QUOTED_EDITED: _("%(name)s changed a message that you quote", name=name),
        Notice.ANSWER_LET: _("%(name)s said yes to your answer, and others see it now", name=name),
        Notice.ANSWER_NOT_LET: _("%(name)s has not said yes to your answer, and only you see it", name=name),
        Notice.POLL: _("A question that you asked or answered is over"),
        Notice.JOIN_REQUEST: _("Somebody asks to join the community"),
        Notice.REPORT: _("Something was reported to the team"),
        Notice.REPORT_ANSWERED: _("The team has answered what you reported"),
        Notice.REPORT_ASKED: _("The team asks you something about what you reported"),
        Notice.DANGER: _("Somebody may be in danger: a colleague is told at the same time"),
        Notice.CASE: _("%(name)s hands you a case, or would like a second opinion", name=name),
        Notice.REVIEW: _("A message by %(name)s waits until the team has read it", name=name),
        Notice.LET_GO: _("The team has read your message, and it has left"),
        Notice.SENT_BACK: _("The team sends you a message back and says why"),
        Notice.GUARDIAN_LEFT: _("A guardian of %(name)s leaves", name=name),
        Notice.UNGUARDED: _("Nobody acts for %(name)s any more: the team decides", name=name),
        Notice.DEATH: _("Somebody tells that %(name)s has died", name=name),
        Notice.GUARDIANS: _("The guardians of %(name)s do not agree with each other", name=name),
        Notice.QUARANTINE: _("%(name)s was silent for long and came back with other keys: look at it", name=name),
        Notice.CHARTER: _("The new charter of %(name)s promises less, or has another owner: look at it", name=name),
        Notice.OWNER: _("Somebody else runs this community now. What you agreed to waits until you say yes again."),
        Notice.SILENT: _("%(name)s has not confirmed that it erased what a member took back", name=name),
        Notice.INTRODUCTION: _("Somebody of a partner community would like to meet you"),
        Notice.MET: _("You both said yes: you and %(name)s follow each other", name=name),
        Notice.WAITING: _("Somebody else waits with the same condition"),
        Notice.SCRAPED: _("Somebody may be collecting people of the directory"),
        Notice.LEFT_NETWORK: _("%(name)s is no longer in the network that you share: nothing goes there now", name=name),
        Notice.BADGE_ASKED: _("%(name)s asks for a badge: the team looks at it", name=name),
        Notice.VOUCHER_ASKED: _("%(name)s asks you to say that you know them as a colleague", name=name),
        Notice.BADGE: _("There is news about your badge"),
        Notice.CUT_OFF: _("%(name)s is kept out: it never confirmed that it erased what a member took back", name=name),
        Notice.CUT_FOLLOWS: _("%(name)s is kept out now: your follows with people there have ended", name=name),
        Notice.LIST_GONE: _("The list “%(name)s” has not been readable for days", name=name),
        Notice.RULING: _("The team has decided something about you, and tells you why"),
        Notice.MENTOR_ASKED: _("The team asks whether you would welcome newcomers"),
        Notice.MENTOR: _("%(name)s is your mentor, and glad to answer you", name=name),
        Notice.NEWCOMER: _("%(name)s is new here, and you are their mentor", name=name),
        Notice.PARTNER_REQUEST: _("%(name)s asks to become a partner community", name=name),
    }[kind]


def beginning(words: str, characters: int) -> str:
    """The first characters of some words, with an ellipsis where more follows."""
    return words if len(words) <= characters else words[:characters].rstrip() + "…"


def excerpt(post: Post) -> str:
    """The first words of a message, or what they warn of."""
    return post.shown_warning or post.title or beginning(markup.plain(post.html).replace("\n", " "), EXCERPT_CHARACTERS)
