"""Reports to other servers. The community speaks, never the member who reported: nobody there learns who it was."""
from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from federation import audience, outbox
from models import Actor, Host, Listing, Report

TEXT_LIMIT_CHARACTERS = 5000


async def flag(us: Actor, report: Report, target: Actor, post_uris: Sequence[str] = ()) -> None:
    """Tell the server of `target` of a report about that person and these messages of theirs. `us` is the instance actor.

    One list of ids and no addressees, as Mastodon and GoToSocial take it; servers that know our words also hear what it is
    about (`matter`). The id is that of the report, by which they may answer. Inside the act's transaction.
    """
    if not target.is_local:
        await _send(us, report, [target.uri, *post_uris], target)


async def flag_listing(us: Actor, report: Report, listing: Listing) -> None:
    """The same about somebody in a partner's directory: only that partner knows whom its listing is about."""
    host = await Host.get_or_none(name=listing.host)
    them = await Actor.get_or_none(uri=host.instance_uri) if host else None
    if them is not None:
        await _send(us, report, [listing.uri], them)


async def _send(us: Actor, report: Report, ids: list[str], to: Actor) -> None:
    extra: dict[str, Any] = {"content": report.text[:TEXT_LIMIT_CHARACTERS]}
    if await Host.exists(name=to.host, takes_responses=True):
        extra["matter"] = str(report.matter)
    await outbox.send("Flag", us, ids, about=report.uri, uri=report.uri, goes_to=audience.servers_of(to), extra=extra)
