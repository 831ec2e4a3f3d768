"""Everything that belongs to the messages of a list, loaded at once, however many there are."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from models import Actor, Attachment, Poll, Post, filter, marks, surroundings
from models.conditions import Condition
from models.marks import Marks
from moderation import counts
from moderation.visibility import seen_by
from server.api.entities.account import CustomEmoji, emojis_in
from server.api.entities.filter import FilterResult
from server.api.entities.filter import results as filter_results
from server.api.readers import Reader
from server.display import sieve
from server.display.questions import QUESTION
from server.display.sieve import Sieve
from server.pictures import emojis
from server.words import lost
from server.words.language import gettext_for


@dataclass(slots=True)
class Preloads:
    """By message id; `quoted` by uri, `emojis` by host and name."""

    language: str
    marks: Marks = field(default_factory=Marks)
    images: dict[int, list[Attachment]] = field(default_factory=dict)
    replies: dict[int, int] = field(default_factory=dict)
    parents: dict[int, Post] = field(default_factory=dict)
    quoted: dict[str, Post] = field(default_factory=dict)
    polls: dict[int, Poll] = field(default_factory=dict)
    emojis: dict[str, dict[str, str]] = field(default_factory=dict)
    sieve: Sieve | None = None
    least: int = counts.LEAST_OUTSIDE  # numbers of fewer people are not told

    def words(self, post: Post) -> tuple[str, str]:
        """The text in the reader's language where it came in several, and which language that is."""
        if post.is_lost:
            return lost.words(gettext_for(self.language or "en")), self.language
        for language, html in (post.translations or {}).items():
            if language.partition("-")[0].lower() == self.language:
                return html, language
        return post.html, post.language

    def filtered(self, post: Post) -> list[FilterResult]:
        """The reader's filters that hold it: by its words, its content note, its pictures' words, the answers to choose."""
        if self.sieve is None:
            return []
        pictures = [image.description for image in self.images.get(post.id, ())]
        answers = [str(one["name"]) for one in self.polls[post.id].options] if post.id in self.polls else []
        matches = self.sieve.matches(sieve.text_of(post, pictures, answers), self.marks.filtered.get(post.id, set()))
        return filter_results(post.id, matches)

    def emojis_among(self, question: Poll, post: Post, reader: Reader) -> list[CustomEmoji]:
        """The small pictures in the answers to choose."""
        known = self.emojis.get(post.author.host)
        return emojis_in(" ".join(str(one["name"]) for one in question.options), known, reader) if known else []

    def emojis_of(self, post: Post, reader: Reader) -> list[CustomEmoji]:
        """The small pictures in its text."""
        if not (known := self.emojis.get(post.author.host)):
            return []
        return emojis_in(" ".join([post.title, post.warning, self.words(post)[0]]), known, reader)


async def preload(posts: Sequence[Post], passers: Sequence[Actor], reader: Reader, context: str) -> Preloads:
    """What these messages, with their authors loaded, and those who passed some on need to be shown: at most seven queries."""
    found = Preloads(reader.language)
    if not posts:
        return found
    visible = seen_by(reader.viewer)
    await _related(found, posts, visible)
    every = list({post.id: post for post in (*posts, *found.quoted.values())}.values())
    ids = [post.id for post in every]
    found.marks = await marks.of_posts(ids, reader.actor_id)
    kept = await surroundings.of_statuses(every, visible)
    found.images, found.replies = kept.images, kept.replies
    found.polls = await _polls(every)
    if found.polls:
        least = await counts.thresholds()
        found.least = least.inside if reader.actor_id else least.outside
    found.emojis = await emojis.of_posts(every, [*(post.author for post in every), *passers])
    found.sieve = await _sieve(reader, context)
    return found


async def _polls(posts: Sequence[Post]) -> dict[int, Poll]:
    ids = [post.id for post in posts if post.kind == QUESTION]
    return {poll.post_id: poll for poll in await Poll.filter(post_id__in=ids)} if ids else {}


async def _sieve(reader: Reader, context: str) -> Sieve | None:
    if reader.actor_id is None or not context:
        return None
    rules = await filter.in_force(reader.actor_id)
    return Sieve(rules, context) if rules else None


async def _related(found: Preloads, posts: Sequence[Post], visible: Condition) -> None:
    """What these messages answer and quote, as far as the reader may see it, in one query."""
    answered = {post.parent_id for post in posts} - {None}
    quoted = {post.quote_uri for post in posts if post.shows_quote} - {""}
    if not answered | quoted:
        return
    related = await surroundings.answered_or_quoted([id_ for id_ in answered if id_], quoted, visible)
    found.parents = {post.id: post for post in related if post.id in answered}
    found.quoted = {post.uri: post for post in related if post.uri in quoted}
