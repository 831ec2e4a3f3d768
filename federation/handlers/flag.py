"""Flag: another server reports one of ours, or something here. Kept for the team."""
from __future__ import annotations

import json
from typing import Any

from federation import disclosure, values
from federation.addresses import name_in
from federation.incoming import Incoming
from models import Actor, Case, Host, Notification, OfferedListing, Post, Report, desk
from models.case import CaseSource, Matter
from models.notification import Notice

TEXT_LIMIT = 5000
POSTS_LIMIT = 20
OPEN_LIMIT = 200  # reports of one server that wait for the team


async def receive(incoming: Incoming) -> None:
    """Keep what it says about people and messages of ours; the reporter's own name is not kept, only the server's.

    What is not ours, or unknown, is left out, and of a report about nothing else nothing is kept; nor is one that says what
    another one has just said.
    """
    host, ids = incoming.sender.host, list(incoming.activity.object_ids)
    posts = await _posts(ids, host)
    target = await _target(ids, incoming) or (posts[0].author if posts else None)
    if target is None or await _is_too_much(incoming.sender) or await Report.exists(uri=incoming.activity.id):
        return
    said, uris = json.loads(incoming.body), [post.uri for post in posts if post.author_id == target.id]
    matter = _matter(said)
    text = incoming.activity.content or values.text(said.get("summary"), TEXT_LIMIT) or ""  # Lemmy writes a summary
    kept = Report(
        uri=incoming.activity.id, sender_host=host, target=target, post_uris=uris, text=text[:TEXT_LIMIT], matter=matter)
    await Case.turn(target.id)
    if await kept.told_before():
        return
    kept.case = await desk.open_case(target, matter, CaseSource.REPORT, uris)
    await kept.save()
    await Notification.tell_team(Notice.REPORT, incoming.sender, kept)


async def _posts(ids: list[str], host: str) -> list[Post]:
    """The team may read the messages of a report: so only those count that its sender has, or was sent."""
    named = await Post.filter(uri__in=ids, author__host="").limit(POSTS_LIMIT).select_related("author")
    return [post for post in named if await disclosure.may_be_there(post.uri, host)]


async def _target(ids: list[str], incoming: Incoming) -> Actor | None:
    """Somebody of ours: by their id, or by a listing that this very server was told."""
    if found := await Actor.filter(Actor.present(), uri__in=ids, host="").order_by("id").first():
        return found
    keys = [key for id_ in ids if (key := name_in(id_, f"{incoming.origin}/directory/listings/"))]
    listing = await OfferedListing.filter(key__in=keys or [""], host=incoming.sender.host).select_related("actor").first()
    return listing.actor if listing else None


async def _is_too_much(sender: Actor) -> bool:
    """A flood of one server does not bury what others tell; some servers, and domains of addresses, are not heard at all."""
    if await Host.exists(name__in=sender.servers, rejects_reports=True):
        return True
    return await Report.filter(sender_host=sender.host, closed_at__isnull=True).count() >= OPEN_LIMIT


def _matter(said: dict[str, Any]) -> Matter:
    """What it is about, where the other server knows our words."""
    matter = said.get("matter")
    return Matter(matter) if matter in tuple(Matter) else Matter.OTHER
