"""Quotes of messages: shown when the one who is quoted allows it, as far as that can be known (FEP-044f).

A stamp is a document on the quoted author's server that names both messages. Programs that know no stamps (Misskey,
Fedibird, FEP-e232) quote without asking: of a message elsewhere that is shown as the link that it is; of ours it is not.
"""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from federation import values
from federation.addresses import host_of, same_origin
from federation.instance import Instance
from federation.note import Note
from federation.parts import Quote
from models import Actor, Post, Stamp, Subquery
from models.errors import CommunityError
from models.stamp import StampKind
from moderation import hosts

WITHDRAWN_LIMIT = 100
STAMP_TYPES = frozenset({"QuoteAuthorization"})


async def checked(instance: Instance, note: Note) -> Note:
    """The note with what is known about its quote. May use the network."""
    if note.quote is None:
        return note
    is_allowed = await _is_allowed(instance, note, note.quote)
    return replace(note, quote=replace(note.quote, is_allowed=is_allowed))


async def _is_allowed(instance: Instance, note: Note, quote: Quote) -> bool:
    quoted = await Post.kept(quote.uri)
    if quoted and quoted.author.uri == note.attributed_to:
        return True
    if same_origin(quote.uri, instance.origin):
        return await Stamp.exists(kind=StampKind.QUOTE, post__uri=quote.uri, interaction_uri=note.id,
                                  asker__uri=note.attributed_to)
    if quote.stamp is None:
        return not quote.asks
    return await is_stamped(instance, quote.stamp, quoting_uri=note.id, quoted_uri=quote.uri, quoted=quoted)


async def is_stamped(instance: Instance, stamp: str, *, quoting_uri: str, quoted_uri: str, quoted: Post | None) -> bool:
    """Whether the stamp stands where it is said to stand, on the server of what is quoted, and is about these two messages.
    `quoted`: what is quoted, with its author, if it is known. Uses the network.
    """
    if not same_origin(stamp, quoted_uri) or not hosts.is_heard(await hosts.standing(host_of(stamp))):
        return False
    try:
        url, document = await instance.client.get_document(stamp, headers_for=instance.sign_get)
    except CommunityError:
        return False
    giver = values.link(document.get("attributedTo"))
    return (same_origin(url, stamp) and document.get("id") == stamp and document.get("type") in STAMP_TYPES
            and values.link(document.get("interactingObject")) == quoting_uri
            and values.link(document.get("interactionTarget")) == quoted_uri
            and giver is not None and same_origin(giver, quoted_uri) and (quoted is None or quoted.author.uri == giver))


async def withdraw(stamp_uri: str, sender: Actor) -> None:
    """The permission is gone: what it allowed shows its quote no longer. Only who is quoted can say so. Inside a transaction."""
    allowed = Post.filter(quote_stamp_uri=stamp_uri, shows_quote=True)
    quoted = {str(uri) for uri in await allowed.limit(WITHDRAWN_LIMIT).values_list("quote_uri", flat=True)}
    if quoted:
        theirs = await Post.filter(uri__in=list(quoted), author_id=sender.id).values_list("uri", flat=True)
        await allowed.filter(quote_uri__in=[str(uri) for uri in theirs]).update(shows_quote=False)


async def withdraw_of(stamp_uris: Sequence[str], host: str) -> None:
    """The same for permissions that a whole server takes back, of its own people. Inside a transaction."""
    theirs = Subquery(Post.filter(author__host=host).values("uri"))
    await Post.filter(quote_stamp_uri__in=list(stamp_uris), quote_uri__in=theirs).update(shows_quote=False)
