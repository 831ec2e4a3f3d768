"""Messages that wait until the team has read them: the team's list, the rule, and what their writer sees."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from aiohttp import web
from markupsafe import Markup

from models import Attachment, Community, Member, Review
from models.errors import NotHere
from models.review import ReviewCause, ReviewState
from moderation.health_words import HEALTH_WORDS
from moderation.reviews import cleaned
from server.actions import community, looks, reviews
from server.appearance import render
from server.doors import see
from server.entrance.forms import whole_number
from server.keys import COMMUNITY, FORM, LANGUAGE, MEMBER
from server.pages import lookups
from server.views import FieldError, Pager
from server.words import signal_words
from server.words.language import LANGUAGES, gettext_for, name_of
from server.words.wording import reach_name

PAGE = 20
REASON_LIMIT = 500  # characters


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingView:
    """A message as the team reads it, with what made the rule speak."""

    number: int
    version: str  # of what is shown here
    key: str  # of the message
    name: str
    url: str
    coat: str
    when: datetime
    reach: str
    warning: str
    html: Markup
    pictures: tuple[str, ...]  # what they show, in words
    words: tuple[str, ...]
    why: str
    is_about_others: bool
    is_newcomer: bool


async def show(request: web.Request) -> web.Response:
    """GET /admin/reviews: the oldest first."""
    return await _list(request)


async def decide(request: web.Request) -> web.Response:
    """POST /admin/reviews/{number}/{let-go|send-back}."""
    review = await Review.get_or_none(id=whole_number(request.match_info["number"]))
    if review is None:
        raise NotHere("review")
    if request.match_info["verb"] == "let-go":
        await reviews.let_go(review, request[MEMBER], trusts=request[FORM].has("trusts"), seen=request[FORM].text("seen", 64))
        return see("/admin/reviews?done=let-go")
    try:
        await reviews.send_back(review, request[MEMBER], request[FORM].text(f"reason-{review.id}", REASON_LIMIT))
    except reviews.NoReason as error:
        said = FieldError(f"reason-{review.id}", gettext_for(request[LANGUAGE])(error.safe))
        return await _list(request, (said,), review.id)
    return see("/admin/reviews?done=send-back")


async def _list(request: web.Request, errors: Sequence[FieldError] = (), first: int = 0) -> web.Response:
    after = whole_number(request.query.get("after", ""))
    waiting = Review.filter(state=ReviewState.WAITING, id__gt=max(after, first - 1)).order_by("id")
    rows = await waiting.limit(PAGE + 1).select_related("post__author")
    pager = Pager(older_url=f"/admin/reviews?after={rows[PAGE - 1].id}" if len(rows) > PAGE else "")
    views = await _views(request, rows[:PAGE])
    await looks.note(request[MEMBER].actor, (row.post.author_id for row in rows[:PAGE]), "review.read")
    return render.page(request, "admin_reviews.html", status=422 if errors else 200, here="reviews", errors=errors, waiting=views,
                       pager=pager, done=request.query.get("done", ""))


async def _views(request: web.Request, rows: Sequence[Review]) -> list[WaitingView]:
    posts, images = [row.post for row in rows], dict[int, list[str]]()
    for image in await Attachment.filter(post_id__in=[post.id for post in posts] or [0]).order_by("position"):
        images.setdefault(image.post_id or 0, []).append(image.description)
    new = {one.actor_id for one in await Member.filter(actor_id__in=[post.author_id for post in posts] or [0],
                                                       newcomer_since__isnull=False)}
    versions = await reviews.versions(posts)
    return [_view(request, row, images.get(row.post_id, []), versions[row.post_id], is_newcomer=row.post.author_id in new)
            for row in rows]


def _view(request: web.Request, row: Review, pictures: Sequence[str], version: str, *, is_newcomer: bool) -> WaitingView:
    post, _ = row.post, gettext_for(request[LANGUAGE])
    return WaitingView(
        number=row.id, version=version, key=post.key,
        name=post.author.shown_name, url=f"/@{post.author.name}", coat=post.author.key,
        when=post.published_at, reach=reach_name(post.reach, _), warning=post.warning, html=Markup(post.html),  # noqa: S704 - cleaned when written
        pictures=tuple(pictures), words=tuple(row.words), why=signal_words.why_waits(row.cause, _),
        is_about_others=row.cause is ReviewCause.ABOUT_OTHERS, is_newcomer=is_newcomer)


@dataclass(frozen=True, slots=True)
class WordsView:
    """The words of one language, one a line."""

    code: str
    name: str
    words: str


async def show_rule(request: web.Request) -> web.Response:
    """GET /admin/reviews/rule: whether the team reads first, and for which words."""
    row = await Community.current()
    by_language = HEALTH_WORDS if row.health_words is None else row.health_words
    codes = dict.fromkeys((*LANGUAGES, *by_language))
    texts = [WordsView(code, name_of(code, request[LANGUAGE]), "\n".join(by_language.get(code, ()))) for code in codes]
    return render.page(request, "admin_reviews_rule.html", here="reviews", is_on=row.reviews_others, texts=texts,
                       is_ours=row.health_words is None, saved="saved" in request.query)


async def save_rule(request: web.Request) -> web.Response:
    """POST /admin/reviews/rule: what is typed counts from the next message on; `ours` puts our words back."""
    form = request[FORM]
    codes = [name.removeprefix("words_") for name in form.fields if name.startswith("words_")]
    known = dict.fromkeys((*LANGUAGES, *((await Community.current()).health_words or HEALTH_WORDS)))
    words = {code: cleaned(form.get(f"words_{code}").split("\n")) for code in codes if code in known}
    ours = {code: list(them) for code, them in HEALTH_WORDS.items()}
    await community.change(request[MEMBER].actor, "community.reviews", reviews_others=form.has("on"),
                           health_words=None if form.has("ours") or words == ours else words)
    await request.app[COMMUNITY].load()
    return see("/admin/reviews/rule?saved=1")


async def show_own(request: web.Request) -> web.Response:
    """GET /m/{key}/held: why my message is held, and what I can do."""
    post = await lookups.own_post(request)
    review = await reviews.of_post(post)
    if review is None:
        return see(f"/m/{post.key}")
    _ = gettext_for(request[LANGUAGE])
    return render.page(request, "held.html", key=post.key, words=tuple(review.words), reason=review.reason,
                       is_back=review.state is ReviewState.SENT_BACK, why=signal_words.why_held(review.cause, _),
                       how_long=signal_words.how_long(await reviews.usual_wait(), _),
                       is_about_others=review.cause is ReviewCause.ABOUT_OTHERS)
