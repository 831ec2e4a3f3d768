"""Bringing in what is missing of a conversation that began elsewhere: from its `context`, else along its `replies`
(FEP-7888, FEP-f228). Within a budget of time, pages and messages, and never while somebody waits for it.

The lists are hints: each message is read at its own origin, and only one that answers something in the conversation counts. What
a server lists below a message of its own people, it shows there: that is as good as the yes of whom it answers.
"""
from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from typing import Any

from federation import resolve, values
from federation.addresses import host_of, origin_of, same_origin
from federation.errors import Gone, Malformed, Refused, Unreachable
from federation.fetches import check_host, signed
from federation.instance import Instance
from federation.wire import Note
from models import Post
from models.errors import CommunityError

SECONDS_LIMIT = 20.0
PAGES_LIMIT = 10
ITEMS_LIMIT = 40  # brought in at one time
TRIES_LIMIT = 80  # documents asked for at one time, whatever comes of it: a list may name what is on any server
LISTED_LIMIT = 500  # looked at
ALONE_LIMIT = 20  # read again at one time
COLLECTIONS = frozenset({"Collection", "OrderedCollection", "CollectionPage", "OrderedCollectionPage"})
Document = dict[str, Any]


@dataclass
class Visit:
    """One look at a conversation. `inside`: the ids that belong to it; `listed`: the ids that its origin names; `shown`: the
    same, each with the origin whose list it stands in.
    """

    root: str
    inside: set[str]
    listed: list[str] = field(default_factory=list)
    shown: set[tuple[str, str]] = field(default_factory=set)
    notes: dict[str, Note] = field(default_factory=dict)
    lost: set[str] = field(default_factory=set)  # that do not exist, or are not for us
    pages: int = 0
    tries: int = 0


async def complete_due(instance: Instance) -> int:
    """Look at one conversation that somebody reads; 1 if there was one."""
    if (conversation := instance.gaps.take()) is None:
        return 0
    try:
        async with asyncio.timeout(SECONDS_LIMIT):
            await _complete(instance, conversation)
    except (CommunityError, TimeoutError):  # what could not be had now may be there another time
        pass
    return 1


async def _complete(instance: Instance, conversation: str) -> None:
    try:
        first = await resolve.post(instance, conversation)
    except (Gone, Refused):
        await _without_beginning(instance, conversation)
        raise
    if first.conversation != first.uri and not same_origin(first.conversation, instance.origin):
        first = await Post.kept(first.conversation) or first
    if same_origin(first.uri, instance.origin):
        return
    known = await Post.filter(conversation=first.conversation).limit(LISTED_LIMIT).values_list("uri", flat=True)
    visit = Visit(first.uri, inside={first.uri, *(str(uri) for uri in known)})
    try:
        await _look(instance, visit)
    finally:
        missing = await _missing(visit)
        for name in {conversation, first.conversation}:
            instance.gaps.found(name, missing)


async def _without_beginning(instance: Instance, conversation: str) -> None:
    """The first message is gone, or not for us: its origin may still tell of those that it holds together."""
    known = await Post.filter(conversation=conversation).limit(LISTED_LIMIT)
    context = next((post.context_uri for post in known if post.context_uri), "")
    visit = Visit(conversation, inside={conversation, *(post.uri for post in known)})
    await _list(instance, visit, context, conversation)
    for uri in visit.listed[:ITEMS_LIMIT]:
        if uri not in visit.inside and not same_origin(uri, instance.origin):
            await _bring(instance, visit, uri, with_replies=False)
            await _keep_what_fits(instance, visit)


async def _look(instance: Instance, visit: Visit) -> None:
    """Find out what there is, then bring in what is missing, what is answered before its answers."""
    document = await read_document(instance, visit.root)
    await _list(instance, visit, document.get("contextHistory"), visit.root)
    if len(visit.listed) <= 1:
        await _list(instance, visit, document.get("context"), visit.root)
    has_context = len(visit.listed) > 1
    if not has_context:
        await _list(instance, visit, document.get("replies"), visit.root)
    visit.listed += await _alone(visit)
    for uri in visit.listed:  # it grows while we walk along the answers of answers
        if len(visit.notes) >= ITEMS_LIMIT or visit.tries >= TRIES_LIMIT:
            break
        if uri not in visit.inside and not same_origin(uri, instance.origin):
            await _bring(instance, visit, uri, with_replies=not has_context)
            await _keep_what_fits(instance, visit)


async def _alone(visit: Visit) -> list[str]:
    """Answers that are here and stand by themselves, as nothing said that they were let. There may be a yes now."""
    alone = Post.filter(parent_uri__in=list(visit.inside), parent_id__isnull=True, deleted_at__isnull=True)
    found = await alone.exclude(author__host="").order_by("-id").limit(ALONE_LIMIT).values_list("uri", flat=True)
    return [uri for uri in map(str, found) if uri not in visit.listed]


async def _bring(instance: Instance, visit: Visit, uri: str, *, with_replies: bool) -> None:
    """Read one message. What cannot be had stays missing; what is gone, or not a message, is none."""
    visit.tries += 1
    try:
        instance.gaps.origins.spend(host_of(uri))
        note, document = await resolve.read_note(instance, uri)
    except (Unreachable, Refused):
        return
    except (Gone, Malformed):
        visit.lost.add(uri)
        return
    visit.notes[uri] = note
    if with_replies:
        await _list(instance, visit, document.get("replies"), uri)


async def _keep_what_fits(instance: Instance, visit: Visit) -> None:
    """Store what answers something in the conversation, until nothing more fits."""
    while fitting := [uri for uri, note in visit.notes.items() if uri not in visit.inside and note.in_reply_to in visit.inside]:
        for uri in fitting:
            visit.inside.add(uri)
            note = visit.notes[uri]
            is_let = (origin_of(note.in_reply_to or ""), uri) in visit.shown
            try:
                await resolve.keep(instance, replace(note, is_let=is_let), ancestors=0)
            except CommunityError:  # a rule of ours says no: erased, or not for us
                visit.lost.add(uri)


async def _list(instance: Instance, visit: Visit, collection: object, owner: str) -> None:
    """The ids in a collection that a document of `owner`'s origin names, page by page."""
    page: object = collection
    while page and visit.pages < PAGES_LIMIT and len(visit.listed) < LISTED_LIMIT:
        document = await _page(instance, visit, page, owner)
        if document is None:
            return
        for uri in _named_in(document):
            if uri in visit.listed or len(visit.listed) < LISTED_LIMIT:
                visit.shown.add((origin_of(owner), uri))
                visit.listed += [] if uri in visit.listed else [uri]
        page = document.get("first") or document.get("next")


def _named_in(page: Document) -> list[str]:
    items = values.many(page.get("orderedItems") or page.get("items"), LISTED_LIMIT)
    things = (item.get("object", item) if isinstance(item, dict) else item for item in items)  # an activity, or a message
    return [uri for thing in things if (uri := values.link(thing))]


async def _page(instance: Instance, visit: Visit, page: object, owner: str) -> Document | None:
    """A page: as it stands in the document, or read from the same origin; None if it is no collection, or cannot be had."""
    if isinstance(page, dict) and ("items" in page or "orderedItems" in page or "first" in page):
        return page
    uri = values.link(page)
    if uri is None or not same_origin(uri, owner):
        return None
    visit.pages += 1
    try:
        document = await read_document(instance, uri)
        return document if values.type_of(document, COLLECTIONS) in COLLECTIONS else None
    except CommunityError:
        return None


async def read_document(instance: Instance, uri: str) -> Document:
    """A document at a host that we exchange with, within the budget of its origin."""
    await check_host(uri)
    instance.gaps.origins.spend(host_of(uri))
    url, document = await instance.client.get_document(uri, headers_for=signed(instance, uri, stays=True))
    if not same_origin(url, uri):
        raise Malformed("the document is on another server", host=host_of(uri))
    return document


async def _missing(visit: Visit) -> int:
    """How many of the listed are neither here nor lost, nor part of another conversation."""
    around = {*visit.listed, *visit.inside}
    strange = {uri for uri, note in visit.notes.items() if note.in_reply_to not in around}
    wanted = [uri for uri in visit.listed if uri not in visit.lost | strange]
    here = await Post.filter(uri__in=[*wanted, visit.root]).values_list("uri", flat=True)
    return len({*wanted} - {str(uri) for uri in here} - {visit.root})
