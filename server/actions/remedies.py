"""What a ruling about a message does to it, and how that is undone. Each works inside the transaction of the ruling.

A message of ours keeps its place: what was hidden can be seen again. Elsewhere nothing of a hiding is told: a Delete could not be
taken back there (Mastodon lets no id come back).
"""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from federation import erasure, outbox, stamps
from models import Actor, Attachment, Case, Delivery, OutgoingActivity, Post, Q, Subquery, Tombstone, clock
from models.case import CaseSource, Matter
from models.delivery import TELLING, DeliveryState
from models.errors import CommunityError
from models.post import IN_REVIEW, Note
from models.reach import Reach
from models.ruling import Act
from server.actions import cases, removal
from server.words.language import LANGUAGES, gettext_for
from server.words.wording import note_name

TOLD_LIMIT = 200  # messages of ours in a conversation that is closed, or opened again
WORDS_LIMIT = 300  # characters of a content note, or of a note of the team
Files = Sequence[str]  # names of images that go once the transaction is over


class NotForThat(CommunityError):
    """Such an act is not for this: it needs a message, a member of ours, or words."""

    status = 422
    safe = "error.not_for_that"


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """What somebody of the team has made up their mind about."""

    act: Act
    subject: Actor  # whom it concerns: the author, where it is about a message
    by: Actor | None  # None: the command line, or a day that has come
    matter: Matter = Matter.OTHER
    post: Post | None = None  # with its author
    case: Case | None = None
    rule: int = 0  # of the community, from 1; 0: none of them
    facts: str = ""  # what happened, as the team saw it
    text: str = ""  # what the person is told; "": the words of the template, in their language
    words: str = ""  # of a note, or of a content note
    topic: Note = Note.NONE  # of a content note
    until: datetime | None = None  # when a limit or a freeze ends by itself
    automated: bool = False  # a rule of the server pointed it out

    @property
    def message(self) -> Post:
        """The message that it is about; NotForThat if there is none."""
        if self.post is None:
            raise NotForThat("needs a message")
        return self.post


async def nothing(_: Decided) -> Files:
    """Nothing changes."""
    return ()


async def note(decided: Decided) -> Files:
    """Words of the team under the message."""
    if not decided.words:
        raise NotForThat("needs words")
    await decided.message.change(team_note=decided.words[:WORDS_LIMIT])
    return ()


async def label(decided: Decided) -> Files:
    """A content note in front of it, as its author might have put there. Those who have a message of ours are told."""
    post = decided.message
    lang = post.language if post.language in LANGUAGES else LANGUAGES[0]
    words = decided.words or note_name(decided.topic, gettext_for(lang))  # other servers know no topics
    if not words:
        raise NotForThat("needs words")
    await post.change(label=decided.topic, label_words=words[:WORDS_LIMIT])
    await _tell(decided.message)
    return ()


async def hide(decided: Decided) -> Files:
    """Nobody but its author and the team sees it. What is still on its way elsewhere does not leave, nor is it tried again; what
    asks others to erase it goes on.
    """
    post = decided.message
    await post.change(hidden_at=clock.now())
    showing = Subquery(OutgoingActivity.filter(object_uri=post.uri, kind__in=TELLING).values("id"))
    waiting = Delivery.filter(object_uri=post.uri, state=DeliveryState.WAITING, activity_id__in=showing)
    await waiting.update(state=DeliveryState.FAILED, done_at=clock.now())
    return ()


async def hold(decided: Decided) -> Files:
    """Hidden until its author has changed it and the team has looked again. A copy from elsewhere cannot be changed here."""
    if not decided.message.author.is_local:
        raise NotForThat("not ours")
    return await hide(decided)


async def resolve(decided: Decided) -> Files:
    """Its conversation takes no more answers. Those that are there may stay, elsewhere too."""
    await decided.message.change(settled_at=clock.now())
    for post in await _of_ours(decided.message.conversation):
        await stamps.let_stand(post)
        await outbox.update(post, is_edit=False)
    return ()


async def delete(decided: Decided) -> Files:
    """Erased here; where it is ours, all who have it are asked to erase it too, and a copy does not come back."""
    post = decided.message
    if post.author.is_local:
        return await removal.withdraw(post)
    files = [image.key for image in await Attachment.filter(post=post)]
    await Tombstone.bury(post.uri, post.author.uri)
    await erasure.erase([post])
    return files


async def changed(post: Post) -> None:
    """Its author changed a message that the team hides: the team looks again, and nobody elsewhere gets the new words before."""
    await cases.open_(post.author, Matter.OTHER, CaseSource.HELD, [post])


async def end_note(post: Post) -> None:
    """The team's words go."""
    await post.change(team_note="")


async def end_label(post: Post) -> None:
    """The content note of the team goes; the author's own stays."""
    await post.change(label=Note.NONE, label_words="")
    await _tell(post)


async def end_hide(post: Post) -> None:
    """It is seen again; those elsewhere who should have it get it."""
    await post.change(hidden_at=None)
    await _tell(post)


async def end_resolve(post: Post) -> None:
    """It takes answers again."""
    await post.change(settled_at=None)
    for one in await _of_ours(post.conversation):
        await outbox.update(one, is_edit=False)


async def _of_ours(conversation: str) -> list[Post]:
    """The newest of our messages in a conversation, of those that others may have: each says whether it may be answered."""
    read = Q(held_until__isnull=True) | Q(held_until__lt=IN_REVIEW)
    ours = Post.filter(read, conversation=conversation, author__host="", deleted_at__isnull=True, hidden_at__isnull=True,
                       reach__in=[reach for reach in Reach if reach.leaves])
    return await ours.order_by("-id").limit(TOLD_LIMIT).select_related("author")


async def _tell(post: Post) -> None:
    if post.author.is_local and post.deleted_at is None and post.hidden_at is None:
        await outbox.update(post, at=clock.after(post.edited_at or post.published_at))
