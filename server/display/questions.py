"""A question with answers to choose, and a quoted message, as cards show them."""
from __future__ import annotations

from collections.abc import Mapping, Sequence

from models import Member, Poll, Post, Vote, clock
from moderation import counts, markup
from moderation.visibility import Viewer, visible_to
from server.pictures import emojis
from server.views import ChoiceView, PollView, QuoteView
from server.words.language import Words, lasting
from server.words.wording import beginning

EXCERPT_CHARACTERS = 140
QUESTION = "Question"


async def of_posts(posts: Sequence[Post], reader: Member | None, _: Words) -> dict[int, PollView]:
    """The questions among these messages, by message id. What others chose is told once one has chosen, or it is over."""
    asked = {post.id: post for post in posts if post.kind == QUESTION}
    polls = await Poll.filter(post_id__in=list(asked)) if asked else []
    if not polls:
        return {}
    thresholds = await counts.thresholds()
    least = thresholds.inside if reader else thresholds.outside
    chosen = await _chosen(polls, reader)
    return {poll.post_id: _view(poll, asked[poll.post_id], chosen[poll.id], reader, _told(poll, least), _) for poll in polls}


async def _chosen(polls: Sequence[Poll], reader: Member | None) -> dict[int, set[str]]:
    """What the reader chose, by poll id."""
    mine: dict[int, set[str]] = {poll.id: set() for poll in polls}
    if reader:
        for vote in await Vote.filter(poll_id__in=list(mine), actor_id=reader.actor_id):
            mine[vote.poll_id].add(vote.option)
    return {poll.id: {str(poll.options[place]["name"]) for place in poll.chosen(mine[poll.id])} for poll in polls}


def _told(poll: Poll, least: int) -> Mapping[str, int | None]:
    """How many chose each answer, as far as that may be told."""
    known = {one["name"]: one["count"] for one in poll.options}
    return counts.answers(known, poll.voters, poll.is_multiple, least).rows


def _view(poll: Poll, post: Post, chosen: set[str], reader: Member | None, told: Mapping[str, int | None],
          _: Words) -> PollView:
    over, is_own = poll.is_closed or bool(chosen), reader is not None and post.author_id == reader.actor_id
    tells = over and (poll.is_closed or not poll.hides_numbers)
    choices = tuple(
        ChoiceView(title=one["name"], chosen=one["name"] in chosen,
                   result=_result(told[one["name"]], _) if tells and one["count"] is not None else "") for one in poll.options)
    ends = "" if poll.closes_at is None or poll.is_closed else lasting(poll.closes_at - clock.now(), _.language)
    return PollView(choices=choices, is_multiple=poll.is_multiple, is_closed=poll.is_closed,
                    may_choose=reader is not None and not over and not is_own, has_chosen=bool(chosen), ends=ends, is_own=is_own,
                    is_ours=post.author.is_local)


def _result(number: int | None, _: Words) -> str:
    """How many chose an answer, as far as that may be told."""
    return _("too few to be told") if number is None else _("%(num)d people or more", num=number)


async def quotes_of(posts: Sequence[Post], viewer: Viewer) -> dict[str, QuoteView]:
    """The messages that these quote, by their uri, as far as the reader may see them."""
    uris = {post.quote_uri for post in posts if post.quote_uri and (post.shows_quote or post.author_id == viewer.actor_id)}
    if not uris:
        return {}
    quoted = await Post.filter(visible_to(viewer), uri__in=uris).select_related("author")
    known = await emojis.of_posts(quoted)
    return {post.uri: _quote(post, known.get(post.author.host, {})) for post in quoted}


def _quote(post: Post, pictures: Mapping[str, str]) -> QuoteView:
    return QuoteView(url=f"/m/{post.key}", name=emojis.spoken(post.author.shown_name),
                     excerpt=emojis.pictured(_excerpt(post), pictures))


def _excerpt(post: Post) -> str:
    """Its first words, or what it warns of instead."""
    if post.shown_warning or post.sensitive:
        return post.shown_warning
    return beginning(post.title or markup.plain(post.html).replace("\n", " "), EXCERPT_CHARACTERS)
