"""Settings: words and subjects that a member would rather not read, where, for how long, and whether folded or out of sight."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from aiohttp import web

from models import Filter, FilteredPost, FilterKeyword, clock
from server.actions import filters
from server.actions.filters import Context, Keyword, Treatment
from server.appearance import render
from server.doors import see
from server.entrance.forms import Form, whole_number
from server.keys import FORM, LANGUAGE, LIMITS, MEMBER
from server.views import FieldError, Option
from server.words.language import Words, gettext_for

DAYS = (1, 7, 30, 365)
WORD_LIMIT_CHARACTERS = 200
WORDS_AT_ONCE = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class FilterView:
    """One filter in the list."""

    number: int
    title: str
    words: tuple[str, ...]
    messages: int
    places: str
    is_hiding: bool
    until: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """The form for a new filter, as it was typed."""

    words: str = ""
    places: tuple[str, ...] = tuple(Context)
    treatment: str = Treatment.WARN
    days: int = 0
    inside: bool = False  # also inside longer words


async def show(request: web.Request) -> web.Response:
    """GET /settings/filters?words=%23tag: what is filtered, and the form, with words from where one came from."""
    return await _page(request, Typed(words=request.query.get("words", "")[:WORD_LIMIT_CHARACTERS]))


async def add(request: web.Request) -> web.Response:
    """POST /settings/filters: one filter more, of all these words."""
    form, me, _ = request[FORM], request[MEMBER].actor, gettext_for(request[LANGUAGE])
    typed, words = _read(form), _words(form.get("words"))
    errors = _faults(typed, words, _)
    if errors:
        return await _page(request, typed, errors)
    request.app[LIMITS].take("act", me.key)
    ends_at = clock.now() + timedelta(days=typed.days) if typed.days else None
    try:
        await filters.make(me, ", ".join(words)[:filters.TITLE_LIMIT_CHARACTERS], [Context(one) for one in typed.places],
                           Treatment(typed.treatment), ends_at,
                           [Keyword(keyword=word, whole_word=not typed.inside) for word in words])
    except filters.TooManyFilters as error:
        return await _page(request, typed, (FieldError("words", _(error.safe)),))
    return see("/settings/filters?saved=1")


async def remove(request: web.Request) -> web.Response:
    """POST /settings/filters/{number}/remove."""
    await (await filters.find(request[MEMBER].actor, whole_number(request.match_info["number"]))).delete()
    return see("/settings/filters?saved=1")


def place_name(place: Context, _: Words) -> str:
    """Where a filter works, in words."""
    return {Context.HOME: _("Home"), Context.NOTIFICATIONS: _("Notices"), Context.PUBLIC: _("Tags and public lists"),
            Context.THREAD: _("Conversations"), Context.ACCOUNT: _("Profiles")}[place]


def _read(form: Form) -> Typed:
    return Typed(words=form.get("words")[:5000], places=tuple(one for one in form.all("places") if one in set(Context)),
                 treatment=form.text("treatment"), days=whole_number(form.get("days")), inside=form.has("inside"))


def _words(typed: str) -> list[str]:
    """One a line, each once."""
    lines = (" ".join(line.split())[:WORD_LIMIT_CHARACTERS] for line in typed.split("\n"))
    return list(dict.fromkeys(line for line in lines if line))


def _faults(typed: Typed, words: Sequence[str], _: Words) -> tuple[FieldError, ...]:
    found = []
    if not words or len(words) > WORDS_AT_ONCE:
        found.append(FieldError("words", _("Write a word or more, one a line, and at most 30.")))
    elif any(len(word) < 2 for word in words):
        found.append(FieldError("words", _("A single letter stands in every message. Write two or more.")))
    if not typed.places:
        found.append(FieldError("places", _("Choose where.")))
    if typed.treatment not in (Treatment.WARN, Treatment.HIDE):
        found.append(FieldError("treatment", _("Choose what is done with such messages.")))
    if typed.days not in (0, *DAYS):
        found.append(FieldError("days", _("Choose for how long.")))
    return tuple(found)


async def _kept(request: web.Request, _: Words) -> list[FilterView]:
    rows = await Filter.filter(owner_id=request[MEMBER].actor_id).order_by("-id").limit(filters.FILTERS_LIMIT)
    words: dict[int, list[str]] = {}
    for word in await FilterKeyword.filter(rule_id__in=[row.id for row in rows] or [0]).order_by("id"):
        words.setdefault(word.rule_id, []).append(word.keyword)
    counts = await FilteredPost.counts([row.id for row in rows])
    return [FilterView(number=row.id, title=row.title, words=tuple(words.get(row.id, ())), messages=counts.get(row.id, 0),
                       places=", ".join(place_name(place, _) for place in Context if place in row.contexts),
                       is_hiding=row.action == Treatment.HIDE, until=row.expires_at) for row in rows if not row.is_over]


async def _page(request: web.Request, typed: Typed, errors: Sequence[FieldError] = ()) -> web.Response:
    _ = gettext_for(request[LANGUAGE])
    ways = {Treatment.WARN: _("Fold them: I see that there is one, and can open it"),
            Treatment.HIDE: _("Leave them out of my lists; in a conversation that I open they are folded")}
    times = [Option(value="0", title=_("Until I end it"), checked=not typed.days)]
    times += [Option(value=str(days), title=_.ngettext("%(num)d day", "%(num)d days", days), checked=days == typed.days)
              for days in DAYS]
    return render.page(
        request, "settings_filters.html", status=422 if errors else 200, here="settings", errors=errors, typed=typed,
        filters=await _kept(request, _), saved="saved" in request.query,
        places=tuple(Option(value=place.value, title=place_name(place, _), checked=place in typed.places) for place in Context),
        ways=tuple(Option(value=way.value, title=title, checked=way == typed.treatment) for way, title in ways.items()),
        times=tuple(times))
