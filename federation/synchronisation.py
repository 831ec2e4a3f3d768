"""Two servers that disagree on who follows whom agree again (FEP-8fcf): what followers may read must not outlive a follow.

The header only makes us look. What counts is the list at its owner's own origin, and of it only what is about members of ours.
"""
from __future__ import annotations

from typing import Any

from federation import outbox, values
from federation.addresses import same_origin
from federation.errors import Malformed
from federation.fetches import signed
from federation.follower_digests import FOLLOWERS_LIMIT, HEADER, digest, parse
from federation.instance import Instance
from federation.requests import Request
from models import Actor, Disclosure, Follow
from models.database import in_transaction
from models.errors import CommunityError
from models.notification import Notice, Notification
from moderation import hosts

PAGES_LIMIT = 10
UNDOS_LIMIT = 50
SETTLED_AT_ONCE = 10


async def compare(instance: Instance, sender: Actor, request: Request) -> None:
    """Whether the sender counts the same followers here as we do; if not, their list is read later."""
    stated = parse(request.fields().get(HEADER.lower(), ""))
    if (stated is None or stated.collection_id != sender.followers_uri or not same_origin(stated.url, sender.uri)
            or not instance.drifts.is_due(sender.id)):
        return
    ours = await _ours(sender).limit(FOLLOWERS_LIMIT + 1).values_list("follower__uri", flat=True)
    if len(ours) <= FOLLOWERS_LIMIT and digest(str(uri) for uri in ours) != stated.digest:
        instance.drifts.add(sender.id, stated.url)


async def settle_due(instance: Instance) -> int:
    """Look into what differs; how many actors. A list that cannot be read changes nothing."""
    for done in range(SETTLED_AT_ONCE):
        if (drift := instance.drifts.take()) is None:
            return done
        try:
            await _settle(instance, *drift)
        except CommunityError:
            continue
    return SETTLED_AT_ONCE


async def _settle(instance: Instance, actor_id: int, url: str) -> None:
    actor = await Actor.get(id=actor_id)
    if actor.is_gone or not hosts.is_heard(await hosts.standing(actor.host)):
        return
    known = {int(str(id_)) for id_ in await _ours(actor).values_list("id", flat=True)}  # before their list is made
    listed = await _listed(instance, url)
    async with in_transaction():
        for follow in await _ours(actor).filter(id__in=list(known)).select_related("follower", "target"):
            if follow.follower.uri not in listed:
                await outbox.undo_follow(follow)
                await follow.delete()
        for member in await Actor.filter(Actor.present(), host="", uri__in=list(listed)[:FOLLOWERS_LIMIT]):
            await _account_for(member, actor)


async def _account_for(member: Actor, actor: Actor) -> None:
    """Someone who is said to follow: their yes may have got lost on its way to us, or our Undo on its way to them."""
    follow = await Follow.between(member, actor)
    if follow is None:
        await _undo(member, actor)
    elif follow.accepted_at is None:
        await follow.accept()
        await Notification.tell(member, Notice.FOLLOW_ACCEPTED, actor)


async def _undo(member: Actor, actor: Actor) -> None:
    """Take back a follow that we sent to that server once and no longer know of; who was never named there is not now."""
    sent = Disclosure.filter(actor_id=member.id, host=actor.host, kind="Follow").exclude(object_uri=member.uri)
    sent_uris = [str(uri) for uri in await sent.order_by("-id").limit(UNDOS_LIMIT).values_list("object_uri", flat=True)]
    alive = {str(uri) for uri in await Follow.filter(uri__in=[*sent_uris, ""]).values_list("uri", flat=True)}
    if uri := next((uri for uri in sent_uris if uri not in alive), None):
        await outbox.undo_follow(Follow(uri=uri, follower=member, target=actor))


def _ours(actor: Actor) -> Any:
    return Follow.filter(target_id=actor.id, follower__host="", accepted_at__isnull=False)


async def _listed(instance: Instance, url: str) -> set[str]:
    """The members of ours in a collection elsewhere. Raises Malformed if it is no collection or too long to be read whole."""
    found: set[str] = set()
    page: Any = url
    for _ in range(PAGES_LIMIT):
        document = page if isinstance(page, dict) else await _page(instance, str(page), url)
        items = values.many(document.get("orderedItems") or document.get("items"), FOLLOWERS_LIMIT + 1)
        found |= {uri for item in items if (uri := values.link(item)) and same_origin(uri, instance.origin)}
        if len(items) > FOLLOWERS_LIMIT or len(found) > FOLLOWERS_LIMIT:
            break
        page = document.get("first") or document.get("next")
        if not page:
            return found
    raise Malformed("the collection is too long")


async def _page(instance: Instance, page: str, url: str) -> dict[str, Any]:
    if not values.is_id(page) or not same_origin(page, url):
        raise Malformed("a page on another server")
    answered, document = await instance.client.get_document(page, headers_for=signed(instance, url, stays=True))
    kinds = {"Collection", "OrderedCollection", "CollectionPage", "OrderedCollectionPage"}
    if not same_origin(answered, url) or values.type_of(document, kinds) not in kinds:
        raise Malformed("not a collection")
    return document
