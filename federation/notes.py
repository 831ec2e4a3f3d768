"""Posts from elsewhere to rows: who they are for, whom they name, what they answer. Inside the caller's transaction."""
from __future__ import annotations

from datetime import datetime
from typing import Any

from federation import answering, post_notices, post_parts, values
from federation.addresses import origin_of, same_origin
from federation.contexts import PUBLIC
from federation.errors import Refused
from federation.note import HAS_INTRODUCTION
from federation.wire import Note
from models import (
    Actor,
    Approval,
    Block,
    Host,
    HostBlock,
    Post,
    QuietConversation,
    Recipient,
    Revision,
    Tombstone,
    clock,
    sealing,
    vault,
)
from models.notification import Notice, Notification
from models.post import AskedState, Voice
from models.reach import Reach
from models.stamp import StampKind
from moderation import asking, facts, hosts, markup, policy
from moderation.policy import Verb

WARNING_LIMIT = 300
TITLE_LIMIT = 300
_VOICES = frozenset(Voice)
NEVER_ANSWERED = ("blocked", "company", "settled")  # the reasons for which an answer is not taken at all


async def save(note: Note, author: Actor) -> Post:
    """The row of a post, made unless it is there; what we verified first stays (security.md, R16).

    Raises Refused if the author has erased it, if its reach is more than we exchange with that host, or if whom it answers has
    not let it.
    """
    if known := await Post.get_or_none(uri=note.id).select_related("author"):
        if known.deleted_at is None:
            return known
        raise Refused("erased", host=author.host)
    if await Tombstone.covers(note.id, author.uri):
        raise Refused("erased", host=author.host)
    reach, to_followers = await reach_of(note, author)
    if not hosts.may_bring(await hosts.standing(author.host), reach):
        raise Refused("reach", host=author.host)
    parent, parent_uri = await _parent(note, author)
    answering.check(note, author, parent, is_for_few=not to_followers and reach.is_private)
    if parent and parent.author.is_local:
        reach = reach.narrowed_to(parent.reach)
    await _speaks_to_none_unasked(note, author, reach, parent)
    post = new_row(note, author, reach, to_followers)
    # the conversation is the first message as far as we know it, never what a stranger says of it
    conversation = parent.conversation if parent else parent_uri or note.id
    post.update_from_dict({"parent": parent, "parent_uri": parent_uri, "conversation": conversation,
                           "context_uri": (parent.context_uri if parent else "") or context_of(note, conversation)})
    post.readers = await _holders(note, reach, to_followers)
    await post.save(force_create=True)
    await _adopt_answers(post)
    await _keep_yes(note, post, parent)
    await _save_parts(post, note, author)
    await _tell(post, parent, author)
    await post_notices.of_new(post, author)
    return post


async def _keep_yes(note: Note, post: Post, parent: Post | None) -> None:
    """Where the yes of whom it answers stands, so that it ends with it."""
    if parent and note.is_let and note.answer_stamp:
        await Approval.create(kind=StampKind.REPLY, uri=note.id, actor_id=post.author_id, post=parent, reach=post.reach,
                              state=AskedState.SHOWN, stamp_uri=note.answer_stamp)


async def _holders(note: Note, reach: Reach, to_followers: bool) -> tuple[int, ...]:
    """Under whose keys it is kept: of the members of ours whom it names, if it is for them alone."""
    if not reach.is_private:
        return ()
    named = Actor.filter(Actor.present(), uri__in=[*note.to, *note.cc, *(mention.href for mention in note.mentions)], host="")
    ids = [] if to_followers else await named.order_by("id").values_list("id", flat=True)
    return tuple(int(str(id_)) for id_ in ids) or (vault.HOUSE,)


def new_row(note: Note, author: Actor, reach: Reach, to_followers: bool) -> Post:
    """A post that answers nothing, with its text cleaned; not yet written."""
    return Post(author=author, **new_columns(note, author, reach, to_followers))


def new_columns(note: Note, author: Actor, reach: Reach, to_followers: bool) -> dict[str, Any]:
    """The columns of such a post."""
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


async def edit(post: Post, note: Note) -> bool:
    """Take a newer version, keeping the older one; False if ours is as new. The audience stays as it was (rule 5)."""
    newest = newer_at(post, note)
    if newest is None:
        return False
    written_at = post.edited_at or post.published_at
    await Revision.create(post=post, text="", html=post.html, warning=post.warning, written_at=written_at)
    await post.change(edited_at=newest, expires_at=note.expires or post.expires_at, **content_of(note))
    await post_notices.of_edit(post, post.author)
    await post_parts.replace(post, note)
    return True


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
    columns, read = content_of(note), ("html", "title", "warning", "translations", "place", "starts_at", "ends_at")
    return any(getattr(post, name) != columns[name] for name in read)


async def take(post: Post, note: Note) -> None:
    """What an Update by its author changes: who reads it, then its text or what is no edit."""
    await narrow(post, note)
    if not await edit(post, note):
        await refresh(post, note)


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


async def _parent(note: Note, author: Actor) -> tuple[Post | None, str]:
    """What it answers, if we have it, and its uri. Of ours only what may be answered: a conversation that their server
    was never shown, it cannot join. Refused if the two block each other.
    """
    uri = note.in_reply_to or ""
    parent = await Post.kept(uri) if uri else None
    if parent is None or not parent.author.is_local:
        return parent, uri
    decision = policy.decide(Verb.ANSWER, await facts.between(author, parent.author, reach=Reach.CIRCLE, post=parent))
    if decision.reason in NEVER_ANSWERED:
        raise Refused(decision.reason, host=author.host)
    return (parent, uri) if decision else (None, "")


async def _speaks_to_none_unasked(note: Note, author: Actor, reach: Reach, parent: Post | None) -> None:
    """Raise Refused where an organisation names a member of ours who neither follows it nor wrote to it."""
    if not author.organised_as:
        return
    named = Actor.filter(Actor.present(), uri__in=[*note.to, *note.cc, *(mention.href for mention in note.mentions)], host="")
    for actor in await named:
        is_answered = parent is not None and parent.author_id == actor.id
        decision = policy.decide(Verb.NAME, await facts.between(author, actor, reach=reach))
        if decision.reason == "organisation" and not is_answered:
            raise Refused("organisation", host=author.host)


async def _adopt_answers(post: Post) -> None:
    """Answers that came before what they answer find it now, and their conversation grows together."""
    early = Post.filter(parent_uri=post.uri, parent_id__isnull=True).exclude(author__host="")
    ids = list[int]()
    for one in await early.select_related("author"):
        if one.reach in asking.ANSWERS_SHOWN and asking.must_ask(one.author, post, asking.REPLY):
            # whether it was let was not asked: it stands by itself
            await Post.filter(id=one.id).update(parent_uri="", conversation=one.uri)
        else:
            ids.append(one.id)
    if ids:
        await Post.filter(id__in=ids).update(parent_id=post.id)
        await Post.filter(conversation=post.uri).exclude(id=post.id).update(conversation=post.conversation)


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
    return {"html": markup.clean(_words(note, introduces) + links), "title": (note.name or "")[:TITLE_LIMIT],
            "warning": "" if introduces else (note.summary or "")[:WARNING_LIMIT], "sensitive": note.sensitive,
            "language": (note.language or "")[:20], "voice": Voice(note.voice) if note.voice in _VOICES else Voice.NONE,
            "translations": {language: markup.clean(text + links) for language, text in languages.items()} or None,
            "kind": "" if note.type == "Note" else note.type,
            "starts_at": note.starts_at, "ends_at": note.ends_at, "place": note.place,
            "quotable": note.quotable, "withheld": note.withheld, "asks": note.asks} | _quote(note)


def _words(note: Note, introduces: bool) -> str:
    """The content, or the introduction of what has nothing else to read."""
    introduction = note.summary if introduces else None
    return note.content or (f"<p>{markup.escape(introduction)}</p>" if introduction else "")


def _quote(note: Note) -> dict[str, Any]:
    quote = note.quote
    return {"quote_uri": quote.uri if quote else "", "quote_stamp_uri": (quote.stamp or "") if quote else "",
            "shows_quote": quote is not None and quote.is_allowed}


async def _save_parts(post: Post, note: Note, author: Actor) -> None:
    """Recipients that we know, tags and images."""
    named = {mention.href for mention in note.mentions}
    uris = [uri for uri in {*note.to, *note.cc, *named} if uri != author.uri]
    for actor in await Actor.filter(Actor.present(), uri__in=uris):
        await Recipient.create(post=post, actor=actor, mentioned=actor.uri in named)
    await post_parts.save(post, note, author)


async def _tell(post: Post, parent: Post | None, author: Actor) -> None:
    """Tell our members whom it answers or names, unless they block its author or want to hear no more of the conversation."""
    told: set[int] = set()
    if parent and parent.author.is_local and await _wants(parent.author_id, post, author):
        await Notification.tell(parent.author, Notice.REPLY, author, post)
        told.add(parent.author_id)
    for recipient in await Recipient.filter(post_id=post.id, actor__host="").select_related("actor"):
        if recipient.actor_id not in told and await _wants(recipient.actor_id, post, author):
            await Notification.tell(recipient.actor, Notice.MENTION, author, post)


async def _wants(member_id: int, post: Post, author: Actor) -> bool:
    if await Block.either_way(member_id, author.id) or await HostBlock.exists(owner_id=member_id, host=author.host):
        return False
    return not await QuietConversation.exists(owner_id=member_id, conversation=post.conversation)
