"""Rows become what pages show. Everything about a page of messages is loaded in a handful of queries, however many there are."""
from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from markupsafe import Markup

from models import Actor, Announce, Attachment, Host, Member, Post, clock, surroundings
from models.actor import ActorKind
from models.post import Note, Permitted
from models.reach import Reach
from models.surroundings import Answered, Surroundings
from moderation import lines
from moderation.visibility import Viewer, seen_by
from server.actions import quotes
from server.actions.filters import Context
from server.display import asked, questions
from server.display.sieve import text_of
from server.display.sifting import Sifted, sift
from server.pictures import emojis
from server.views import Asked, Fact, ImageView, PersonView, PollView, PostView, QuoteView
from server.words import event_times, lost, signal_words
from server.words.language import Words
from server.words.wording import kind_name, note_name, written_by

OPEN, FOLD, HIDE = "open", "fold", "hide"
NOTHING_ASKED = Asked()
NO_TOPIC = "other"  # in Member.reading["notes"]: what its server marked as sensitive without saying why


@dataclass(frozen=True, slots=True)
class Entry:
    """A message in a list, and how it was passed on if that is why it is there."""

    post: Post  # with its author
    announce: Announce | None = None  # with its actor

    @property
    def id(self) -> int:
        """Its place in the list."""
        place: int = (self.announce or self.post).id
        return place

    @property
    def passed_id(self) -> int:
        """The id of the passing-on; 0 without one."""
        return self.announce.id if self.announce else 0

    @property
    def passed_on_by(self) -> Actor | None:
        """Who passed it on."""
        return self.announce.actor if self.announce else None


@dataclass(slots=True)
class _Around:
    """What belongs to the messages of one page, by post id (titles: by host)."""

    kept: Surroundings = field(default_factory=Surroundings)
    titles: dict[str, str] = field(default_factory=dict)
    polls: dict[int, PollView] = field(default_factory=dict)
    quotes: dict[str, QuoteView] = field(default_factory=dict)  # by uri
    emojis: dict[str, dict[str, str]] = field(default_factory=dict)  # host -> name -> key
    sifted: Sifted = field(default_factory=Sifted)
    asked: dict[int, Asked] = field(default_factory=dict)


def viewer_of(member: Member | None) -> Viewer:
    """Who looks at a page: a member of ours, or a visitor."""
    return Viewer.member(member.actor) if member else Viewer()


def treatment(post: Post, reading: Mapping[str, object]) -> str:
    """OPEN, FOLD or HIDE: what the reader wants for messages with such a content note."""
    if not post.is_veiled:
        return OPEN
    notes = reading.get("notes")
    wanted = notes.get(post.shown_note or NO_TOPIC) if isinstance(notes, dict) else None
    return wanted if wanted in (OPEN, FOLD, HIDE) else FOLD


async def titles_of(actors: Iterable[Actor]) -> dict[str, str]:
    """The names that other communities give themselves, by host; the host's own name where there is none."""
    names = {actor.host for actor in actors if actor.host}
    found = {host.name: host.title for host in await Host.filter(name__in=names)} if names else {}
    return {name: found.get(name) or name for name in names}


def person(actor: Actor, titles: Mapping[str, str], pictures: Mapping[str, Mapping[str, str]] = {}, *,
           readers: Reach = Reach.COMMUNITY) -> PersonView:
    """One person, with the name of their community if it is not ours. `pictures`: of names, as `server.pictures.emojis` finds
    them; `readers`: WEB for visitors.
    """
    badge, keys = lines.badge_of(actor, readers), pictures.get(actor.host, {})
    spoken = emojis.spoken(actor.shown_name) if actor.host else actor.shown_name
    return PersonView(name=actor.name, address=actor.address, display_name=spoken, coat=actor.key,
                      url=f"/{actor.address}", host_label=titles.get(actor.host, actor.host),
                      label=emojis.pictured(actor.shown_name, keys), organisation=actor.organised_as,
                      is_program=not actor.is_local and actor.kind is ActorKind.SERVICE,
                      is_group=not actor.is_local and actor.kind is ActorKind.GROUP, badge=badge,
                      profession=actor.profession if badge else "", checked_by_one=bool(badge) and actor.badge_checks == 1)


async def people(actors: Sequence[Actor], *, readers: Reach = Reach.COMMUNITY) -> list[PersonView]:
    """Many people, in two queries."""
    titles, pictures = await titles_of(actors), await emojis.of_names(actors)
    return [person(actor, titles, pictures, readers=readers) for actor in actors]


async def posts(entries: Sequence[Entry], reader: Member | None, _: Words, *, with_hidden: bool = False,
                place: Context | None = None) -> list[PostView]:
    """The messages of a page as cards, in lists without those whose content note the reader wants hidden, or that a filter of
    theirs or their first month leaves out in this `place` (None: no filter works there).

    `with_hidden`: folded instead, where the reader has opened this very message or conversation.
    """
    shown = [entry for entry in entries if with_hidden or _may_stand(entry.post, reader)]
    around = await _load(shown, reader, _)
    if reader and place:
        rows = [entry.post for entry in shown]
        around.sifted = await sift(rows, lambda: _texts(shown, around), reader, place, _,
                                    has_filters=around.kept.has_filters)
    return [_card(entry, reader, around, _) for entry in shown if with_hidden or entry.post.id not in around.sifted.hidden]


def _may_stand(post: Post, reader: Member | None) -> bool:
    """Whether the reader wants it in lists, by its content note."""
    if reader is None:
        return treatment(post, {}) != HIDE
    return post.author_id == reader.actor_id or treatment(post, reader.reading) != HIDE


def _texts(entries: Sequence[Entry], around: _Around) -> dict[int, str]:
    """What filters look at, by post id."""
    return {post.id: text_of(post, [image.description for image in around.kept.images.get(post.id, ())],
                             [choice.title for choice in around.polls[post.id].choices] if post.id in around.polls else ())
            for post in (entry.post for entry in entries)}


async def _load(entries: Sequence[Entry], reader: Member | None, _: Words) -> _Around:
    rows = [entry.post for entry in entries]
    if not rows:
        return _Around()
    actors = [*(entry.post.author for entry in entries), *(entry.passed_on_by for entry in entries if entry.passed_on_by)]
    hosts, viewer = {actor.host for actor in actors if actor.host}, viewer_of(reader)
    kept = await surroundings.of_posts(rows, hosts, seen_by(viewer), viewer.actor_id)
    polls = await questions.of_posts(rows, reader, _)
    choices = {id_: [choice.title for choice in poll.choices] for id_, poll in polls.items()}
    return _Around(kept=kept, titles={name: kept.titles.get(name, name) for name in hosts}, polls=polls,
                   quotes=await questions.quotes_of(rows, viewer), asked=await asked.of_posts(rows, viewer.actor_id),
                   emojis=await emojis.of_posts(rows, choices=choices))


def image_view(image: Attachment) -> ImageView:
    """An image that is on our disk; of one that is not, the words alone: never a request to another server."""
    url = f"/media/{image.key}" if image.stored_at else ""
    return ImageView(url=url, alt=image.description, width=image.width, height=image.height)


def _card(entry: Entry, reader: Member | None, around: _Around, _: Words) -> PostView:
    post, is_mine = entry.post, reader is not None and entry.post.author_id == reader.actor_id
    author, held_for = post.author, held_seconds(post)
    parent = around.kept.answered.get(post.parent_id or 0)
    folded, veiled = (False, False) if is_mine else _folding(post, reader, around.sifted)
    html, language = words(post, _)
    pictures = around.emojis.get(author.host, {})
    return PostView(
        key=post.key, url=f"/m/{post.key}", author=person(author, around.titles, around.emojis, readers=_readers(reader)),
        html=Markup(emojis.shown(html, pictures)),  # noqa: S704 - cleaned when it was stored
        when=post.published_at, reach=post.reach.level, language=language, voice=post.voice,
        note=emojis.pictured(post.shown_warning, pictures) or note_name(post.shown_note, _),
        is_labelled=bool(post.label_words), folded=folded,
        filtered=around.sifted.why.get(post.id, ""),
        veiled=veiled, kind=kind_name(post.kind, _), title=emojis.pictured(post.title, pictures), facts=facts_of(post, _, reader),
        poll=_pictured(around.polls.get(post.id), pictures), quote=(quote := _quoted(post, around, is_mine)),
        quotes_unseen=_quotes_unseen(post, quote),
        edited=post.edited_at is not None, is_mine=is_mine,
        **_acts(post, reader, held_for, done=(done := _done(post, around))), **done,
        pinned=post.id in around.kept.pinned, answer_state=_answer_state(post, is_mine),
        passed_on_by=_passed_on_by(entry, around),
        reply_count=around.kept.replies.get(post.id, 0), in_reply_to_url=_answered_url(post, parent),
        in_reply_to_name=emojis.spoken(parent.name) if parent else "",
        attachments=tuple(image_view(image) for image in around.kept.images.get(post.id, ())),
        labels=signal_words.labels(post.labels, _), held_seconds_left=held_for, waits_for_team=post.is_in_review,
        written_by=written_by(post.written_as, author.shown_name, _),
        team_note=post.team_note, is_hidden=post.hidden_at is not None, is_settled=post.settled_at is not None,
        origin_url=_origin_url(post))


def _acts(post: Post, reader: Member | None, held_for: int, *, done: Mapping[str, Any]) -> dict[str, Any]:
    """What the reader can do with it."""
    if not _may_act(post, reader, held_for):
        return {}
    is_mine, shows = reader is not None and post.author_id == reader.actor_id, post.reach.level >= Reach.COMMUNITY.level
    return {"may_quote": _may_quote(post, reader), "may_reply": _may_be_answered(post), "may_pin": is_mine and shows,
            "may_thank": not is_mine and (done["thanked"] or _is_let(post, "canLike")),
            "may_pass_on": shows and (done["passed_on"] or _is_let(post, "canAnnounce"))}


def _done(post: Post, around: _Around) -> dict[str, Any]:
    """What the reader has done to it, or has asked its author to let them do."""
    wanted = around.asked.get(post.id, NOTHING_ASKED)
    return {"asked": wanted, "thanked": wanted.thanked or post.id in around.kept.thanked,
            "passed_on": wanted.passed_on or post.id in around.kept.passed_on}


def _answer_state(post: Post, is_mine: bool) -> str:
    """How it stands with an answer that is not let, to who wrote it."""
    return "" if post.is_let or not is_mine else post.answer_state.value


def _pictured(poll: PollView | None, pictures: Mapping[str, str]) -> PollView | None:
    """The question, with the pictures in its answers."""
    if poll is None or not pictures:
        return poll
    return replace(poll, choices=tuple(replace(choice, title=emojis.pictured(choice.title, pictures)) for choice in poll.choices))


def _readers(reader: Member | None) -> Reach:
    return Reach.COMMUNITY if reader else Reach.WEB


def _may_act(post: Post, reader: Member | None, held_for: int) -> bool:
    """Whether anything can be done with it: nothing before it has left."""
    return reader is not None and post.is_let and not (post.is_in_review or held_for)


def _passed_on_by(entry: Entry, around: _Around) -> PersonView | None:
    return person(entry.passed_on_by, around.titles) if entry.passed_on_by else None


def _may_be_answered(post: Post) -> bool:
    """Nobody answers themselves alone, in a conversation that the team has closed, or somebody elsewhere who lets nobody."""
    return post.reach is not Reach.ME and post.settled_at is None and _is_let(post, "canReply")


def _is_let(post: Post, verb: str) -> bool:
    """Whether its author, elsewhere, lets anybody do that (`interactionPolicy`)."""
    return (post.withheld or {}).get(verb) != Permitted.NOBODY


def _may_quote(post: Post, reader: Member | None) -> bool:
    return reader is not None and quotes.is_offered(reader.actor, post)


def _quoted(post: Post, around: _Around, is_mine: bool) -> QuoteView | None:
    """What it quotes; only who wrote it sees also how it stands with a quote that is not shown."""
    quote = around.quotes.get(post.quote_uri)
    if post.shows_quote or quote is None:
        return quote
    return replace(quote, state=post.quote_state.value) if is_mine else None


def _quotes_unseen(post: Post, quote: QuoteView | None) -> bool:
    """Whether it quotes something that this reader is not shown."""
    return bool(post.quote_uri) and quote is None


def _folding(post: Post, reader: Member | None, sifted: Sifted) -> tuple[bool, bool]:
    """Whether the message is folded, or only its pictures are veiled."""
    if post.id in sifted.why:
        return True, False
    if treatment(post, reader.reading if reader else {}) == OPEN:
        return False, False
    return not _warns_of_images(post), _warns_of_images(post)


def _warns_of_images(post: Post) -> bool:
    """Marked as sensitive without a word: by what most programs mean, that is about its pictures and not its text."""
    return post.sensitive and not post.shown_warning and post.shown_note is Note.NONE and not post.author.is_local


def words(post: Post, _: Words) -> tuple[str, str]:
    """The text in the reader's language where it came in several, and which language that is."""
    if post.is_lost:
        return lost.words(_), _.language
    for language, html in (post.translations or {}).items():
        if language.partition("-")[0].lower() == _.language:
            return html, language
    return post.html, post.language


def facts_of(post: Post, _: Words, reader: Member | None) -> tuple[Fact, ...]:
    """When and where an event is."""
    if not (post.starts_at or post.ends_at or post.place):
        return ()
    found = [(_("Where"), post.place)]
    if post.starts_at or post.ends_at:
        there, here = event_times.times(post.starts_at, post.ends_at, post.zone, zone_of(reader), _)
        found = [(_("When"), there), (_("For you"), here), *found]
    return tuple(Fact(term=term, text=text) for term, text in found if text)


def zone_of(reader: Member | None) -> str:
    """The time zone that a member has chosen; "" for none."""
    kept = reader.reading.get("zone") if reader else None
    return kept if isinstance(kept, str) else ""


def _answered_url(post: Post, parent: Answered | None) -> str:
    """Where the message that this one answers can be read; its own conversation says so where it cannot."""
    if parent:
        return f"/m/{parent.key}"
    return f"/m/{post.key}" if post.parent_uri else ""


def _origin_url(post: Post) -> str:
    """Its page in the community it comes from, if that is an address a browser may open."""
    return post.url if not post.author.is_local and post.url.startswith(("https://", "http://")) else ""


def is_held(post: Post) -> bool:
    """Whether the message can still be undone."""
    return post.is_in_review or held_seconds(post) > 0


def held_seconds(post: Post) -> int:
    """Seconds in which it can, rounded up; 0 while the team has to read it."""
    if post.is_in_review:
        return 0
    return max(0, math.ceil((post.held_until - clock.now()).total_seconds())) if post.held_until else 0
