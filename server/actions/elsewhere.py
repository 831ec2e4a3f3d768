"""What rules say of messages from other servers. Those are not ours to hold: readers here find a sentence, and the team a case.

The inbox waits for none of it. New and changed messages are looked over some seconds later, a bounded number at a time, and the
rules run beside the event loop. What is for named people is never looked at.
"""
from __future__ import annotations

import asyncio
import html
import re
from collections.abc import Collection
from datetime import timedelta

from models import Case, Community, Post, changes, clock
from models.case import CaseSource
from models.community import Elsewhere
from models.database import in_transaction
from models.ids import first_id, id_of
from models.reach import Reach
from moderation import markup, signals
from moderation.signals import SIGNALS, Facts, Signal
from server.actions import cases

#: The rules that are asked, and those of them that want somebody's look.
ASKED = frozenset({"payment", "cure", "dose"})
OPENING = frozenset({"payment", "cure"})
AT_ONCE = 200
REST_SECONDS = 0.005
SETTLED = timedelta(seconds=10)  # a row may be committed so long after its id was made
OPEN_LIMIT = 100  # cases of one server that rules opened and that wait: a flood of one buries nobody else's
BEHIND = timedelta(days=1)  # what came longer ago, while nobody looked, is let be
TEXT_LIMIT_CHARACTERS = 10_000
_LINK = re.compile(r'href="([^"]{1,2000})"')
Said = tuple[Signal, ...]


async def look_over() -> int:
    """A job: what other servers wrote or changed since the last look; how many rows."""
    community, now = await Community.current(), clock.now()
    if community.signals_elsewhere is Elsewhere.NOTHING:
        return 0
    after = max(community.looked_over_id, first_id(now - BEHIND))
    found = await changes.written(after, id_of(SETTLED), AT_ONCE)
    theirs = Post.filter(id__in=[post_id for _, post_id in found] or [0], reach__in=[Reach.PARTNERS, Reach.WEB],
                         deleted_at__isnull=True, author__suspended_at__isnull=True).exclude(author__host="")
    posts = await theirs.select_related("author")
    off = {signal.name for signal in SIGNALS} - ASKED | set(community.signals_off or ())
    said = [await _heard(post, off) for post in posts]
    opens = community.signals_elsewhere is Elsewhere.CASE
    async with in_transaction():
        for post, spoken in zip(posts, said, strict=True):
            await _keep(post, spoken, opens=opens)
        await Community.filter(id=community.id).update(looked_over_id=found[-1][0] if found else after)
    return len(found)


async def _heard(post: Post, off: Collection[str]) -> Said:
    """Which rules speak of a message. With a rest before each: a thread that is full of them takes five milliseconds from a page
    each time that one wants the interpreter back.
    """
    await asyncio.sleep(REST_SECONDS)
    return await asyncio.to_thread(_read, post, off)


def _read(post: Post, off: Collection[str]) -> Said:
    return tuple(signal for signal, _ in signals.findings(_facts(post), off))


def _facts(post: Post) -> Facts:
    links = [html.unescape(link) for link in _LINK.findall(post.html[:TEXT_LIMIT_CHARACTERS])]
    words = markup.plain(post.html[:TEXT_LIMIT_CHARACTERS])
    return Facts(texts=(post.title, post.warning, words, *links), reach=post.reach, language=post.language)


async def _keep(post: Post, said: Said, *, opens: bool) -> None:
    """The sentences below it, and a case for what was not said of it before."""
    known, names = set(post.labels or ()), sorted(signal.name for signal in said)
    if known == set(names):
        return
    await post.change(labels=names or None)
    news = [signal for signal in said if signal.name in OPENING - known]
    if opens and news and not await _is_too_much(post.author.host):
        await cases.open_(post.author, news[0].matter, CaseSource.SIGNAL, [post])


async def _is_too_much(host: str) -> bool:
    waiting = Case.filter(source=CaseSource.SIGNAL, closed_at__isnull=True, about__host=host)
    return await waiting.count() >= OPEN_LIMIT
