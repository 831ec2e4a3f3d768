"""Lines of lists of servers: what each would change, and setting the rules that a host, or the list itself, wants."""
from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass
from enum import StrEnum

from federation.instance import Instance
from models import Host, HostExclude, HostList, HostListEntry
from models.errors import CommunityError
from models.host import PARTNERS, RESTRICTED, Standing, domains_above
from models.host_list import EntryState, ListKind
from moderation import hosts
from server.actions import domains, partners
from server.actions.domains import Restriction, Severity

APPLIED_AT_ONCE = 20
ORDER = {Severity.NOOP: 0, Severity.SILENCE: 1, Severity.SUSPEND: 2}


class Change(StrEnum):
    """What a line would change here."""

    NEW = "new"
    HARSHER = "harsher"
    MILDER = "milder"
    PARTNER = "partner"  # it closes the door to a partner: only if a host ticks it
    SAME = "same"
    NOTHING = "nothing"  # nothing is exchanged with strangers, so that there is nothing to limit
    OTHER_LIST = "other_list"  # a list of higher priority says something else
    OURSELVES = "ourselves"  # or a domain above us


#: What a list may do by itself, where the host said so.
BY_ITSELF = frozenset({Change.NEW, Change.HARSHER})
#: What changes nothing whatever anybody decides.
IDLE = frozenset({Change.NOTHING, Change.OTHER_LIST, Change.OURSELVES})


@dataclass(frozen=True, slots=True)
class Planned:
    """A line, and what it would change."""

    entry: HostListEntry
    change: Change
    by_person: bool  # somebody of the team decided about this server: a list never changes that by itself


def wanted(entry: HostListEntry) -> Restriction:
    """What a line wants of a server."""
    return Restriction(Severity(entry.severity), entry.rejects_media, entry.rejects_reports, entry.obfuscates, None,
                       entry.public_comment)


async def plan(instance: Instance, list_: HostList, entries: Sequence[HostListEntry]) -> list[Planned]:
    """What these lines would change now. A few queries for all of them."""
    rows = {row.name: row for row in await Host.filter(name__in=[entry.name for entry in entries] or [""])}
    ranks = {one.id: one.priority for one in await HostList.all()}
    takes_strangers = hosts.is_heard(await hosts.of_strangers())
    ours, above_partners = instance.network.host, await _above_partners()
    found = []
    for entry in entries:
        row = rows.get(entry.name)
        by_person = row is not None and row.list_id is None and Restriction.on(row).restricts
        if f".{ours}".endswith(f".{entry.name}"):
            change = Change.OURSELVES
        elif list_.kind is ListKind.ALLOWS:
            change = _of_allow(row)
        else:
            change = _of_block(entry, row, takes_strangers, _outranked(row, list_, ranks))
            change = _above_a_partner(change) if entry.name in above_partners else change
        found.append(Planned(entry, change, by_person))
    return found


def _above_a_partner(change: Change) -> Change:
    """The rule would hold for the partner below it."""
    return change if change in (*IDLE, Change.SAME) else Change.PARTNER


async def _above_partners() -> set[str]:
    """The domains above our partners: a rule about one covers what is below it."""
    names = await Host.filter(standing__in=list(PARTNERS)).values_list("name", flat=True)
    return {above for name in names for above in domains_above(str(name))}


def _outranked(row: Host | None, list_: HostList, ranks: dict[int, int]) -> bool:
    other = row.list_id if row else None
    return other is not None and other != list_.id and ranks.get(other, list_.priority) > list_.priority


def _of_allow(row: Host | None) -> Change:
    if row is None or row.standing is Standing.UNKNOWN:
        return Change.NEW
    return Change.MILDER if row.standing in RESTRICTED else Change.SAME


def _of_block(entry: HostListEntry, row: Host | None, takes_strangers: bool, is_outranked: bool) -> Change:
    aim = wanted(entry)
    now = Restriction.on(row) if row else Restriction(Severity.NOOP)
    standing = row.own.standing if row else Standing.UNKNOWN
    flags = (now.rejects_media, now.rejects_reports) == (aim.rejects_media, aim.rejects_reports)
    if now.severity is aim.severity and flags:
        return Change.SAME
    if is_outranked:
        return Change.OTHER_LIST
    if standing in PARTNERS:
        return Change.PARTNER
    if aim.severity is Severity.SILENCE and standing is Standing.UNKNOWN and not takes_strangers:
        return Change.NOTHING
    if not now.restricts:
        return Change.NEW
    return Change.HARSHER if _weight(aim) > _weight(now) else Change.MILDER


def _weight(rule: Restriction) -> tuple[int, int]:
    return ORDER[rule.severity], rule.rejects_media + rule.rejects_reports


async def excluded_names() -> set[str]:
    """The domains that no list may touch."""
    return {row.name for row in await HostExclude.all()}


def is_excluded(name: str, excluded: Set[str]) -> bool:
    """Whether no list may touch this domain, as one of those or below one."""
    return not excluded.isdisjoint((name, *domains_above(name)))


async def accept(instance: Instance, list_: HostList, entries: Sequence[HostListEntry], *, partners_too: bool) -> int:
    """A host says yes to these lines: the worker sets the rules. Partners only if that was said. How many."""
    planned = await plan(instance, list_, [entry for entry in entries if entry.state is EntryState.DRAFT])
    good = [one.entry.id for one in planned
            if one.change not in IDLE and (one.change is not Change.PARTNER or partners_too)]
    await HostListEntry.filter(id__in=good or [0]).update(state=EntryState.ACCEPTED)
    return len(good)


async def accept_all(instance: Instance, list_: HostList, *, partners_too: bool = False) -> int:
    """A host says yes to every draft of a list, to those that concern partners only if that was said. How many."""
    count, after = 0, ""
    drafts = HostListEntry.filter(list_id=list_.id, state=EntryState.DRAFT).order_by("name")
    while page := await drafts.filter(name__gt=after).limit(500):
        count += await accept(instance, list_, page, partners_too=partners_too)
        after = page[-1].name
    return count


async def decline(list_: HostList, names: Sequence[str]) -> int:
    """A host says no to these lines: they are not put forward again as long as they say the same. How many."""
    return await HostListEntry.filter(list_id=list_.id, name__in=list(names) or [""]).update(state=EntryState.DECLINED)


async def apply_due(instance: Instance) -> int:
    """A job: set the rules of the lines that somebody, or the list, said yes to. How many were looked at."""
    due = await HostListEntry.filter(state=EntryState.ACCEPTED).order_by("id").limit(APPLIED_AT_ONCE).select_related("list")
    for entry in due:
        state = EntryState.HOLDS
        try:
            await _set(instance, entry)
        except CommunityError:
            state = EntryState.DRAFT  # a host decides: it is no longer what it was when they said yes
        await HostListEntry.filter(id=entry.id, state=EntryState.ACCEPTED).update(state=state)
    return len(due)


async def _set(instance: Instance, entry: HostListEntry) -> None:
    if entry.list.kind is ListKind.ALLOWS:
        host = await domains.allow(instance, entry.name, None)
        if host.standing is Standing.OPEN:
            await host.change(list_id=entry.list_id)
        return
    host = await domains.restrict(instance, entry.name, None, wanted(entry), entry.list_id)
    if not host.reason:
        await host.change(reason=entry.list.title[:500])


async def take_back(instance: Instance, list_: HostList, entry: HostListEntry) -> None:
    """A line is no longer on its list: its rule goes, unless a person made it or another list says something about the server."""
    host = await Host.get_or_none(name=entry.name, list_id=list_.id)
    if host and list_.takes_back and entry.state is EntryState.HOLDS:
        others = HostListEntry.filter(name=entry.name, state=EntryState.HOLDS).exclude(list_id=list_.id)
        if heir := await others.order_by("-list__priority", "id").select_related("list").first():
            await _set(instance, heir)
        elif list_.kind is ListKind.ALLOWS:
            await partners.end(instance, host, None, list_.title)
        else:
            await partners.lift(instance, host, None, list_.title)
    await entry.delete()
