"""Permissions that people of other servers gave, as documents on their servers: whether one is what it is said to be.

FEP-044f and GoToSocial's interaction policies. Never inside a transaction: a document is read where it stands.
"""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from federation import stamps, values
from federation.addresses import host_of, same_origin
from federation.instance import Instance
from federation.note import Note
from models import Actor, Post, Stamp
from models.errors import CommunityError
from models.stamp import StampKind
from moderation import asking, hosts
from moderation.asking import REPLY


async def is_given(instance: Instance, stamp: str, kind: StampKind, *, interaction: str, target: str,
                   author: Actor | None) -> bool:
    """Whether the stamp stands where it is said to stand, on the server of the message that it is about, given by that one's
    author, for this use of it. `author`: whose message that is, if it is known. Uses the network.
    """
    if not same_origin(stamp, target) or not hosts.is_heard(await hosts.standing(host_of(stamp))):
        return False
    try:
        url, document = await instance.client.get_document(stamp, headers_for=instance.sign_there(stamp))
    except CommunityError:
        return False
    giver = _giver(document, kind, interaction, target)
    return (same_origin(url, stamp) and document.get("id") == stamp
            and giver is not None and same_origin(giver, target) and (author is None or author.uri == giver))


def _giver(document: Mapping[str, Any], kind: StampKind, interaction: str, target: str) -> str | None:
    """Who lets this, says the document; None if it is about something else. GoToSocial before 0.21 had other names for it, and
    before 0.18 the Accept itself was the permission.
    """
    says = {name: values.link(document.get(name)) for name in ("attributedTo", "actor", "interactingObject", "interactionTarget",
                                                               "object", "target")}
    match document.get("type"):
        case name if name == f"{kind.value}Authorization":
            about = (says["interactingObject"], says["interactionTarget"])
        case name if name == f"{kind.value}Approval":
            about = (says["object"], says["target"])
        case "Accept" if kind is not StampKind.QUOTE:
            return says["actor"] if (says["object"], says["target"] or target) == (interaction, target) else None
        case _:
            return None
    return says["attributedTo"] if about == (interaction, target) else None


async def checked(instance: Instance, note: Note) -> Note:
    """The answer with what is known about the yes that it names. Nothing is asked where none is needed. May use the network."""
    if not note.in_reply_to or not note.answer_stamp or note.is_let:
        return note
    if same_origin(note.in_reply_to, instance.origin):
        return replace(note, is_let=await _is_ours(note, note.answer_stamp))
    parent = await Post.kept(note.in_reply_to)
    if parent is not None and asking.rule_of(parent, REPLY) is None:
        return note
    return replace(note, is_let=await is_given(instance, note.answer_stamp, StampKind.REPLY, interaction=note.id,
                                               target=note.in_reply_to, author=parent.author if parent else None))


async def _is_ours(note: Note, uri: str) -> bool:
    """Whether a member of ours gave this very stamp for this answer, and has not taken it back."""
    given = await Stamp.get_or_none(kind=StampKind.REPLY, post__uri=note.in_reply_to, interaction_uri=note.id,
                                    asker__uri=note.attributed_to).select_related("post")
    return given is not None and stamps.uri_of(given) == uri
