"""Quotes of messages: shown when the one who is quoted allows it, as far as that can be known (FEP-044f).

A stamp is a document on the quoted author's server that names both messages. Programs that know no stamps (Misskey,
Fedibird, FEP-e232) quote without asking: of a message elsewhere that is shown as the link that it is; of ours it is not.
"""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from federation import authorizations
from federation.addresses import same_origin
from federation.instance import Instance
from federation.note import Note
from federation.parts import Quote
from models import Actor, Post, Stamp, Subquery
from models.stamp import StampKind

WITHDRAWN_LIMIT = 100


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
    return await authorizations.is_given(instance, quote.stamp, StampKind.QUOTE, interaction=note.id, target=quote.uri,
                                         author=quoted.author if quoted else None)


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
