"""Messages: writing, reading, changing and erasing them."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC
from typing import Any, TypedDict, TypeVar

from aiohttp import web
from pydantic import Field

from models import Attachment, Poll, Post, Revision, ScheduledPost
from models.errors import CommunityError, NotHere
from models.post import Note, Voice
from models.reach import Reach
from server.actions import narrowing, once, posts, removal, scheduled
from server.actions.drafts import Typed
from server.actions.once import Repeated
from server.actions.polls import PollDraft
from server.actions.posts import DESCRIPTION_LIMIT_CHARACTERS, Composition
from server.api import lookups, writing
from server.api.answers import answer, instant
from server.api.arguments import BadInput, Id, Takes
from server.api.entities.account import Account, CustomEmoji, account
from server.api.entities.media import MediaAttachment
from server.api.entities.scheduled import scheduled_statuses
from server.api.entities.status import Status, status, statuses
from server.api.focus import Focus
from server.api.readers import reader_of
from server.api.writing import AskPoll, PostStatus
from server.display import threads
from server.display.cards import Entry
from server.display.composer import WARNING_LIMIT_CHARACTERS, language_of, warning_of
from server.errors import Refused
from server.keys import LANGUAGE, LIMITS, MEDIA, MEMBER, SETTINGS
from server.words.language import Words, gettext_for

T = TypeVar("T")
MANY_LIMIT = 40
REVISIONS_LIMIT = 50
KEY_LIMIT_CHARACTERS = 200


class ManyStatuses(Takes):
    """Which messages."""

    id: list[Id] = []


class EditAttachment(Takes):
    """New words for an image of a message."""

    id: Id
    description: str | None = Field(None, max_length=DESCRIPTION_LIMIT_CHARACTERS)
    focus: Focus = None


class EditStatus(Takes):
    """What an edit changes; what is not given stays."""

    status: str | None = None
    spoiler_text: str | None = Field(None, max_length=WARNING_LIMIT_CHARACTERS)
    sensitive: bool | None = None
    language: str | None = None
    media_ids: list[Id] | None = None
    media_attributes: list[EditAttachment] = []
    poll: AskPoll | None = None
    dazzle_voice: Voice | None = None
    dazzle_note: Note | None = None
    dazzle_reach: Reach | None = None  # a narrower one


class DeleteStatus(Takes):
    """`delete_media`: false keeps its images for a day, so that they can be used in another message."""

    delete_media: bool = True


class QuotePolicy(Takes):
    """Who may quote a message."""

    quote_approval_policy: str = ""


class StatusSource(TypedDict):
    """What its author typed."""

    id: str
    text: str
    spoiler_text: str


class StatusEdit(TypedDict):
    """What a message said between two edits."""

    content: str
    spoiler_text: str
    sensitive: bool
    created_at: str
    account: Account
    poll: None
    media_attachments: list[MediaAttachment]
    emojis: list[CustomEmoji]


class Context(TypedDict):
    """What a message answers, and what answers it."""

    ancestors: list[Status]
    descendants: list[Status]


class NotTranslated(CommunityError):
    """There is no service that translates, and no text leaves for one."""

    status = 503
    safe = "Messages are not translated here: no text leaves this server for that."


async def post_status(request: web.Request, given: PostStatus) -> web.Response:
    """POST /api/v1/statuses, with Idempotency-Key: publish now, or at `scheduled_at`."""
    member, key = request[MEMBER], request.headers.get("Idempotency-Key", "")[:KEY_LIMIT_CHARACTERS]
    if key and (made := await once.made_by(member.actor, key)):
        return await _made_before(request, made)
    request.app[LIMITS].take("post", member.actor.key)
    written = await writing.composition(request.app, member, given)
    try:
        if given.scheduled_at is not None:
            return await _for_later(request, given, key)
        post = await posts.publish(member.actor, replace(written, once=key), request.app[SETTINGS].origin)
    except Refused as refused:
        raise writing.explained(refused, member, request.app) from refused
    except Repeated:
        return await _made_before(request, await once.made_by(member.actor, key) or 0)
    return answer(await status(post, reader_of(request)))


async def _for_later(request: web.Request, given: PostStatus, key: str) -> web.Response:
    when = given.scheduled_at
    assert when is not None  # noqa: S101 - the caller has looked
    kept = given.model_dump(mode="json", exclude={"scheduled_at"})
    due = when if when.tzinfo else when.replace(tzinfo=UTC)
    row = await scheduled.schedule(request[MEMBER].actor, due, kept, key)
    return answer((await scheduled_statuses([row], reader_of(request)))[0])


async def _made_before(request: web.Request, id_: int) -> web.Response:
    """The answer that an app has missed."""
    if found_post := await Post.get_or_none(id=id_, deleted_at__isnull=True).select_related("author"):
        return answer(await status(found_post, reader_of(request)))
    if row := await ScheduledPost.get_or_none(id=id_):
        return answer((await scheduled_statuses([row], reader_of(request)))[0])
    raise NotHere("it was erased since")


async def show(request: web.Request, _given: Takes) -> web.Response:
    """GET /api/v1/statuses/{id}."""
    return answer((await statuses([await lookups.entry(request)], reader_of(request), "thread"))[0])


async def show_many(request: web.Request, given: ManyStatuses) -> web.Response:
    """GET /api/v1/statuses?id[]=…: those of them that the reader may see."""
    entries = await lookups.entries(request, given.id[:MANY_LIMIT])
    return answer(await statuses(entries, reader_of(request), "thread"))


async def context(request: web.Request, _given: Takes) -> web.Response:
    """GET /api/v1/statuses/{id}/context."""
    post, reader = await lookups.post(request), reader_of(request)
    thread = await threads.around(post, reader.viewer)
    before, after = threads.above(post, thread), threads.below(post, thread)
    shown = await statuses([Entry(one) for one in (*before, *after)], reader, "thread")
    return answer({"ancestors": shown[:len(before)], "descendants": shown[len(before):]})


async def source(request: web.Request, _given: Takes) -> web.Response:
    """GET /api/v1/statuses/{id}/source: for its author."""
    post = await lookups.own_post(request)
    return answer({"id": str(post.id), "text": post.text, "spoiler_text": post.warning})


async def history(request: web.Request, _given: Takes) -> web.Response:
    """GET /api/v1/statuses/{id}/history: what it said, the first first, and what it says now."""
    post, reader = await lookups.post(request), reader_of(request)
    now = await status(post, reader)
    rows = await Revision.filter(post=post).order_by("-id").limit(REVISIONS_LIMIT)
    about = {"account": account(post.author, reader.origin, reader.reach), "poll": None, "emojis": now["emojis"],
             "sensitive": now["sensitive"], "media_attachments": now["media_attachments"]}
    before = [about | {"content": row.html, "spoiler_text": row.warning, "created_at": instant(row.written_at)}
              for row in reversed(rows)]
    newest = {"content": now["content"], "spoiler_text": now["spoiler_text"],
              "created_at": now["edited_at"] or now["created_at"]}
    return answer([*before, about | newest])


async def edit(request: web.Request, given: EditStatus) -> web.Response:
    """PUT /api/v1/statuses/{id}."""
    post, member = await lookups.own_post(request), request[MEMBER]
    request.app[LIMITS].take("post", member.actor.key)
    if given.dazzle_reach and given.dazzle_reach is not post.reach:
        await narrowing.narrow(post, given.dazzle_reach)
        if given.model_fields_set == {"dazzle_reach"}:
            return answer(await status(post, reader_of(request)))
    now = list(await Attachment.filter(post=post).order_by("position", "id"))
    images = await _images(post, now, given)
    writing.check_text(kept(post.text, given.status), bool(images), None)
    await _focus(images, given.media_attributes)
    keys = {image.id: image.key for image in images}
    told = {keys[one.id]: one.description for one in given.media_attributes if one.id in keys and one.description is not None}
    written = replace(_edited(post, given, gettext_for(request[LANGUAGE])), poll=await _poll(post, given.poll))
    await posts.edit(post, written, told, request.app[SETTINGS].origin, images=None if images == now else images)
    return answer(await status(post, reader_of(request)))


def kept(now: T, given: T | None) -> T:
    """What is given, or else what is there now."""
    return now if given is None else given


def _edited(post: Post, given: EditStatus, _: Words) -> Composition:
    note = kept(post.note, given.dazzle_note)
    typed = Typed(note=note, warning=kept(post.warning, given.spoiler_text).strip(), language=kept(post.language, given.language))
    warning = warning_of(typed, _)
    return Composition(
        text=kept(post.text, given.status).strip(), reach=post.reach, voice=kept(post.voice, given.dazzle_voice), note=note,
        warning=warning, language=language_of(typed), is_sensitive=kept(post.sensitive, given.sensitive) or bool(warning))


async def _images(post: Post, now: Sequence[Attachment], given: EditStatus) -> list[Attachment]:
    """The images that the message shall have: those that it has, and new uploads, in the order that was asked for."""
    if given.media_ids is None:
        return list(now)
    here = {image.id: image for image in now}
    new = {image.id: image for image in await writing.uploads(post.author, [id_ for id_ in given.media_ids if id_ not in here])}
    wanted = [(here | new)[id_] for id_ in dict.fromkeys(given.media_ids)]
    if len(wanted) > posts.IMAGES_LIMIT:
        raise BadInput(f"media_ids: at most {posts.IMAGES_LIMIT}")
    return wanted


async def _poll(post: Post, given: AskPoll | None) -> PollDraft | None:
    """The question as it shall be; None to leave it: an app that sends it again without saying until when changes nothing."""
    if given is None:
        return None
    now = await Poll.get_or_none(post_id=post.id)
    is_same = now and ([str(one["name"]) for one in now.options], now.is_multiple) == (given.options, given.multiple)
    return None if is_same and not given.expires_in else given.draft()


async def _focus(images: Sequence[Attachment], attributes: Sequence[EditAttachment]) -> None:
    wanted = {one.id: one.focus for one in attributes if one.focus is not None}
    for image in images:
        if place := wanted.get(image.id):
            await Attachment.filter(id=image.id).update(focus_x=place[0], focus_y=place[1])


async def delete(request: web.Request, given: DeleteStatus) -> web.Response:
    """DELETE /api/v1/statuses/{id}: erase it, here at once and elsewhere by asking; answers what was typed."""
    post = await lookups.own_post(request)
    last = await status(post, reader_of(request))
    last["text"] = post.text
    await removal.delete(post, request.app[MEDIA], keep_images=not given.delete_media)
    return answer(last)


async def translate(_request: web.Request, _given: Takes) -> web.Response:
    """POST /api/v1/statuses/{id}/translate."""
    raise NotTranslated("translate")


async def set_quote_policy(request: web.Request, given: QuotePolicy) -> web.Response:
    """PUT /api/v1/statuses/{id}/interaction_policy: who may quote is chosen once for all messages, in the settings."""
    post = await lookups.own_post(request)
    now: Any = "public" if post.author.allows_quotes else "nobody"
    if given.quote_approval_policy not in ("", now):
        raise BadInput("quote_approval_policy: chosen for all your messages at once, in your settings")
    return answer(await status(post, reader_of(request)))
