"""`dazzle moderation …`: how moderation goes."""
from __future__ import annotations

from server.commands.output import Output
from server.commands.rooms import community
from server.community import measures
from server.community.measures import Pace
from server.settings import Settings


async def tell_measures(settings: Settings, out: Output) -> None:
    """Tell how many cases are open, and how soon people are answered. JSON: {"open", "week", "month", "appeals", "rules",
    "year"}.
    """
    async with community(settings):
        taken = await measures.take()
    data = {
        "open": taken.open, "week": _pace(taken.week), "month": _pace(taken.month),
        "appeals": {"asked": taken.appeals, "granted": taken.granted}, "rules": dict(taken.rules),
        "year": {"year": taken.year, "received": taken.received, "reports": dict(taken.reports), "decided": taken.decided,
                 "rulings": dict(taken.rulings)}}
    out.show(data, f"Open cases: {taken.open}", f"Closed in 7 days: {_said(taken.week)}",
             f"Closed in 30 days: {_said(taken.month)}", f"Appeals in a year: {taken.appeals}, granted {taken.granted}",
             f"Reports received in {taken.year}: {taken.received or 'few or none'}")


def _pace(pace: Pace) -> dict[str, int | None]:
    return {"cases": pace.cases, "median_seconds": pace.seconds}


def _said(pace: Pace) -> str:
    return f"{pace.cases}, median {pace.seconds / 3600:.1f} h" if pace.seconds is not None else "none"
