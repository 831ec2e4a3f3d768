"""Posts from elsewhere to rows: who they are for, whom they name, what they answer. Inside the caller's transaction."""
from __future__ import annotations

from datetime import datetime
from typing import Any

from federation import post_parts, values
from federation.addresses import origin_of, same_origin
from federation.contexts import PUBLIC
from federation.note import HAS_INTRODUCTION
from federation.wire import Note
from models import Actor, F, Host, Post, clock, sealing
from models.post import Voice
from models.reach import Reach
from moderation import asking, markup

WARNING_LIMIT = 300
TITLE_LIMIT = 300
EARLY_LIMIT, JOINED_LIMIT = 500, 500  # messages
_VOICES = frozenset(Voice)


def new_columns(note: Note, author: Actor, reach: Reach, to_followers: bool) -> dict[str, Any]:
    """The columns of a message that answers nothing, with its text cleaned."""
    return {"uri": note.id, "url": page_of(note), "author_id": author.id, "reach": reach, "to_followers": to_followers,
            "is_listed": PUBLIC in note.to, "conversation": note.id, "published_at": _past(note.published),
            "edited_at": _edited_at(note), "context_uri": context_of(note, note.id),
            "expires_at": note.expires} | content_of(note)


def context_of(note: Note, conversation: str) -> str:
    """The collection of a conversation, if it is where the conversation began: nobody else owns it (FEP-7888)."""
    return note.context if note.context and same_origin(note.context, conversation) else ""


def page_of(note: Note) -> str:
    """Where it is to be read: on its own server, wherever its author says."""
    return values.on_host_of(note.url, note.id) or note.id


def newer_at(post: Post, note: Note) -> datetime | None:
    """When this version was made; None if ours is as new."""
    newest = _past(note.updated)
    if note.updated and note.updated == note.published:
        return None  # it says that it was never changed
    if note.updated is None and not _says_other_words(post, note):
        return None  # of a question, the newest numbers
    if newest < post.published_at or post.edited_at and newest <= post.edited_at:
        return None
    return newest


def _says_other_words(post: Post, note: Note) -> bool:
    """Whether what is read of it differs from what we have."""
    columns, read = content_of(note), ("html", "title", "warning", "translations", "place", "starts_at", "ends_at", "zone")
    return any(getattr(post, name) != columns[name] for name in read)


async def narrow(post: Post, note: Note) -> None:
    """A message that is addressed to fewer than before is for fewer; never for more (security.md, rule 5)."""
    reach, to_followers = await reach_of(note, post.author)
    if reach.level < post.reach.level:
        await post.change(reach=reach, to_followers=post.to_followers and to_followers)
        await sealing.anew(post)


async def refresh(post: Post, note: Note) -> None:
    """What changes without being an edit: the numbers of a question, who may quote it, the yes of somebody who is quoted or its
    end, until when a copy may be kept. A copy whose time was said is never kept longer because it is said no more.
    """
    await post_parts.recount(post, note)
    if note.expires and note.expires != post.expires_at:
        await post.change(expires_at=note.expires)
    if (note.quotable, note.withheld, note.asks) != (post.quotable, post.withheld, post.asks):
        await post.change(quotable=note.quotable, withheld=note.withheld, asks=note.asks)
    if note.quote is None or note.quote.is_allowed and note.quote.uri == post.quote_uri:
        await post.change(**_quote(note))


async def reach_of(note: Note, author: Actor) -> tuple[Reach, bool]:
    """The reach that the addressing says, and whether the author's followers are addressed."""
    audience = {*note.to, *note.cc}
    to_followers = author.followers_uri in audience if author.followers_uri else False
    if PUBLIC in audience:
        return Reach.WEB, to_followers
    partners = partners_of(await Host.called(author.host), author)
    return (Reach.PARTNERS if partners in audience else Reach.CIRCLE), to_followers


def partners_of(host: Host | None, author: Actor) -> str:
    """The audience that stands for the partners of the author's server."""
    return host.partners_uri if host and host.partners_uri else f"{origin_of(author.uri)}/partners"


async def adopt_answers(post: Post) -> None:
    """Answers that came before what they answer find it now, the first EARLY_LIMIT of them, and their conversation grows
    together. Those that would have to be let stand by themselves: `federation.conversations` asks whether they were.
    """
    early = Post.filter(parent_uri=post.uri, parent_id__isnull=True).exclude(author__host="").order_by("id").limit(EARLY_LIMIT)
    found = await early.values_list("id", "reach", "author_id")
    authors = await Actor.in_bulk({author_id for _, _, author_id in found}, "id")
    apart = [id_ for id_, reach, author_id in found
             if reach in asking.ANSWERS_SHOWN and asking.must_ask(authors[author_id], post, asking.REPLY)]
    if apart:
        await Post.filter(id__in=apart).update(conversation=F("uri"))
    if ids := [id_ for id_, _, _ in found if id_ not in apart]:
        await Post.filter(id__in=ids).update(parent_id=post.id)
        if not await _join(post, post.conversation):
            await Post.filter(id=post.id).update(conversation=post.uri)


async def _join(post: Post, conversation: str) -> bool:
    """What began with this message is part of another conversation. False where it is long: then it stays one of its own, as
    somebody could send what came before it, again and again.
    """
    began = Post.filter(conversation=post.uri).exclude(id=post.id)
    found = await began.limit(JOINED_LIMIT + 1).values_list("id")
    if len(found) > JOINED_LIMIT:
        return False
    await Post.filter(id__in=[id_ for id_, in found] or [0]).update(conversation=conversation)
    return True


async def attach(post: Post, note: Note) -> None:
    """An answer that stands by itself, as nobody had said that it was let, finds its place: now somebody has."""
    if not note.is_let or not note.in_reply_to or post.parent_id or post.author.is_local:
        return
    if parent := await Post.kept(note.in_reply_to):
        conversation = parent.conversation if await _join(post, parent.conversation) else post.conversation
        await Post.filter(id=post.id).update(parent_id=parent.id, parent_uri=parent.uri, conversation=conversation)


def _past(when: datetime | None) -> datetime:
    """A time that somebody states, but never later than now: a message from 2099 would stand on top for ever."""
    now = clock.now()
    return min(when, now) if when else now


def _edited_at(note: Note) -> datetime | None:
    return _past(note.updated) if note.updated and note.updated != note.published else None


def content_of(note: Note) -> dict[str, Any]:
    """The columns that an edit changes too."""
    introduces = note.type in HAS_INTRODUCTION and not note.sensitive
    languages, links = note.content_map if len(note.content_map) > 1 else {}, post_parts.links(note)
    return {"html": markup.clean(_words(note, introduces) + links), "title": _title(note),
            "warning": "" if introduces else (note.summary or "")[:WARNING_LIMIT], "sensitive": note.sensitive,
            "language": (note.language or "")[:20], "voice": Voice(note.voice) if note.voice in _VOICES else Voice.NONE,
            "translations": {language: markup.clean(text + links) for language, text in languages.items()} or None,
            "kind": "" if note.type == "Note" else note.type,
            "starts_at": note.starts_at, "ends_at": note.ends_at, "zone": note.zone, "place": note.place,
            "quotable": note.quotable, "withheld": note.withheld, "asks": note.asks} | _quote(note)


def _title(note: Note) -> str:
    """The title; not that of an answer which says no more than what it answers (NodeBB)."""
    name = note.name or ""
    return "" if note.in_reply_to and name.lower().startswith("re: ") else name[:TITLE_LIMIT]


def _words(note: Note, introduces: bool) -> str:
    """The content, or the introduction of what has nothing else to read."""
    introduction = note.summary if introduces else None
    return note.content or (f"<p>{markup.escape(introduction)}</p>" if introduction else "")


def _quote(note: Note) -> dict[str, Any]:
    quote = note.quote
    return {"quote_uri": quote.uri if quote else "", "quote_stamp_uri": (quote.stamp or "") if quote else "",
            "shows_quote": quote is not None and quote.is_allowed}
