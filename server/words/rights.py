"""What the scopes of an app mean, in the words of the person who is asked."""
from __future__ import annotations

from collections.abc import Sequence

from server.words import scopes
from server.words.language import Words


def rights_of(granted: Sequence[str], _: Words) -> list[str]:
    """One sentence for each thing that an app may do; what a wider right covers is not said twice."""
    said: list[str] = []
    for scope, words in _sentences(_).items():
        wider = any(other != scope and scopes.covers([other], scope) for other in granted)
        if scope in granted and not wider:
            said.append(words)
    for wide, words in _of_the_team(_).items():
        if any(scope.startswith(wide) for scope in granted):
            said.append(words)
    return said


def _sentences(_: Words) -> dict[str, str]:
    return {
        "profile": _("See your name and your profile."),
        "read": _("Read everything that you can read here: messages, also those to you alone, people, notices, your lists and "
                  "settings."),
        "read:accounts": _("See people and their profiles."),
        "read:statuses": _("Read the messages that you can read, also those to you alone."),
        "read:search": _("Search as you."),
        "read:notifications": _("Read your notices."),
        "read:follows": _("See whom you follow and who follows you."),
        "read:lists": _("See your lists of people."),
        "read:bookmarks": _("See your bookmarks."),
        "read:favourites": _("See which messages you sent a thought to."),
        "read:filters": _("See your filters."),
        "read:blocks": _("See whom you block."),
        "read:mutes": _("See whom you mute."),
        "write": _("Act in your name: write, change and delete messages, send thoughts, follow, block and report people, change "
                   "your profile."),
        "write:statuses": _("Write, change and delete messages in your name."),
        "write:media": _("Send images in your name."),
        "write:accounts": _("Change your profile."),
        "write:favourites": _("Send thoughts in your name."),
        "write:bookmarks": _("Change your bookmarks."),
        "write:follows": _("Follow people in your name, and stop following them."),
        "write:lists": _("Change your lists of people."),
        "write:filters": _("Change your filters."),
        "write:blocks": _("Block people in your name."),
        "write:mutes": _("Mute people and conversations for you."),
        "write:conversations": _("Put away your conversations."),
        "write:notifications": _("Put away your notices."),
        "write:reports": _("Report messages and people in your name."),
        "follow": _("See and change whom you follow, block and mute."),
        "push": _("Send you a signal when there is something new."),
    }


def _of_the_team(_: Words) -> dict[str, str]:
    """These work only for somebody of the team."""
    return {"admin:read": _("See what the team sees: reports, members, other servers."),
            "admin:write": _("Decide as you do in the team: about reports, members, other servers.")}
