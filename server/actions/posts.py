"""Writing and editing messages."""
from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from federation import asking_first, copies, outbox
from models import (
    Actor,
    Attachment,
    OutgoingActivity,
    Post,
    Q,
    Recipient,
    Revision,
    Tag,
    clock,
)
from models.database import in_transaction
from models.errors import CommunityError, NotHere
from models.ids import new_key
from models.post import IN_REVIEW, About, AskedState, Note, Voice
from models.reach import Reach
from moderation import asking, consent, facts, policy
from moderation.policy import Verb
from server.actions import addressees, held, news, once, people, polls, quotes, remedies, reviews, signals
from server.actions.polls import PollDraft
from server.actions.signals import Found, Said
from server.errors import Refused
from server.pictures.media import set_free
from server.words.markdown import mentions_in, render

TEXT_LIMIT_CHARACTERS = 5000
IMAGES_LIMIT = 4
DESCRIPTION_LIMIT_CHARACTERS = 1500


class InDoubt(Refused):
    """The scanner was not sure about a picture, and the team reads no messages to named people."""

    safe = "refused.image_doubted"

    def __init__(self) -> None:
        super().__init__("image_doubted")


class NobodyNamed(CommunityError):
    """A message for a circle names nobody."""

    safe = "Name at least one person who may read this message."


class ReadFirst(Refused):
    """A message that has left would say what the team has to read first."""

    safe = "The team has to read these words first, and this message has left already. Write them in a new message."

    def __init__(self) -> None:
        super(Refused, self).__init__("review")


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
    quoted: Post | None = None  # with its author
    recipients: tuple[Actor, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    undo_seconds: int = 0
    is_sensitive: bool = False
    poll: PollDraft | None = None  # answers to choose from
    is_listed: bool = True  # of one for the whole web: whether lists for everybody show it
    about: About = About.UNSAID
    about_agrees: bool = False  # the person it is about has said yes to it, says the writer
    shows_body: bool = False  # a picture shows somebody's body, or a patient, says the writer
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
    with consent.asked_once():
        return await _publish(author, written, origin)


async def _publish(author: Actor, written: Composition, origin: str) -> Post:
    if written.poll:
        written.poll.check()
    named = await people.known(mentions_in(written.text), origin)
    addressed = await addressees.of(author, written.reach, written.parent, written.recipients, list(named.values()))
    if written.reach is Reach.CIRCLE and not addressed:
        raise NobodyNamed("circle")
    await _may_publish(author, written, addressed)
    words, found = render(written.text, named, origin), await signals.look(author, _said(written), written.written_by)
    key, now = new_key(), clock.now()
    uri, parent = f"{origin}/posts/{key}", written.parent
    expires_at = copies.kept_until(written.reach, now)
    state = _answer_state(author, written)
    async with in_transaction():
        post = await Post.create(
            key=key, uri=uri, url=f"{origin}/m/{key}", author=author, reach=written.reach, voice=written.voice,
            text=written.text, html=words.html, note=written.note, warning=written.warning, sensitive=written.is_sensitive,
            language=written.language, parent=parent, parent_uri=parent.uri if parent else "",
            conversation=parent.conversation if parent else uri, context_uri=parent.context_uri if parent else "",
            answer_state=state,
            published_at=now, kind=polls.KIND if written.poll else "",
            is_listed=written.is_listed, expires_at=expires_at,
            held_until=IN_REVIEW if found.holds else written.held_until(now), labels=found.labels,
            about=written.about, about_agrees=written.about_agrees, shows_body=written.shows_body, written_by=written.written_by,
            written_as=written.written_as, **quotes.columns(author, written.quoted, written.reach))
        await quotes.begin(post, written.quoted)
        await asking_first.begin_answer(post)
        await once.remember(author, written.once, post.id)
        await _address(post, addressed, named)
        await _tag(post, words.tags)
        await _attach(post, written.attachments)
        if written.poll:
            await polls.ask(post, written.poll)
        await signals.note(post, found)
        if found.holds:
            await reviews.hold(post, found)
            return post
        await outbox.create(post)
        if post.held_until is None:
            await news.of_post(post)
    return post


def _answer_state(author: Actor, written: Composition) -> AskedState:
    """Whether whom it answers, elsewhere, has to let it."""
    parent = written.parent
    asks = parent is not None and asking.asks_to_answer(author, parent, written.reach)
    return AskedState.ASKED if asks else AskedState.NONE


def _said(written: Composition, more: Iterable[str] = ()) -> Said:
    """All that it says; `more`: in what images show that it has already."""
    texts = [written.text, written.warning, *(image.description for image in written.attachments),
             *(written.poll.words() if written.poll else ()), *more]
    return Said(texts=texts, reach=written.reach, language=written.language, about=written.about,
                about_agrees=written.about_agrees, images=written.attachments,
                shows_body=written.shows_body or written.note is Note.MEDICAL_IMAGE)


async def edit(post: Post, written: Composition, descriptions: Mapping[str, str], origin: str, *,
               images: Sequence[Attachment] | None = None) -> None:
    """Change what a message says; what it said before is kept, and can be read by those who see the message.

    Reach, recipients and about whom it is stay, and the images and answers to choose unless others are given. `descriptions`:
    attachment key -> alternative text. People who are newly named are told. One that is still held leaves as it now is, and
    no other way. Raises: BadPoll; ReadFirst where the team would have to read it first, and it has left already; NotHere
    if it was erased or narrowed since it was read.
    """
    found = await _may_edit(post, written, descriptions, images)
    named = await people.known(mentions_in(written.text), origin)
    before = {row.actor_id for row in await Recipient.filter(post=post)}
    wanted = () if post.reach is Reach.CIRCLE else await addressees.of(post.author, post.reach, None, (), list(named.values()))
    addressed = [actor for actor in wanted if actor.id not in before]
    words = render(written.text, named, origin)
    async with in_transaction():
        now = await Post.filter(id=post.id, reach=post.reach, deleted_at__isnull=True).select_for_update().first()
        if now is None or now.is_in_review is not post.is_in_review:
            raise NotHere("no longer as it was read")  # else it would leave for too many people, or unread by the team
        is_held = await held.is_held(post)
        if not is_held:
            await _remember(now)  # another edit may have come between
        await post.change(text=written.text, html=words.html, voice=written.voice, note=written.note, warning=written.warning,
                          sensitive=written.is_sensitive, language=written.language, labels=found.labels,
                          edited_at=None if is_held else clock.after(now.edited_at or now.published_at))
        if not post.is_in_review:
            await signals.note(post, found)
        await Tag.filter(post=post).delete()
        await _tag(post, words.tags)
        await _address(post, addressed, named)
        await _describe(post, descriptions)
        if images is not None:
            await _exchange(post, images)
        await _tell_of_edit(post, is_held, written.poll, found)


async def _may_edit(post: Post, written: Composition, descriptions: Mapping[str, str],
                    images: Sequence[Attachment] | None) -> Found:
    """What the rules say of it as it shall be. What has left is not changed into what the team would have to read first: the old
    words stay, and the new ones with their writer.
    """
    if written.poll:
        written.poll.check()
    if post.is_in_review:
        waiting = await _waiting(post, written, descriptions, images)
        return await signals.look(post.author, waiting, await reviews.written_by(post))
    added = _added(post, images or ())
    said = _said(replace(written, about=post.about, about_agrees=post.about_agrees, reach=post.reach, attachments=added,
                         shows_body=written.shows_body or post.shows_body),
                 (*descriptions.values(), *(image.description for image in images or ())))
    found = await signals.look_again(post, said, (await reviews.said_by(post)).texts)
    if found.holds:
        raise ReadFirst
    return found


def _added(post: Post, images: Sequence[Attachment]) -> tuple[Attachment, ...]:
    """Those that the message gets now. Raises InDoubt."""
    added = tuple(image for image in images if image.post_id is None)
    if any(image.doubted_at for image in added) and post.reach is Reach.CIRCLE:
        raise InDoubt
    return added


async def _waiting(post: Post, written: Composition, descriptions: Mapping[str, str],
                   images: Sequence[Attachment] | None) -> Said:
    """All that a message which waits for the team will say."""
    now = await reviews.said_by(post)
    shown = now.images if images is None else images
    choices = written.poll.words() if written.poll else await reviews.choices(post)
    texts = [written.text, written.warning, *(descriptions.get(image.key, image.description) for image in shown), *choices]
    is_body = post.shows_body or written.shows_body or written.note is Note.MEDICAL_IMAGE
    return replace(now, texts=texts, language=written.language, images=shown, shows_body=is_body)


async def _tell_of_edit(post: Post, is_held: bool, poll: PollDraft | None, found: Found) -> None:
    """What nobody has yet is told anew, so that what it said first never leaves. Who chose hears of it before they may
    choose again.
    """
    if not is_held:
        await news.of_post(post, is_new=False)
    if poll:
        await polls.change(post, poll)
    if post.is_in_review:
        await reviews.changed(post, found)
    elif post.hidden_at:
        await remedies.changed(post)
    elif is_held:
        await OutgoingActivity.filter(object_uri=post.uri).delete()
        await outbox.create(post)
    else:
        await outbox.update(post)


async def _remember(post: Post) -> None:
    """Keep what a message says until now."""
    await Revision.create(post=post, text=post.text, html=post.html, warning=post.warning,
                          written_at=post.edited_at or post.published_at)


async def _describe(post: Post, descriptions: Mapping[str, str]) -> None:
    for key, text in descriptions.items():
        if image := await Attachment.get_or_none(post=post, key=key):
            image.description = text[:DESCRIPTION_LIMIT_CHARACTERS]
            await image.save(update_fields=["description"])


async def _exchange(post: Post, images: Sequence[Attachment]) -> None:
    """These images in this order instead of those that were there; what is left out goes with the next cleaning."""
    await set_free(Attachment.filter(post=post).exclude(id__in=[image.id for image in images] or [0]))
    for position, image in enumerate(images[:IMAGES_LIMIT]):
        await Attachment.filter(Q(post_id__isnull=True) | Q(post_id=post.id), id=image.id, owner_id=post.author_id
                                ).update(post_id=post.id, position=position)


async def _may_publish(author: Actor, written: Composition, addressed: Sequence[Actor]) -> None:
    if written.reach is Reach.CIRCLE and any(image.doubted_at for image in written.attachments):
        raise InDoubt
    verb = Verb.ANSWER if written.parent else Verb.PUBLISH
    if written.parent:
        known = await facts.between(author, written.parent.author, reach=written.reach, post=written.parent)
    else:
        known = await facts.about_publishing(author, written.reach)
    if written.reach is Reach.CIRCLE and all(actor.is_local for actor in addressed):
        known = replace(known, consents=True)  # between members of one community nothing leaves
    if not (decision := policy.decide(verb, known)):
        raise Refused(decision.reason or "")
    if written.quoted:
        await quotes.check(author, written.quoted, written.reach)


async def _address(post: Post, addressed: Sequence[Actor], named: Mapping[str, Actor]) -> None:
    mentioned = {actor.id for actor in named.values()}
    for actor in addressed:
        await Recipient.create(post=post, actor=actor, mentioned=actor.id in mentioned)


async def _tag(post: Post, tags: Sequence[str]) -> None:
    await Tag.bulk_create([Tag(post=post, name=name) for name in tags])


async def _attach(post: Post, attachments: Sequence[Attachment]) -> None:
    """Only what its owner uploaded and no other message has."""
    for position, image in enumerate(attachments[:IMAGES_LIMIT]):
        mine = Attachment.filter(id=image.id, owner_id=post.author_id, post_id__isnull=True)
        if free := await mine.select_for_update().first():
            free.update_from_dict({"post": post, "position": position,
                                   "description": image.description[:DESCRIPTION_LIMIT_CHARACTERS]})
            await free.save(update_fields=["post_id", "position", "description"])
