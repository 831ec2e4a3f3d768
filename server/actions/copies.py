"""Where copies of a member's things are, and how far each server is with erasing what was asked back."""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from models import Actor, Disclosure, Host, Post, Recall, Withdrawal, clock
from models.delivery import HostCopies, HostRecalls, recalls_by_host
from models.withdrawal import WithdrawalState
from moderation import withdrawals
from moderation.withdrawals import Asking

PAGE = 50
NOTICES_LIMIT = 50
#: What a member has to know first, of several notices to one server.
GRAVEST = (WithdrawalState.FAILED, WithdrawalState.NOT_CAPABLE, WithdrawalState.PENDING, WithdrawalState.ASKED,
           WithdrawalState.CONFIRMED)

How = tuple[WithdrawalState | None, datetime | None, datetime | None]  # the state, since when it was asked, when it answered


@dataclass(frozen=True, slots=True)
class ServerCopies:
    """One server: its name, how many things it has, when it last got one, and how an erasure there stands (None: not asked)."""

    host: str
    title: str
    has: int
    last_at: datetime
    state: WithdrawalState | None
    asked_at: datetime | None
    answered_at: datetime | None = None  # it signed that all is erased


@dataclass(frozen=True, slots=True)
class Copy:
    """One thing on one server. `kind`: "Profile", "Note", "Vote", "listings", "stamps", or the activity that brought it;
    `post_key`: of the message that it is, "" for anything else.
    """

    kind: str
    post_key: str
    at: datetime
    ended_at: datetime | None


async def servers(actor: Actor) -> list[ServerCopies]:
    """Every server that has, or had, something of this member."""
    found = await Disclosure.by_host(actor.id)
    names = [one.host for one in found] or [""]
    titles = {host.name: host.title or host.name for host in await Host.filter(name__in=names)}
    answers: dict[str, list[Withdrawal]] = {}
    columns = ("id", "host", "state", "asked_at", "answered_at")
    for notice in await Withdrawal.filter(actor_id=actor.id).order_by("-id").limit(5000).only(*columns):
        answers.setdefault(notice.host, []).append(notice)
    asked = await recalls_by_host(actor.id)
    recall = await Recall.filter(actor_id=actor.id).order_by("id").first()
    return [_server(one, titles.get(one.host, one.host), answers.get(one.host, []), asked.get(one.host), recall) for one in found]


def _server(one: HostCopies, title: str, notices: list[Withdrawal], asked: HostRecalls | None,
            recall: Recall | None) -> ServerCopies:
    if not notices and recall and one.host not in recall.spared and one.told > one.ended:  # a part of it is still to be written
        how: How = (WithdrawalState.PENDING, recall.created_at, None)
    else:
        how = _answered(one, notices) if notices else _merely_asked(one, asked)
    return ServerCopies(one.host, title, one.told - one.ended, one.last_at, *how)


def _answered(one: HostCopies, notices: list[Withdrawal]) -> How:
    """Of a server that answers to notices. That a part is confirmed is no news about the rest."""
    gravest = min(notices, key=lambda row: GRAVEST.index(row.state))
    if gravest.state is not WithdrawalState.CONFIRMED:
        return gravest.state, gravest.asked_at, None
    return (None, None, None) if one.told > one.ended else (gravest.state, gravest.asked_at, gravest.answered_at)


def _merely_asked(one: HostCopies, asked: HostRecalls | None) -> How:
    """Of any other: as far as it took what was sent."""
    if asked is None:
        return WithdrawalState.ASKED if one.ended else None, one.ended_at, None
    asking = Asking(answers=False, delivered=not asked.waiting and not asked.lost, asked_at=asked.asked_at,
                    given_up=bool(asked.lost) and not asked.waiting)
    return withdrawals.state(asking, clock.now()), asked.asked_at, None


async def asked_of(actor: Actor, host: str) -> list[Withdrawal]:
    """What one server was asked to erase, and what it answered, newest first."""
    return await Withdrawal.filter(actor_id=actor.id, host=host).order_by("-id").limit(NOTICES_LIMIT)


async def at(actor: Actor, host: str, before: int | None) -> tuple[list[Copy], int]:
    """The things of this member on one server, newest first, and the place where the next page begins; 0 at the end."""
    found = Disclosure.filter(actor_id=actor.id, host=host)
    page = await (found.filter(id__lt=before) if before else found).order_by("-id").limit(PAGE + 1)
    keys = {post.uri: post.key for post in await Post.filter(uri__in=[row.object_uri for row in page] or [""],
                                                             author_id=actor.id, deleted_at__isnull=True)}
    copies = [Copy(_kind(row, actor, keys), keys.get(row.object_uri, ""), row.last_at, row.ended_at) for row in page[:PAGE]]
    return copies, page[PAGE - 1].id if len(page) > PAGE else 0


def _kind(row: Disclosure, actor: Actor, keys: Mapping[str, str]) -> str:
    """What was told: by its address where that says it (a fetch says nothing), else by the activity that brought it."""
    if row.object_uri == actor.uri:
        return "Profile"
    if row.object_uri in keys:
        return "Note"
    folder = row.object_uri.rpartition("/")[0].rpartition("/")[2]
    return {"votes": "Vote", "listings": "listings", "stamps": "stamps"}.get(folder, row.kind)


async def title_of(host: str) -> str:
    """What a server calls itself, or its name."""
    known = await Host.get_or_none(name=host)
    return known.title or host if known else host
