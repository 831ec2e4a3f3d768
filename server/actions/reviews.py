"""Messages that wait until the team has read them: held back, let go, sent back. Nothing of them is ever lost."""
from __future__ import annotations

from collections.abc import Sequence

from federation import outbox
from models import Actor, AuditEntry, Community, Member, Notification, Poll, Post, Review, clock
from models.database import in_transaction
from models.errors import CommunityError
from models.notification import Notice
from models.post import IN_REVIEW, About
from models.reach import Reach
from models.review import ReviewCause, ReviewState
from moderation import reviews
from moderation.reviews import Asked, Rule
from server.actions import accounts, news


class Decided(CommunityError):
    """Somebody else of the team was faster, or its writer took it back."""

    status = 409
    safe = "This message does not wait any more."


class NotOwn(CommunityError):
    """Somebody else of the team reads it."""

    status = 403
    safe = "Somebody else of the team decides about your own message."


class NoReason(CommunityError):
    """The writer has to know why."""

    status = 422
    safe = "Write the reason."


async def rule() -> Rule:
    """What the host has set."""
    community = await Community.current()
    return reviews.rule_of(community.reviews_others, community.health_words)


async def words_to_read(about: About, agrees: bool, reach: Reach, texts: Sequence[str]) -> tuple[str, ...]:
    """The words for which the team has to read such a message first; nothing when it may go."""
    if about not in reviews.MAY_WAIT or agrees:
        return ()  # before the community is asked for its rule
    return reviews.words_to_read(Asked(about=about, agrees=agrees, reach=reach, texts=texts), await rule())


async def hold(post: Post, words: Sequence[str]) -> None:
    """Nobody but its writer sees the message until the team has read it. Inside the transaction that writes it, or again
    when it was changed meanwhile.
    """
    if not post.is_in_review:
        await post.change(held_until=IN_REVIEW)
    held, _ = await Review.get_or_create(post_id=post.id, defaults={"cause": ReviewCause.ABOUT_OTHERS})
    await held.update_from_dict({"words": list(words), "state": ReviewState.WAITING}).save()
    for colleague in await accounts.team():
        await Notification.tell(colleague.actor, Notice.REVIEW, post.author)


async def changed(post: Post) -> None:
    """Its writer changed a message that waits: it goes if nothing speaks against it any more. Inside the transaction."""
    texts = [post.text, post.warning, *await _choices(post)]
    if words := await words_to_read(post.about, post.about_agrees, post.reach, texts):
        await hold(post, words)
    else:
        await _release(post)


async def let_go(review: Review, by: Member) -> None:
    """The team has read it: it leaves as if it were written now. Raises Decided, NotOwn."""
    async with in_transaction():
        post = await _decide(review, by, ReviewState.LET_GO)
        await _release(post)
        await Notification.tell(post.author, Notice.LET_GO, post=post)


async def send_back(review: Review, by: Member, reason: str) -> None:
    """It stays with its writer, who reads why, and may change it. Raises Decided, NotOwn, NoReason."""
    if not reason:
        raise NoReason("reason")
    async with in_transaction():
        post = await _decide(review, by, ReviewState.SENT_BACK, reason)
        await Notification.filter(kind=Notice.SENT_BACK, post=post).delete()  # of an earlier time
        await Notification.tell(post.author, Notice.SENT_BACK, post=post)


async def of_post(post: Post) -> Review | None:
    """How it stands with a message that is held for the team."""
    return await Review.get_or_none(post_id=post.id) if post.is_in_review else None


async def _decide(review: Review, by: Member, state: ReviewState, reason: str = "") -> Post:
    """Once: the second of two who decide at the same time is told so."""
    post = await Post.get(id=review.post_id).select_related("author")
    if post.author_id == by.actor_id and len(await accounts.team()) > 1:
        raise NotOwn("own")
    waiting = Review.filter(id=review.id, state=ReviewState.WAITING)
    if not await waiting.update(state=state, decided_by_id=by.actor_id, decided_at=clock.now()):
        raise Decided("review")
    review.reason = reason[:500]
    await review.save(update_fields=["reason"])
    await _answered(post.author)
    member = await Member.get(actor_id=post.author_id)
    await AuditEntry.create(actor_id=by.actor_id, action=f"review.{state}", target=f"member:{member.id}", reason=reason[:500])
    return post


async def _answered(author: Actor) -> None:
    """The team's notice goes when nothing of this writer waits any more."""
    if not await Review.filter(post__author_id=author.id, state=ReviewState.WAITING).exists():
        await Notification.withdraw(Notice.REVIEW, author)


async def _release(post: Post) -> None:
    waited = clock.now() - post.published_at
    if (poll := await Poll.get_or_none(post_id=post.id)) and poll.closes_at:
        await poll.change(closes_at=poll.closes_at + waited, told_at=None)  # nobody could answer meanwhile
    await post.change(held_until=None, published_at=clock.now())
    await Review.filter(post_id=post.id).update(state=ReviewState.LET_GO)
    await _answered(post.author)
    await outbox.create(post)
    await news.of_post(post)


async def _choices(post: Post) -> list[str]:
    poll = await Poll.get_or_none(post_id=post.id)
    return [str(one["name"]) for one in poll.options] if poll else []
