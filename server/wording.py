"""The words for what the tables hold: one place, so that a page, a mail and a receipt say the same.

The glossary of the interface decides (design README §7). `_` is what `server.language.gettext_for` returns.
"""
from __future__ import annotations

from models.member import Role
from models.post import Note, Voice
from models.reach import Reach
from server.language import Words


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
    return {
        Note.MEDICAL_IMAGE: _("Medical image"),
        Note.INVASIVE_CARE: _("Invasive care"),
        Note.DEATH: _("Death and grief"),
        Note.LOW_MOOD: _("Very low mood"),
        Note.WEIGHT: _("Weight and food"),
        Note.UNPROVEN: _("Unproven treatment"),
        Note.VIOLENCE: _("Violence"),
        Note.NONE: "",
    }[note]


def role_name(role: Role, _: Words) -> str:
    """What a member does here."""
    return {Role.MEMBER: _("Member"), Role.MODERATOR: _("Moderator"), Role.HOST: _("Host")}[role]


def kind_name(kind: str, _: Words) -> str:
    """What a message from elsewhere is, where it is not simply a message: a type of ActivityStreams."""
    return {
        "Article": _("Article"),
        "Page": _("Article"),
        "Event": _("Event"),
        "Audio": _("Sound recording"),
        "Video": _("Video"),
    }.get(kind, "")
