"""Loads what the rules need to know."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from models import Actor, Community, Follow, Post, Recipient, acts
from models.acts import Walls
from models.host import Standing
from models.post import Permitted, Quotable
from models.reach import Reach
from moderation import asking, consent, hosts
from moderation.policy import Facts
from moderation.visibility import Viewer, seen_by_each


@dataclass(frozen=True, slots=True)
class Asked:
    """One actor wants something of another, of this reach, about `post` if one is given."""

    doer: Actor
    target: Actor
    reach: Reach = Reach.COMMUNITY
    post: Post | None = None

    @property
    def crosses(self) -> bool:
        """Whether they live on two servers."""
        return self.doer.host != self.target.host


async def between(doer: Actor, target: Actor, *, reach: Reach = Reach.COMMUNITY, post: Post | None = None) -> Facts:
    """The facts about one actor wanting something of another, about `post` if one is given."""
    return (await of_all([Asked(doer, target, reach, post)]))[0]


async def of_all(asked: Sequence[Asked]) -> list[Facts]:
    """The facts about each of these: what is asked of the database for all of them is asked once."""
    posts = [one.post for one in asked if one.post is not None]
    walls = await acts.walls([(one.doer, one.target) for one in asked], {post.conversation for post in posts})
    seen = await _seen(asked)
    return [await _facts(one, walls, one.post is None or (one.doer.id, one.post.id) in seen) for one in asked]


async def _facts(one: Asked, walls: Walls, sees_post: bool) -> Facts:
    doer, target, post = one.doer, one.target, one.post
    ours = [actor for actor in (doer, target) if actor.is_local]
    agreed = [await consent.may_leave(actor.id) for actor in ours] if one.crosses or one.reach.leaves else []
    return Facts(
        doer_standing=await _standing(doer), target_standing=await _standing(target),
        doer_writes=doer.frozen_at is None, doer_present=not doer.is_gone, target_present=not target.is_gone,
        target_moved=bool(target.moved_to_uri),
        crosses=one.crosses, consents=all(agreed),
        blocked=walls.between(doer, target),
        is_settled=post is not None and post.conversation in walls.settled,
        is_kept_back=_is_kept_back(post),
        sees_post=sees_post,
        reach=one.reach, parent_reach=post.reach if post else Reach.WEB, ceiling=await _ceiling(doer),
        allows_quotes=await _allows_quotes(doer, target, one.reach, post), is_own=doer.id == target.id,
        organisation=doer.organised_as, is_known_to_target=not doer.organised_as or await _knows(target, doer),
        addresses_doer=post is not None and doer.organised_as.is_commercial and await _addresses(post, doer),
        asks_first=_asks_first(one),
        withheld=await _withheld(doer, target, post))


async def _seen(asked: Sequence[Asked]) -> set[tuple[int, int]]:
    """Of each doer and post whether the one sees the other: as (doer, post). Who comes from one server sees the same."""
    pairs = [(one, Viewer.member(one.doer) if one.doer.is_local else await Viewer.peer(one.doer.host), one.post)
             for one in asked if one.post is not None]
    seen = await seen_by_each({(viewer, post) for _, viewer, post in pairs})
    return {(one.doer.id, post.id) for one, viewer, post in pairs if (viewer, post.id) in seen}


async def about_publishing(author: Actor, reach: Reach) -> Facts:
    """The facts about a member of ours writing something new."""
    agreed = await consent.may_leave(author.id) if reach.leaves else True
    return Facts(doer_writes=author.frozen_at is None, reach=reach, ceiling=await _ceiling(author), consents=bool(agreed),
                 organisation=author.organised_as)


def about_searching(doer: Actor) -> Facts:
    """The facts about a member of ours looking for people."""
    return Facts(organisation=doer.organised_as)


async def _knows(target: Actor, doer: Actor) -> bool:
    """Whether the one asked for it: follows the organisation, has written to it, or is one too."""
    return (bool(target.organised_as)
            or await Follow.exists(follower_id=target.id, target_id=doer.id, accepted_at__isnull=False)
            or await Recipient.exists(actor_id=doer.id, post__author_id=target.id, post__deleted_at__isnull=True))


async def _addresses(post: Post, doer: Actor) -> bool:
    """Whether a message is the organisation's own, or names it."""
    return post.author_id == doer.id or await Recipient.exists(post_id=post.id, actor_id=doer.id)


async def _allows_quotes(doer: Actor, target: Actor, reach: Reach, post: Post | None) -> bool:
    """What the target said: a member of ours for all their messages, somebody elsewhere with each one (FEP-044f). Who must be
    asked first cannot be where nothing leaves.
    """
    if target.is_local or post is None:
        return target.allows_quotes
    if post.quotable is Quotable.FOLLOWERS:
        return reach.leaves and await Follow.exists(follower_id=doer.id, target_id=target.id, accepted_at__isnull=False)
    return post.quotable is Quotable.ANYONE or post.quotable is Quotable.ASKED and reach.leaves


async def _withheld(doer: Actor, target: Actor, post: Post | None) -> frozenset[str]:
    """What the author of a message elsewhere lets nobody do, or those alone who follow them."""
    said = post.withheld if post else None
    if not said or not doer.is_local or target.is_local:
        return frozenset()
    follows = Permitted.FOLLOWERS in said.values() and await Follow.exists(
        follower_id=doer.id, target_id=target.id, accepted_at__isnull=False)
    return frozenset(verb for verb, who in said.items() if not (follows and who == Permitted.FOLLOWERS))


def _asks_first(one: Asked) -> bool:
    return one.post is not None and one.doer.is_local and asking.asks_to_answer(one.doer, one.post, one.reach)


def _is_kept_back(post: Post | None) -> bool:
    return post is not None and (post.is_in_review or post.hidden_at is not None or not post.is_let)


async def _standing(actor: Actor) -> Standing:
    return Standing.PARTNER if actor.is_local else await hosts.of(actor)


async def _ceiling(doer: Actor) -> Reach:
    """Our host's ceiling binds our members only; what others send is bound by where it may go."""
    return (await Community.current()).ceiling if doer.is_local else Reach.WEB
