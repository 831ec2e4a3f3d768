"""Writing, editing and erasing messages."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from federation import copies, outbox, withdrawal_notices
from models import (
    Actor,
    Announce,
    Attachment,
    Bookmark,
    Delivery,
    Draft,
    FilteredPost,
    Like,
    Notification,
    OutgoingActivity,
    Pin,
    Poll,
    Post,
    Q,
    Recipient,
    Review,
    Revision,
    Subquery,
    Tag,
    Tombstone,
    clock,
)
from models.database import in_transaction
from models.delivery import DeliveryState
from models.errors import CommunityError
from models.ids import first_id, new_key
from models.post import IN_REVIEW, About, Note, Voice
from models.reach import Reach
from moderation import facts, policy
from moderation.policy import Verb
from server.actions import addressees, drafts, news, once, people, polls, reviews
from server.actions.polls import PollDraft
from server.errors import Refused
from server.markdown import mentions_in, render
from server.media import MediaStore, set_free

TEXT_LIMIT_CHARACTERS = 5000
IMAGES_LIMIT = 4
DESCRIPTION_LIMIT_CHARACTERS = 1500
HELD_AT_MOST = timedelta(days=7)  # a server may have stood still meanwhile; older posts are not looked through


class TooLate(CommunityError):
    """The message has left, so that it can no longer be called back: it can be erased."""

    status = 409
    safe = "This message has already left. You can still erase it."


class NobodyNamed(CommunityError):
    """A message for a circle names nobody."""

    safe = "Name at least one person who may read this message."


@dataclass(frozen=True, slots=True, kw_only=True)
class Composition:
    """What a member has written, checked and ready to go. `recipients` are the people of a circle, never those of the text."""

    text: str
    reach: Reach
    voice: Voice = Voice.NONE
    note: Note = Note.NONE
    warning: str = ""  # the content note in words, as peers show it
    language: str = ""
    parent: Post | None = None  # with its author
    recipients: tuple[Actor, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    undo_seconds: int = 0
    is_sensitive: bool = False
    poll: PollDraft | None = None  # answers to choose from
    is_listed: bool = True  # of one for the whole web: whether lists for everybody show it
    about: About = About.UNSAID
    about_agrees: bool = False  # the person it is about has said yes to it, says the writer
    written_by: Actor | None = None  # the guardian who writes it for a managed profile
    written_as: str = ""  # what that guardian is: a models.guardian.Tie
    once: str = ""  # the key of a request that may come twice (`server.actions.once`)

    def held_until(self, now: datetime) -> datetime | None:
        """Until when it can be undone."""
        return now + timedelta(seconds=self.undo_seconds) if self.undo_seconds else None


async def publish(author: Actor, written: Composition, origin: str) -> Post:
    """Write a message down, for those it may reach. With `undo_seconds` it is held, and only its author sees it; so it is
    while the team has to read it first.

    Raises: Refused (a rule of `moderation.policy`), NobodyNamed, BadPoll, Repeated.
    """
    if written.poll:
        written.poll.check()
    named = await people.known(mentions_in(written.text), origin)
    addressed = await addressees.of(author, written.reach, written.parent, written.recipients, list(named.values()))
    if written.reach is Reach.CIRCLE and not addressed:
        raise NobodyNamed("circle")
    await _may_publish(author, written, addressed)
    words, to_read = render(written.text, named, origin), await _to_read(written)
    key, now = new_key(), clock.now()
    uri, parent = f"{origin}/posts/{key}", written.parent
    expires_at = copies.kept_until(written.reach, now)
    async with in_transaction():
        post = await Post.create(
            key=key, uri=uri, url=f"{origin}/m/{key}", author=author, reach=written.reach, voice=written.voice,
            text=written.text, html=words.html, note=written.note, warning=written.warning, sensitive=written.is_sensitive,
            language=written.language, parent=parent, parent_uri=parent.uri if parent else "",
            conversation=parent.conversation if parent else uri, context_uri=parent.context_uri if parent else "",
            published_at=now, kind=polls.KIND if written.poll else "",
            is_listed=written.is_listed, expires_at=expires_at,
            held_until=IN_REVIEW if to_read else written.held_until(now),
            about=written.about, about_agrees=written.about_agrees, written_by=written.written_by,
            written_as=written.written_as)
        await once.remember(author, written.once, post.id)
        await _address(post, addressed, named)
        await _tag(post, words.tags)
        await _attach(post, written.attachments)
        if written.poll:
            await polls.ask(post, written.poll)
        if to_read:
            await reviews.hold(post, to_read)
            return post
        await outbox.create(post)
        if post.held_until is None:
            await news.of_post(post)
    return post


async def _to_read(written: Composition) -> tuple[str, ...]:
    """The words for which the team has to read it first."""
    texts = [written.text, written.warning, *(image.description for image in written.attachments),
             *(written.poll.words() if written.poll else ())]
    return await reviews.words_to_read(written.about, written.about_agrees, written.reach, texts)


async def edit(post: Post, written: Composition, descriptions: Mapping[str, str], origin: str, *,
               images: Sequence[Attachment] | None = None) -> None:
    """Change what a message says; what it said before is kept, and can be read by those who see the message.

    Reach, recipients, about whom it is and answers to choose stay, and the images unless others are given. `descriptions`:
    attachment key -> alternative text. People who are newly named are told. One that is still held leaves as it now is, and
    no other way. Raises: Refused ("review") where the team would have to read it first, and it has left already.
    """
    if not post.is_in_review and await _to_read(replace(written, about=post.about, about_agrees=post.about_agrees)):
        raise Refused("review")
    named = await people.known(mentions_in(written.text), origin)
    before = {row.actor_id for row in await Recipient.filter(post=post)}
    wanted = () if post.reach is Reach.CIRCLE else await addressees.of(post.author, post.reach, None, (), list(named.values()))
    addressed = [actor for actor in wanted if actor.id not in before]
    words = render(written.text, named, origin)
    async with in_transaction():
        is_held = await _is_held(post)
        if not is_held:
            await Revision.create(post=post, text=post.text, html=post.html, warning=post.warning,
                                  written_at=post.edited_at or post.published_at)
        await post.change(text=written.text, html=words.html, voice=written.voice, note=written.note, warning=written.warning,
                          sensitive=written.is_sensitive, language=written.language, edited_at=None if is_held else clock.now())
        await Tag.filter(post=post).delete()
        await _tag(post, words.tags)
        await _address(post, addressed, named)
        for key, text in descriptions.items():
            await Attachment.filter(post=post, key=key).update(description=text[:DESCRIPTION_LIMIT_CHARACTERS])
        if images is not None:
            await _exchange(post, images)
        await _tell_of_edit(post, is_held)


async def _tell_of_edit(post: Post, is_held: bool) -> None:
    """What nobody has yet is told anew, so that what it said first never leaves."""
    if post.is_in_review:
        await reviews.changed(post)
    elif is_held:
        await OutgoingActivity.filter(object_uri=post.uri).delete()
        await outbox.create(post)
    else:
        await outbox.update(post)
        await news.of_post(post)


async def _exchange(post: Post, images: Sequence[Attachment]) -> None:
    """These images in this order instead of those that were there; what is left out goes with the next cleaning."""
    await set_free(Attachment.filter(post=post).exclude(id__in=[image.id for image in images] or [0]))
    for position, image in enumerate(images[:IMAGES_LIMIT]):
        await Attachment.filter(Q(post_id__isnull=True) | Q(post_id=post.id), id=image.id, owner_id=post.author_id
                                ).update(post_id=post.id, position=position)


async def delete(post: Post, store: MediaStore, *, keep_images: bool = False) -> None:
    """Erase a message here at once, and ask those who have a copy to erase theirs. Only a tombstone stays.

    Who received it stays written (Disclosure): the erasing follows that list. `keep_images`: for a day, to be used again.
    """
    images = [] if keep_images else [image.key for image in await Attachment.filter(post=post)]
    async with in_transaction():
        if keep_images:
            await set_free(Attachment.filter(post=post))
        if await _is_held(post):
            await _vanish(post)
        else:
            await withdrawal_notices.ask(post.author, [post.uri])
            await outbox.delete(post)
            await bury(post)
    for key in images:
        store.forget(key)


async def undo(post: Post) -> Draft:
    """Call a held message back: nothing of it was seen by anyone, and it comes back as a draft. Raises TooLate."""
    typed = await _typed_again(post)
    async with in_transaction():
        if not await _is_held(post):
            raise TooLate("undo")
        await Attachment.filter(post=post).update(post_id=None)
        await _vanish(post)
        return await Draft.create(owner=post.author, form=typed.form())


async def send_now(post: Post) -> None:
    """Let a held message go at once; one that has gone already stays gone."""
    async with in_transaction():
        if not post.is_in_review and await _is_held(post):
            await _release(post)


async def release_due() -> int:
    """A job: messages whose time for undoing is over tell those they are for. Returns how many."""
    now = clock.now()
    recent = Post.filter(id__gt=first_id(now - HELD_AT_MOST), held_until__lte=now, deleted_at__isnull=True)
    due = await recent.select_related("author").limit(100)
    for post in due:
        async with in_transaction():
            if await Post.filter(id=post.id, held_until__isnull=False).select_for_update().exists():
                await _release(post)
    return len(due)


async def _release(post: Post) -> None:
    await post.change(held_until=None)
    await Delivery.filter(object_uri=post.uri, state=DeliveryState.WAITING, attempts=0).update(due_at=clock.now())
    await news.of_post(post)


async def _is_held(post: Post) -> bool:
    """Whether the message can still be undone; the row stays locked until the transaction ends."""
    return bool(await Post.filter(id=post.id, held_until__gt=clock.now()).select_for_update())


async def _may_publish(author: Actor, written: Composition, addressed: Sequence[Actor]) -> None:
    verb = Verb.ANSWER if written.parent else Verb.PUBLISH
    if written.parent:
        known = await facts.between(author, written.parent.author, reach=written.reach, post=written.parent)
    else:
        known = await facts.about_publishing(author, written.reach)
    if written.reach is Reach.CIRCLE and all(actor.is_local for actor in addressed):
        known = replace(known, consents=True)  # between members of one community nothing leaves
    if not (decision := policy.decide(verb, known)):
        raise Refused(decision.reason or "")


async def _address(post: Post, addressed: Sequence[Actor], named: Mapping[str, Actor]) -> None:
    mentioned = {actor.id for actor in named.values()}
    for actor in addressed:
        await Recipient.create(post=post, actor=actor, mentioned=actor.id in mentioned)


async def _tag(post: Post, tags: Sequence[str]) -> None:
    await Tag.bulk_create([Tag(post=post, name=name) for name in tags])


async def _attach(post: Post, attachments: Sequence[Attachment]) -> None:
    """Only what its owner uploaded and no other message has."""
    for position, image in enumerate(attachments[:IMAGES_LIMIT]):
        await Attachment.filter(id=image.id, owner_id=post.author_id, post_id__isnull=True).update(
            post_id=post.id, position=position, description=image.description[:DESCRIPTION_LIMIT_CHARACTERS])


async def _typed_again(post: Post) -> drafts.Typed:
    """What its author had typed to make this message."""
    parent = await Post.get_or_none(id=post.parent_id) if post.parent_id else None
    images = await Attachment.filter(post=post).order_by("position")
    circle = await Recipient.filter(post=post).select_related("actor") if post.reach is Reach.CIRCLE else []
    poll = await Poll.get_or_none(post=post)
    return drafts.Typed(
        text=post.text, reach=post.reach, voice=post.voice, note=post.note, warning=post.warning, language=post.language,
        reply=parent.key if parent else "", to=" ".join(row.actor.address for row in circle),
        images=tuple((image.key, image.description) for image in images),
        choices=tuple(one["name"] for one in poll.options) if poll else (), several="1" if poll and poll.is_multiple else "",
        about=post.about, agrees="1" if post.about_agrees else "")


async def _vanish(post: Post) -> None:
    """A held message leaves no trace: nobody has seen it."""
    await OutgoingActivity.filter(object_uri=post.uri).delete()
    await Attachment.filter(post=post).delete()
    await post.delete()


async def bury(post: Post) -> None:
    """Everything that the message said goes; its id stays dead. Inside a transaction; telling others is for the caller."""
    await post.change(text="", html="", title="", warning="", deleted_at=clock.now())
    for rows in (Revision, Tag, Attachment, Notification, Like, Announce, Recipient, Pin, Poll, Bookmark, FilteredPost,
                 Review):
        await rows.filter(post=post).delete()
    waiting = Subquery(Delivery.filter(object_uri=post.uri, state=DeliveryState.WAITING).values("activity_id"))
    await OutgoingActivity.filter(object_uri=post.uri, kind__in=["Create", "Update"]).exclude(id__in=waiting).update(body="")
    await Tombstone.bury(post.uri, post.author.uri)
