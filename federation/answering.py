"""Whether an answer may stand below what it answers (GoToSocial's interaction policies)."""
from __future__ import annotations

from federation.addresses import origin_of
from federation.note import Note
from models import Actor, Post
from moderation import asking

UNLET = "unlet"  # why an answer is refused that whom it answers has not let


def is_let(note: Note, author: Actor, parent: Post) -> bool:
    """Whether nobody had to be asked, or the yes is good (`federation.authorizations`). `parent` with its author.

    To a message of ours our own rules decide; only who claims a permission of ours that nobody gave, or that was taken back, is
    refused.
    """
    if parent.author.is_local:
        return note.is_let or not (note.answer_stamp or "").startswith(f"{origin_of(parent.uri)}/stamps/")
    return note.is_let or not asking.must_ask(author, parent, asking.REPLY)
