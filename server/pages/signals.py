"""The rules over messages: what each does, whether it is on, how often it spoke; and the last of what they noticed."""
from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from aiohttp import web

from models import Community, SignalHit, clock
from models.community import Elsewhere
from models.signal import Consequence, HitOutcome, Tallies
from moderation.reviews import cleaned
from moderation.signals import SIGNALS
from server.actions import community, looks
from server.appearance import render
from server.community import extensions
from server.community.extensions import Added
from server.doors import see
from server.entrance.forms import whole_number
from server.keys import COMMUNITY, FORM, LANGUAGE, MEMBER
from server.views import Option, Pager
from server.words import signal_words
from server.words.language import Words, gettext_for

PAGE = 20
DAYS = 30
FIRST_LIMIT = 20  # messages
WATCHED_LIMIT = 200  # names


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleView:
    """One rule, and its last thirty days."""

    name: str
    title: str
    text: str
    is_on: bool
    spoke: int
    held: int
    let_go: int
    sent_back: int
    package: str = ""  # of a rule of the host's own
    fault: str = ""  # why it is not asked


@dataclass(frozen=True, slots=True, kw_only=True)
class HitView:
    """One time that a rule spoke."""

    rule: str
    name: str
    url: str
    coat: str
    when: datetime
    what: str
    outcome: str
    words: tuple[str, ...]
    of_profile: bool


async def show(request: web.Request) -> web.Response:
    """GET /admin/signals: the rules, for the team; hosts can switch them."""
    _, house = gettext_for(request[LANGUAGE]), await Community.current()
    before = whole_number(request.query.get("before", ""))
    hits = SignalHit.all() if not before else SignalHit.filter(id__lt=before)
    rows = await hits.select_related("owner").order_by("-id").limit(PAGE + 1)
    await looks.note(request[MEMBER].actor, (row.owner_id for row in rows[:PAGE]), "signal.read")
    pager = Pager(older_url=f"/admin/signals?before={rows[PAGE - 1].id}" if len(rows) > PAGE else "")
    return render.page(
        request, "admin_signals.html", here="reviews", rules=await _rules(house, _),
        hits=[_hit(row, _) for row in rows[:PAGE]], pager=pager, days=DAYS, first_held=house.first_held,
        first_limit=FIRST_LIMIT,
        elsewhere=_elsewhere(house, _),
        watched="\n".join(house.watched_names or ()), saved="saved" in request.query)


async def save(request: web.Request) -> web.Response:
    """POST /admin/signals: what is switched and written counts from the next message on."""
    form = request[FORM]
    names = (*(signal.name for signal in SIGNALS), *(one.name for one in extensions.added()))
    off = [name for name in names if not form.has(f"on-{name}") and name != "about_others"]
    row = await Community.current()
    await community.change(
        request[MEMBER].actor, "community.signals", signals_off=off or None, reviews_others=form.has("on-about_others"),
        signals_elsewhere=_chosen(form.get("elsewhere"), row.signals_elsewhere),
        first_held=min(whole_number(form.text("first_held"), row.first_held), FIRST_LIMIT),
        watched_names=cleaned(form.get("watched").split("\n"))[:WATCHED_LIMIT] or None)
    await request.app[COMMUNITY].load()
    return see("/admin/signals?saved=1")


def _elsewhere(house: Community, _: Words) -> list[Option]:
    titles = {Elsewhere.NOTHING: _("Do nothing"), Elsewhere.LABEL: _("Put a sentence below them"),
              Elsewhere.CASE: _("Put a sentence below them, and open a case for money and cures")}
    return [Option(value=one, title=title, checked=one is house.signals_elsewhere) for one, title in titles.items()]


def _chosen(text: str, before: Elsewhere) -> Elsewhere:
    return Elsewhere(text) if text in tuple(Elsewhere) else before


async def _rules(house: Community, _: Words) -> list[RuleView]:
    counts = await SignalHit.tallies(clock.now() - timedelta(days=DAYS))
    off = set(house.signals_off or ()) | (set() if house.reviews_others else {"about_others"})
    found = [_rule(signal.name, off, counts, _) for signal in SIGNALS]
    return [*found, *(_rule(one.name, off, counts, _, one) for one in extensions.added())]


def _rule(name: str, off: Iterable[str], counts: Tallies, _: Words, added: Added | None = None) -> RuleView:
    words = signal_words.rule(name, _)

    def count(consequence: str = "", outcome: str = "") -> int:
        return sum(number for (rule, what, became), number in counts.items()
                   if rule == name and consequence in ("", what) and outcome in ("", became))
    return RuleView(
        name=name, title=words.name, text=words.text, is_on=name not in off, spoke=count(), held=count(Consequence.HOLD),
        let_go=count(outcome=HitOutcome.LET_GO), sent_back=count(outcome=HitOutcome.SENT_BACK),
        package=added.package if added else "", fault=_fault(added, _) if added else "")


def _fault(added: Added, _: Words) -> str:
    if added.signal is None:
        return _("It could not be loaded: %(fault)s", fault=added.fault)
    return "" if added.works else _("It was too slow, and is left alone until the next start.")


def _hit(row: SignalHit, _: Words) -> HitView:
    owner = row.owner
    return HitView(
        rule=signal_words.rule(row.rule, _).name, name=owner.shown_name, url=f"/@{owner.name}", coat=owner.key,
        when=row.created_at, what=signal_words.consequence(row.consequence, _), outcome=signal_words.outcome(row.outcome, _),
        words=tuple(row.words), of_profile=row.post_id is None)
