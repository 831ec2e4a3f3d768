"""Brings in pictures of other servers, some at once, and never all from one: a server whose pictures never come, or of which
there are thousands, keeps nobody else's away.
"""
from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Coroutine, Sequence
from typing import Any, TypeVar

from models import Q
from models.base import Record
from moderation.domain_names import registrable

LANES = 6
LANES_PER_SITE = 2  # of a registrable domain
LANES_KEPT = 2  # for those who have none
LOOK_SECONDS = 1.0  # for pictures of others, while some take long
Row = TypeVar("Row", bound=Record)
#: The next rows, with the host of whoever has named each: not of these sites, nor with these ids.
Choose = Callable[[Collection[str], Collection[int]], Awaitable[Sequence[tuple[str, Row]]]]
Fetch = Callable[[Row], Coroutine[Any, Any, None]]


async def fairly(choose: Choose[Row], fetch: Fetch[Row]) -> int:
    """Fetch what there is, until nothing is left; how many. What `fetch` raises, as for a full disk, ends it when all that have
    begun are done.
    """
    lanes: dict[asyncio.Task[None], tuple[str, int]] = {}
    count, failed = 0, None
    try:
        while True:
            while failed is None and (begun := await _begin(lanes, choose, fetch)):
                count += begun
            if not lanes:
                break
            done, _ = await asyncio.wait(lanes, timeout=LOOK_SECONDS, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                del lanes[task]
                failed = failed or task.exception()
    finally:
        for task in lanes:
            task.cancel()
        await asyncio.gather(*lanes, return_exceptions=True)
    if failed:
        raise failed
    return count


async def _begin(lanes: dict[asyncio.Task[None], tuple[str, int]], choose: Choose[Row], fetch: Fetch[Row]) -> int:
    """A lane for each of the next, as far as there are any. How many."""
    begun, sites = 0, [site for site, _ in lanes.values()]
    if len(lanes) >= LANES:
        return 0
    for host, row in await choose({site for site in sites if not _has_lane(sites, site)}, [id_ for _, id_ in lanes.values()]):
        site = registrable(host)
        if _has_lane(sites, site):
            lanes[asyncio.create_task(fetch(row))] = site, row.id
            sites.append(site)
            begun += 1
    return begun


def _has_lane(sites: Sequence[str], site: str) -> bool:
    """Whether one more of this site may begin, beside those of `sites`."""
    in_use = sites.count(site)
    return in_use < LANES_PER_SITE and len(sites) < (LANES - LANES_KEPT if in_use else LANES)


def below(column: str, sites: Collection[str]) -> Q:
    """The condition that a column holds one of these domains, or a name below it."""
    return Q(*(Q(**{column: site}) | Q(**{f"{column}__endswith": f".{site}"}) for site in sites or ("-",)), join_type="OR")
