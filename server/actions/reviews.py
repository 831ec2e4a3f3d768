"""Messages that wait until the team has read them: held back, let go, sent back. Nothing of them is ever lost."""
from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from statistics import median

from federation import outbox
from models import Actor, Attachment, AuditEntry, Case, Community, Member, Notification, Poll, Post, Review, SignalHit, clock
from models.case import CaseSource
from models.database import in_transaction
from models.errors import CommunityError
from models.ids import digest
from models.notification import Notice
from models.post import IN_REVIEW, Note
from models.review import ReviewState
from models.signal import HitOutcome
from moderation import reviews
from moderation.reviews import Rule
from server.actions import accounts, cases, crisis, newcomers, news, signals
from server.actions.signals import Found, Said

#: The usual time to wait is that of so many messages that were decided about, if there are as many as the second.
USUAL_OF, USUAL_FROM = 20, 3


class Decided(CommunityError):
    """Somebody else of the team was faster, or its writer took it back."""

    status = 409
    safe = "This message does not wait any more."


class Changed(CommunityError):
    """Its writer has changed it since somebody of the team read it."""

    status = 409
    safe = "Its writer has changed this message meanwhile. Read it again before it goes."


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


async def hold(post: Post, found: Found) -> None:
    """Nobody but its writer sees the message until the team has read it. Inside the transaction that writes it, or again
    when it was changed meanwhile.
    """
    if not post.is_in_review:
        await post.change(held_until=IN_REVIEW)
    held, _ = await Review.get_or_create(post_id=post.id, defaults={"cause": found.cause})
    await held.update_from_dict({"cause": found.cause, "words": found.words, "state": ReviewState.WAITING}).save()
    await cases.open_(post.author, found.matter, CaseSource.HELD, [post])
    await crisis.noticed(post)
    for colleague in await accounts.team():
        if not colleague.is_on_break:
            await Notification.tell(colleague.actor, Notice.REVIEW, post.author)


async def changed(post: Post, found: Found) -> None:
    """Its writer changed a message that waits, of which rules now say this: it goes if nothing speaks against it any more. Inside
    the transaction.
    """
    await signals.note(post, found)
    await post.change(labels=found.labels)
    if found.holds:
        await hold(post, found)
    else:
        await signals.decided(post, HitOutcome.CHANGED)
        await _release(post)


async def said_by(post: Post) -> Said:
    """All that a message says, as it stands: also in what its images show, and in the answers to choose."""
    images = await Attachment.filter(post_id=post.id).order_by("position", "id")
    texts = [post.text, post.warning, *(image.description for image in images), *await choices(post)]
    return Said(texts=texts, reach=post.reach, language=post.language, about=post.about, about_agrees=post.about_agrees,
                images=images, shows_body=post.shows_body or post.note is Note.MEDICAL_IMAGE)


async def written_by(post: Post) -> Actor | None:
    """Who writes it for its author."""
    return await Actor.get_or_none(id=post.written_by_id) if post.written_by_id else None


async def forget(posts: Sequence[Post]) -> None:
    """They are erased, or taken back: nothing of them waits any more. Inside the transaction."""
    ids = [post.id for post in posts]
    await SignalHit.filter(post_id__in=ids).delete()
    if await Review.filter(post_id__in=ids).delete():
        for author in await Actor.filter(id__in={post.author_id for post in posts}).order_by("id"):
            await _answered(author)


async def versions(posts: Sequence[Post]) -> dict[int, str]:
    """By the id of each message, what stands for what the team is shown of it now: another one once its writer changes it."""
    shown = {post.id: f"{post.warning}\0{post.html}" for post in posts}
    for image in await Attachment.filter(post_id__in=list(shown) or [0]).order_by("position", "id"):
        shown[image.post_id or 0] += f"\0{image.key}\0{image.description}"
    return {id_: digest(text) for id_, text in shown.items()}


async def let_go(review: Review, by: Member, *, trusts: bool = False, seen: str = "") -> None:
    """The team has read it: it leaves as if it were written now. `trusts`: no more first messages of its writer wait; nor do they
    once enough have been let go. `seen`: which of its `versions` was read. Raises Decided, Changed, NotOwn.
    """
    async with in_transaction():
        post = await _decide(review, by, ReviewState.LET_GO)
        if seen and seen != (await versions([post]))[post.id]:
            raise Changed("since it was read")
        await signals.decided(post, HitOutcome.LET_GO)
        await _release(post)
        await Notification.tell(post.author, Notice.LET_GO, post=post)
        await newcomers.read(post.author_id, by.actor, trusts=trusts)


async def send_back(review: Review, by: Member, reason: str) -> None:
    """It stays with its writer, who reads why, and may change it. Raises Decided, NotOwn, NoReason."""
    if not reason:
        raise NoReason("reason")
    async with in_transaction():
        post = await _decide(review, by, ReviewState.SENT_BACK, reason)
        await signals.decided(post, HitOutcome.SENT_BACK)
        await Notification.filter(kind=Notice.SENT_BACK, post=post).delete()  # of an earlier time
        await Notification.tell(post.author, Notice.SENT_BACK, post=post)


async def usual_wait() -> timedelta | None:
    """How long the last messages waited for the team, in the middle; None before there were some."""
    rows = await Review.filter(decided_at__isnull=False).order_by("-id").limit(USUAL_OF)
    seconds = [(row.decided_at - row.created_at).total_seconds() for row in rows if row.decided_at]
    return timedelta(seconds=median(seconds)) if len(seconds) >= USUAL_FROM else None


async def of_post(post: Post) -> Review | None:
    """How it stands with a message that is held for the team."""
    return await Review.get_or_none(post_id=post.id) if post.is_in_review else None


async def _decide(review: Review, by: Member, state: ReviewState, reason: str = "") -> Post:
    """Once: the second of two who decide at the same time is told so."""
    await Post.filter(id=review.post_id).select_for_update()  # first, as whoever changes it does
    post = await Post.get(id=review.post_id).select_related("author")
    if post.author_id == by.actor_id and len(await accounts.team()) > 1:
        raise NotOwn("own")
    waiting = Review.filter(id=review.id, state=ReviewState.WAITING)
    if not await waiting.update(state=state, decided_by_id=by.actor_id, decided_at=clock.now()):
        raise Decided("review")
    review.reason = reason[:500]
    await review.save(update_fields=["reason"])
    await _answered(post.author, by.actor)
    member = await Member.get(actor_id=post.author_id)
    await AuditEntry.create(actor_id=by.actor_id, action=f"review.{state}", target=f"member:{member.id}", reason=reason[:500])
    return post


async def _answered(author: Actor, by: Actor | None = None) -> None:
    """The team's notice and the case go when nothing of this writer waits any more."""
    await Case.turn(author.id)  # of two who decide about the last two, one sees that it is the last
    if await Review.filter(post__author_id=author.id, state=ReviewState.WAITING).exists():
        return
    await Notification.withdraw(Notice.REVIEW, author)
    for case in await Case.filter(about_id=author.id, source=CaseSource.HELD, closed_at__isnull=True):
        await cases.close(case, by)


async def _release(post: Post) -> None:
    waited = clock.now() - post.published_at
    if (poll := await Poll.get_or_none(post_id=post.id)) and poll.closes_at:
        await poll.change(closes_at=poll.closes_at + waited, told_at=None)  # nobody could answer meanwhile
    await post.change(held_until=None, published_at=clock.now())
    await Review.filter(post_id=post.id).update(state=ReviewState.LET_GO)
    await _answered(post.author)
    await outbox.create(post)
    await news.of_post(post)


async def choices(post: Post) -> list[str]:
    """The answers to choose from, as they stand."""
    poll = await Poll.get_or_none(post_id=post.id)
    return [str(one["name"]) for one in poll.options] if poll else []
