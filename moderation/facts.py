"""Loads what the rules need to know."""
from __future__ import annotations

from models import Actor, Block, Community, Follow, HostBlock, Post, Recipient
from models.host import Standing
from models.post import Quotable
from models.reach import Reach
from moderation import consent, hosts
from moderation.policy import Facts
from moderation.visibility import Viewer, may_see


async def between(doer: Actor, target: Actor, *, reach: Reach = Reach.COMMUNITY, post: Post | None = None) -> Facts:
    """The facts about one actor wanting something of another, about `post` if one is given."""
    ours = [actor for actor in (doer, target) if actor.is_local]
    crosses = doer.host != target.host
    agreed = [await consent.may_leave(actor.id) for actor in ours] if crosses or reach.leaves else []
    return Facts(
        doer_standing=await _standing(doer), target_standing=await _standing(target),
        doer_writes=doer.frozen_at is None, doer_present=not doer.is_gone, target_present=not target.is_gone,
        target_moved=bool(target.moved_to_uri),
        crosses=crosses, consents=all(agreed),
        blocked=await Block.either_way(doer.id, target.id) or await HostBlock.between(doer, target),
        is_settled=await _is_settled(post),
        is_kept_back=_is_kept_back(post),
        sees_post=post is None or await _sees(doer, post),
        reach=reach, parent_reach=post.reach if post else Reach.WEB, ceiling=await _ceiling(doer),
        allows_quotes=await _allows_quotes(doer, target, reach, post), is_own=doer.id == target.id,
        organisation=doer.organised_as, is_known_to_target=not doer.organised_as or await _knows(target, doer),
        addresses_doer=post is not None and doer.organised_as.is_commercial and await _addresses(post, doer))


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
    return (bool(target.organised_as) or target.id == doer.id
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


def _is_kept_back(post: Post | None) -> bool:
    return post is not None and (post.is_in_review or post.hidden_at is not None)


async def _is_settled(post: Post | None) -> bool:
    """Whether the team has closed its conversation, by this message or another of it."""
    return post is not None and await Post.filter(conversation=post.conversation, settled_at__isnull=False).exists()


async def _standing(actor: Actor) -> Standing:
    return Standing.PARTNER if actor.is_local else await hosts.standing(actor.host)


async def _ceiling(doer: Actor) -> Reach:
    """Our host's ceiling binds our members only; what others send is bound by where it may go."""
    return (await Community.current()).ceiling if doer.is_local else Reach.WEB


async def _sees(doer: Actor, post: Post) -> bool:
    viewer = Viewer.member(doer) if doer.is_local else await Viewer.peer(doer.host)
    return await may_see(viewer, post)
