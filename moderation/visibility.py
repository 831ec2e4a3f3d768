"""Who may see which post: one predicate for pages, peers, search, media, notices and counts.

There is one form, `visible_to`. `may_see` asks it about one post, and `seen_by` is the same as a piece of SQL for the lists
that are read most, so that they can never disagree.
"""
from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime

from models import Actor, Block, Follow, Host, HostBlock, Post, Q, Recipient, Subquery, clock, conditions
from models.conditions import Condition
from models.consent import Purpose
from models.host import RESTRICTED, Standing
from models.post import NOT_LET
from models.reach import Reach
from moderation import consent, hosts


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who is looking: a member of ours (`actor_id`), another server (`host`), or a visitor (neither)."""

    actor_id: int | None = None
    host: str = ""
    standing: Standing = Standing.UNKNOWN

    @classmethod
    def member(cls, actor: Actor) -> Viewer:
        """One of our members."""
        return cls(actor_id=actor.id)

    @classmethod
    async def peer(cls, host: str) -> Viewer:
        """Another server, proven by its signature."""
        return cls(host=host, standing=await hosts.standing(host))


VISITOR = Viewer()


def visible_to(viewer: Viewer, at: datetime | None = None) -> Q:
    """The posts that this viewer may see now (or `at` an instant), as a condition on Post."""
    sent = _shown(at or clock.now())
    alive = Q(deleted_at__isnull=True, author__suspended_at__isnull=True, author__deleted_at__isnull=True)
    if viewer.actor_id is not None:
        return alive & (Q(author_id=viewer.actor_id) | (sent & _for_member(viewer.actor_id)))
    if viewer.host:
        return alive & sent & Q(author__host="") & consent.authors_who_allow(Purpose.SHARED_OUT, at) & _for_peer(viewer)
    unlimited = Q(author__host="", author__limited_at__isnull=True, reach=Reach.WEB)
    return alive & sent & unlimited & consent.authors_who_allow(Purpose.SHARED_OUT, at)


def seen_by(viewer: Viewer) -> Condition:
    """The same as SQL: made of `visible_to` once for each kind of viewer, and filled with who asks and when."""
    kind = replace(viewer, actor_id=None if viewer.actor_id is None else conditions.WHO, host=viewer.host and conditions.WHENCE)
    known = {conditions.WHO: viewer.actor_id, conditions.WHENCE: viewer.host, conditions.NOW: clock.now()}
    return conditions.of(visible_to, kind, conditions.NOW).filled(known)


def _seen_by_peers(standing: Standing) -> Condition:
    """The same for all servers of one standing, but for which of them asks."""
    kind = Viewer(host=conditions.WHENCE, standing=standing)
    return conditions.of(visible_to, kind, conditions.NOW).filled({conditions.NOW: clock.now()})


def may_be_named_to(viewer: Viewer) -> Q:
    """The posts whose ids another server may be told, in a list of answers: those that it may see, and what was published
    for the whole web elsewhere, which it reads there.
    """
    alive = Q(deleted_at__isnull=True, author__suspended_at__isnull=True, author__deleted_at__isnull=True)
    shut = Subquery(Host.filter(standing=Standing.SUSPENDED).values("name"))
    elsewhere = (~Q(author__host="") & ~Q(author__host__in=shut)
                 & Q(reach=Reach.WEB, is_listed=True, hidden_at__isnull=True, author__limited_at__isnull=True))
    return visible_to(viewer) | (alive & elsewhere)


def could_see(actor_id: int) -> Q:
    """The posts, deleted or hidden by the team since, that a member of ours could see, as far as one can still tell: who was
    named in what is deleted is not kept. What is hidden stays with its author.
    """
    present = Q(author__suspended_at__isnull=True, author__deleted_at__isnull=True)
    gone = Q(deleted_at__isnull=False) & (Q(author_id=actor_id) | (_shown(clock.now()) & _for_member(actor_id)))
    hidden = Q(deleted_at__isnull=True, hidden_at__isnull=False) & ~Q(author_id=actor_id)
    return present & (gone | (hidden & _for_member(actor_id)))


def may_pass_to(viewer: Viewer) -> Q:
    """Who may be named to this viewer as having passed a message on, as a condition on Actor: no blocks between them or of their
    server, and to visitors only members of ours who agreed to being known outside.
    """
    if viewer.actor_id is None:
        return Actor.present() & Q(host="") & consent.those_who_allow(Purpose.SHARED_OUT)
    blocking = Subquery(Block.filter(target_id=viewer.actor_id).values("blocker_id"))
    blocked = Subquery(Block.filter(blocker_id=viewer.actor_id).values("target_id"))
    there = Q(host__in=hosts_blocked_by(viewer.actor_id)) | Q(domain__in=hosts_blocked_by(viewer.actor_id))
    return Actor.present() & ~Q(id__in=blocking) & ~Q(id__in=blocked) & ~there


def hosts_blocked_by(actor_id: int) -> Subquery:
    """The names of the servers that a member blocks."""
    return Subquery(HostBlock.filter(owner_id=actor_id).values("host"))


async def may_see(viewer: Viewer, post: Post) -> bool:
    """Whether this viewer may see this post."""
    return bool(await seen_among(viewer, [post.id]))


async def seen_among(viewer: Viewer, ids: Collection[int]) -> set[int]:
    """Those of these posts that this viewer may see."""
    return await conditions.meeting(seen_by(viewer), ids)


async def seen_by_each(asked: Collection[tuple[Viewer, Post]]) -> set[tuple[Viewer, int]]:
    """Those of these posts, with their authors, that these viewers may see, each by its id. Servers of one standing are asked
    about together.
    """
    viewers: dict[Viewer, set[int]] = {}
    peers: dict[Standing, dict[tuple[str, int], Viewer]] = {}
    for viewer, post in asked:
        if viewer.host and not _is_for_few(post):
            peers.setdefault(viewer.standing, {})[viewer.host, post.id] = viewer
        else:
            viewers.setdefault(viewer, set()).add(post.id)
    seen = {(viewer, id_) for viewer, ids in viewers.items() for id_ in await seen_among(viewer, ids)}
    for standing, pairs in peers.items():
        seen.update((pairs[pair], pair[1]) for pair in await conditions.meeting_each(_seen_by_peers(standing), pairs))
    return seen


def _is_for_few(post: Post) -> bool:
    """Whether all must be read who were ever named to a server, or follow from there, to know if it sees a post."""
    return post.reach not in (Reach.PARTNERS, Reach.WEB) or post.author.limited_at is not None


def _shown(at: datetime) -> Q:
    """No longer held for undoing, let by whom it answers, and not hidden by the team."""
    return Q(hidden_at__isnull=True) & ~Q(answer_state__in=list(NOT_LET)) & (Q(held_until__isnull=True) | Q(held_until__lte=at))


def _for_member(actor_id: int) -> Q:
    """What someone else wrote and a member of ours may see."""
    named = Q(reach=Reach.CIRCLE, id__in=Subquery(Recipient.filter(actor_id=actor_id).values("post_id")))
    followed = Q(author_id__in=Subquery(Follow.filter(follower_id=actor_id, accepted_at__isnull=False).values("target_id")))
    ours = Q(author__host="", reach__in=[Reach.COMMUNITY, Reach.PARTNERS, Reach.WEB])
    shut = Subquery(Host.filter(standing=Standing.SUSPENDED).values("name"))
    quiet = Subquery(Host.filter(standing__in=list(RESTRICTED)).values("name"))
    loud = ~Q(author__host__in=quiet) & ~Q(author__domain__in=quiet)
    theirs = Q(reach__in=[Reach.PARTNERS, Reach.WEB]) & (loud | followed)
    blocking = Subquery(Block.filter(target_id=actor_id).values("blocker_id"))
    blocked = Subquery(Block.filter(blocker_id=actor_id).values("target_id"))
    return ((ours | named | (~Q(author__host="") & theirs) | (Q(to_followers=True) & followed))
            & ~Q(author__host__in=shut) & ~Q(author_id__in=blocking) & ~Q(author_id__in=blocked)
            & ~Q(author__host__in=hosts_blocked_by(actor_id)) & ~Q(author__domain__in=hosts_blocked_by(actor_id))
            & (Q(author__limited_at__isnull=True) | followed))


def _for_peer(viewer: Viewer) -> Q:
    """What a member of ours who does not block it wrote and another server may hold."""
    allowed = [reach for reach in (Reach.PARTNERS, Reach.WEB) if hosts.may_receive(viewer.standing, reach)]
    wanted = Q(reach__in=allowed) if allowed else Q(id__isnull=True)
    if hosts.may_receive(viewer.standing, Reach.CIRCLE):
        named = Recipient.filter(actor__host=viewer.host).values("post_id")
        wanted |= Q(reach=Reach.CIRCLE, id__in=Subquery(named))
    there = Follow.filter(follower__host=viewer.host, accepted_at__isnull=False).values("target_id")
    wanted &= Q(author__limited_at__isnull=True) | Q(author_id__in=Subquery(there))
    return wanted & ~Q(author_id__in=Subquery(HostBlock.filter(host=viewer.host).values("owner_id")))
