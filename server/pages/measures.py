"""/admin/measures: how moderation goes, for hosts."""
from __future__ import annotations

from datetime import timedelta

from aiohttp import web

from server.appearance import render
from server.community import measures
from server.community.measures import Pace
from server.keys import LANGUAGE
from server.words import signal_words
from server.words.language import Words, gettext_for, lasting
from server.words.ruling_words import act_name
from server.words.wording import matter_name


async def show(request: web.Request) -> web.Response:
    """GET /admin/measures."""
    _, taken = gettext_for(request[LANGUAGE]), await measures.take()
    few = _("few or none")
    return render.page(
        request, "admin_measures.html", here="queue", open=taken.open, oldest_at=taken.oldest_at, appeals=taken.appeals,
        granted=taken.granted, year=taken.year, rules=[(signal_words.rule(name, _).name, number) for name, number in
                                                       taken.rules.items()],
        paces=[(_("Last 7 days"), *_pace(taken.week, _)), (_("Last 30 days"), *_pace(taken.month, _))],
        tables=[(_("Reports received"), taken.received or few, [(matter_name(matter, _), number) for matter, number in
                                                                taken.reports.items() if number]),
                (_("Decisions"), taken.decided or few, [(act_name(act, _), number) for act, number in taken.rulings.items()
                                                        if number])])


def _pace(pace: Pace, _: Words) -> tuple[int, str]:
    return pace.cases, lasting(timedelta(seconds=pace.seconds), _.language) if pace.seconds is not None else ""
