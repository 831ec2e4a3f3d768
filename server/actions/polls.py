"""Questions that our members ask, with answers to choose; and what happens when they are over."""
from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from federation import outbox
from models import Actor, Notification, Poll, Post, Vote, clock
from models.database import in_transaction
from models.errors import CommunityError
from models.notification import Notice

KIND = "Question"
OPTIONS_LEAST = 2
OPTIONS_LIMIT = 8
OPTION_LIMIT_CHARACTERS = 100
SHORTEST = timedelta(minutes=5)
LONGEST = timedelta(days=31)
ENDED_AT_ONCE = 50


class BadPoll(CommunityError):
    """A question cannot be asked like this."""

    status = 422
    safe = "Give from 2 to 8 answers to choose from."


class LongOption(BadPoll):
    """An answer to choose has more than OPTION_LIMIT_CHARACTERS."""

    safe = "An answer to choose has at most 100 characters."


class SameOption(BadPoll):
    """Two answers to choose say the same."""

    safe = "Two of the answers are the same."


class BadEnd(BadPoll):
    """It would be over too soon, or too late."""

    safe = "A question takes answers for 5 minutes at least and 31 days at most."


@dataclass(frozen=True, slots=True)
class PollDraft:
    """What a member asks: the answers to choose from, and for how long they are taken, from the moment of publishing."""

    options: tuple[str, ...]
    is_multiple: bool = False
    ends_in: timedelta = timedelta(days=1)
    hides_numbers: bool = False  # until it is over

    def check(self) -> None:
        """Raise BadPoll, or one of its kinds, unless it can be asked like this."""
        words = self.words()
        if not OPTIONS_LEAST <= len(words) <= OPTIONS_LIMIT or not all(words):
            raise BadPoll("options")
        if any(len(word) > OPTION_LIMIT_CHARACTERS for word in words):
            raise LongOption("options")
        if len({word.casefold() for word in words}) < len(words):
            raise SameOption("options")
        if not SHORTEST <= self.ends_in <= LONGEST:
            raise BadEnd("end")

    def words(self) -> list[str]:
        """The answers without what surrounds them."""
        return [option.strip() for option in self.options]


async def ask(post: Post, draft: PollDraft) -> Poll:
    """The answers of a new message, which has been checked. Inside the transaction that writes the message."""
    return await Poll.create(post=post, options=[{"name": word, "count": 0} for word in draft.words()], voters=0,
                             is_multiple=draft.is_multiple, closes_at=clock.now() + draft.ends_in,
                             hides_numbers=draft.hides_numbers)


async def change(post: Post, draft: PollDraft) -> None:
    """Ask a question of ours differently, from now on. Other answers to choose from, or another number of them, and nobody has
    chosen yet: what was chosen was something else. Inside the transaction that edits the message, which has been checked.
    """
    poll = await Poll.filter(post_id=post.id).select_for_update().first()
    if poll is None:
        await ask(post, draft)
        await post.change(kind=KIND)
        return
    is_other = [one["name"] for one in poll.options] != draft.words() or poll.is_multiple != draft.is_multiple
    await poll.change(is_multiple=draft.is_multiple, hides_numbers=draft.hides_numbers, closes_at=clock.now() + draft.ends_in,
                      told_at=None)
    if is_other:
        await Vote.filter(poll_id=poll.id).delete()
        await poll.change(options=[{"name": word, "count": 0} for word in draft.words()], voters=0)


async def end_due() -> int:
    """A job: those who asked and those who chose hear that it is over, servers that have it get the numbers. Returns how many."""
    due = Poll.filter(told_at__isnull=True, closes_at__lte=clock.now()).order_by("closes_at")
    polls = await due.limit(ENDED_AT_ONCE).select_related("post__author")
    for poll in polls:
        async with in_transaction():
            now = await Poll.filter(id=poll.id, told_at__isnull=True).select_for_update().first()
            if now is not None and now.is_closed:
                await _end(now, poll.post)
    return len(polls)


async def _end(poll: Poll, post: Post) -> None:
    """A notice names nobody: it is about the question."""
    await poll.change(told_at=clock.now())
    if post.deleted_at or post.is_in_review:
        return
    chose = await Vote.filter(poll_id=poll.id, actor__host="").distinct().values_list("actor_id", flat=True)
    told = {int(str(id_)) for id_ in chose} | ({post.author_id} if post.author.is_local else set())
    for member in await Actor.filter(Actor.present(), id__in=list(told)):
        await Notification.tell(member, Notice.POLL, None, post)
    if post.author.is_local:
        await poll.recount()
        await outbox.update(post)
