"""Status (docs.joinmastodon.org/entities/Status): messages, as apps know them.

How many people liked, passed on or quoted a message is 0: no page shows it (product.md, Counts).
"""
from __future__ import annotations

from collections.abc import Sequence
from typing import TypedDict

from models import Announce, Post
from models.post import AskedState, Quotable
from models.reach import Reach
from moderation import markup
from server.actions import quotes
from server.api.answers import instant, instant_or_none
from server.api.entities.account import Account, CustomEmoji, account_with
from server.api.entities.filter import FilterResult
from server.api.entities.media import MediaAttachment, media
from server.api.entities.poll import Poll, poll
from server.api.preloads import Preloads, preload
from server.api.readers import Reader
from server.api.visibility import Visibility, visibility_of
from server.display.cards import Entry, facts_of
from server.words import signal_words
from server.words.language import gettext_for
from server.words.wording import note_name


class Mention(TypedDict):
    """Somebody whom a message names."""

    id: str
    username: str
    url: str
    acct: str


class StatusTag(TypedDict):
    """A tag of a message."""

    name: str
    url: str


class Own(TypedDict):
    """What only we know: who reads a message (models.reach.Reach), in which voice it speaks, the topic of its content note."""

    reach: str
    voice: str
    note: str


class QuoteApproval(TypedDict):
    """Who may quote a message."""

    automatic: list[str]
    manual: list[str]
    current_user: str


class Application(TypedDict):
    """The app that a message was written with."""

    name: str
    website: str | None


class Status(TypedDict):
    """A message, or that somebody passed one on (`reblog`)."""

    id: str
    uri: str
    url: str
    created_at: str
    edited_at: str | None
    account: Account
    content: str  # HTML
    text: str | None  # what its author typed: only when they erase it
    visibility: Visibility
    local_only: bool
    dazzle: Own
    sensitive: bool
    spoiler_text: str
    language: str | None
    media_attachments: list[MediaAttachment]
    mentions: list[Mention]
    tags: list[StatusTag]
    emojis: list[CustomEmoji]
    reblogs_count: int
    favourites_count: int
    replies_count: int
    quotes_count: int
    in_reply_to_id: str | None
    in_reply_to_account_id: str | None
    reblog: Status | None
    poll: Poll | None
    card: None
    quote: Quote | None
    quote_approval: QuoteApproval
    application: Application | None  # with which app somebody writes is nobody's business
    favourited: bool
    reblogged: bool
    muted: bool
    bookmarked: bool
    pinned: bool
    filtered: list[FilterResult]


class Quote(TypedDict):
    """A quoted message, as far as the reader may see it and its author lets it be quoted."""

    state: str
    quoted_status: Status | None


async def statuses(entries: Sequence[Entry], reader: Reader, context: str = "") -> list[Status]:
    """The messages of a list, in the same order, with at most seven queries.

    `context`: where they stand, for the reader's filters ("home", "public", "thread", "account", "notifications"); "" is nowhere.
    """
    passers = [entry.announce.actor for entry in entries if entry.announce]
    known = await preload([entry.post for entry in entries], passers, reader, context)
    return [_passed_on(entry.announce, entry.post, known, reader) if entry.announce else _status(entry.post, known, reader)
            for entry in entries]


async def status(post: Post, reader: Reader, context: str = "") -> Status:
    """One message, with its author loaded."""
    return (await statuses([Entry(post)], reader, context))[0]


def _status(post: Post, known: Preloads, reader: Reader, *, is_quoted: bool = False) -> Status:
    parent, is_mine = known.parents.get(post.parent_id or 0), post.author_id == reader.actor_id
    marks, question = known.marks, known.polls.get(post.id)
    html, language = known.words(post)
    return {
        "id": str(post.id), "uri": post.uri, "url": post.url or post.uri, "created_at": instant(post.published_at),
        "edited_at": instant_or_none(post.edited_at), "account": account_with(post.author, reader, known.emojis),
        "content": _whole(post, html, reader), "text": None, "visibility": visibility_of(post.reach, is_listed=post.is_listed),
        "local_only": post.reach in (Reach.ME, Reach.COMMUNITY),
        "dazzle": {"reach": post.reach, "voice": post.voice, "note": post.shown_note},
        "sensitive": post.is_veiled, "spoiler_text": _warning(post, reader),
        "language": language or None, "media_attachments": [media(image, reader) for image in known.images.get(post.id, ())],
        "mentions": _mentions(post, known, reader), "tags": _tags(post, known, reader), "emojis": known.emojis_of(post, reader),
        "reblogs_count": 0, "favourites_count": 0, "replies_count": known.replies.get(post.id, 0), "quotes_count": 0,
        "in_reply_to_id": str(post.parent_id) if parent else None,
        "in_reply_to_account_id": str(parent.author_id) if parent else None, "reblog": None,
        "poll": poll(question, marks.votes.get(post.id, ()), known.least, known.emojis_among(question, post, reader)
                     ) if question else None, "card": None,
        "quote": None if is_quoted else _quote(post, known, reader), "quote_approval": _approval(post, reader),
        "application": None,
        "favourited": post.id in marks.liked, "reblogged": post.id in marks.announced, "muted": post.id in marks.quiet,
        "bookmarked": post.id in marks.bookmarked, "pinned": post.id in marks.pinned,
        "filtered": [] if is_mine else known.filtered(post)}


def _passed_on(announce: Announce, post: Post, known: Preloads, reader: Reader) -> Status:
    """That somebody passed a message on: the same words once more, under their name."""
    inner = _status(post, known, reader)
    return {**inner, "id": str(announce.id), "uri": announce.uri, "created_at": instant(announce.published_at),
            "account": account_with(announce.actor, reader, known.emojis),
            "visibility": visibility_of(announce.reach), "reblog": inner}


def _whole(post: Post, html: str, reader: Reader) -> str:
    """The text, with what only pages have a place for: the title of an article, when and where an event is, notes below."""
    facts = facts_of(post, gettext_for(reader.language), reader.member) if post.kind else ()
    lines = "<br>".join(markup.escape(f"{fact.term}: {fact.text}") for fact in facts)
    title = f"<p><strong>{markup.escape(post.title)}</strong></p>" if post.title else ""
    _ = gettext_for(reader.language)
    note = f"<p><strong>{_('Note of the team')}</strong><br>{markup.escape(post.team_note)}</p>" if post.team_note else ""
    note += "".join(f"<p><small>{markup.escape(label)}</small></p>" for label in signal_words.labels(post.labels, _))
    return f"{title}<p>{lines}</p>{html}{note}" if lines else f"{title}{html}{note}"


def _warning(post: Post, reader: Reader) -> str:
    return post.shown_warning or note_name(post.shown_note, gettext_for(reader.language))


def _mentions(post: Post, known: Preloads, reader: Reader) -> list[Mention]:
    return [{"id": str(one.actor_id), "username": one.name, "acct": f"{one.name}@{one.host}" if one.host else one.name,
             "url": one.url if one.host else f"{reader.origin}/@{one.name}"} for one in known.marks.named.get(post.id, ())]


def _tags(post: Post, known: Preloads, reader: Reader) -> list[StatusTag]:
    return [{"name": name, "url": f"{reader.origin}/tags/{name}"} for name in known.marks.tags.get(post.id, ())]


#: How a quote of ours stands that is not shown; those of others say no more than that they are not.
STATES = {AskedState.ASKED: "pending", AskedState.REFUSED: "rejected", AskedState.ENDED: "revoked"}


def _quote(post: Post, known: Preloads, reader: Reader) -> Quote | None:
    if not post.quote_uri:
        return None
    if not post.shows_quote:
        return {"state": STATES.get(post.quote_state, "pending"), "quoted_status": None}
    quoted = known.quoted.get(post.quote_uri)
    if quoted is None:
        return {"state": "unauthorized", "quoted_status": None}
    return {"state": "accepted", "quoted_status": _status(quoted, known, reader, is_quoted=True)}


def _approval(post: Post, reader: Reader) -> QuoteApproval:
    """By whom it may be quoted, as its author said, and how it is with the reader. The action decides anew."""
    how = post.quotable
    if post.author.is_local:
        how = Quotable.ANYONE if post.reach is Reach.WEB and post.author.allows_quotes else Quotable.NOBODY
    automatic = {Quotable.ANYONE: ["public"], Quotable.FOLLOWERS: ["followers"]}.get(how, [])
    manual = ["public"] if how is Quotable.ASKED else []
    may = reader.member is not None and quotes.is_offered(reader.member.actor, post)
    current = "denied" if not may else "manual" if manual or how is Quotable.FOLLOWERS else "automatic"
    return {"automatic": automatic, "manual": manual, "current_user": current}
