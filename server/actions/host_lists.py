"""Lists of servers: brought in as a file, or read again and again from an address. A line waits for a host, or holds at once."""
from __future__ import annotations

import asyncio
from collections.abc import Iterable
from datetime import timedelta

from federation import domain_lists
from federation.domain_lists import Line, Parsed
from federation.errors import FederationError
from federation.instance import Instance
from models import Actor, AuditEntry, Host, HostExclude, HostList, HostListEntry, Notification, Q, clock
from models.database import in_transaction
from models.errors import CommunityError
from models.host_list import EntryState, ListKind
from models.notification import Notice
from models.turns import take_turn
from server.actions import list_entries
from server.actions.domains import ALLOWED, Restriction
from server.actions.list_entries import BY_ITSELF, Change
from server.actions.restrictions import all_decided

EVERY = timedelta(days=1)
AGAIN_AFTER_FAILURE = timedelta(hours=1)
GONE_AFTER = timedelta(days=3)  # then the hosts are told
LISTS_LIMIT = 20
EXCLUDES_LIMIT = 1000
PLANNED_AT_ONCE = 500


class TooManyLists(CommunityError):
    """There are as many as a community can look after."""

    status = 422
    safe = "There are as many lists as fit. Remove one first."


class NothingReadable(CommunityError):
    """Not one line of it names a server."""

    status = 422
    safe = "We found no server in this list. It needs one domain in each line, or the columns of Mastodon."


async def bring(instance: Instance, title: str, text: str, kind: ListKind, by: Actor | None) -> HostList:
    """Bring in a file: each line is a draft, and nothing changes yet. Raises TooLong, NothingReadable, TooManyLists."""
    parsed = await asyncio.to_thread(domain_lists.parse, text)
    if not parsed.lines:
        raise NothingReadable("file")
    await _check_room()
    list_ = await HostList.create(title=title[:200] or "CSV", kind=kind, read_at=clock.now(), takes_back=False)
    await take_in(instance, list_, parsed)
    await _log(by, "list.bring", list_)
    return list_


async def subscribe(instance: Instance, url: str, wishes: HostList, by: Actor | None) -> HostList:
    """Read a list from an address from now on, as `wishes` (a row that is not stored yet) says; one that is read already stays as
    it is. Raises Malformed, Refused, TooManyLists.
    """
    domain_lists.check_address(instance, url)
    wishes.url, wishes.title = url, wishes.title or url
    async with in_transaction():
        await take_turn("host lists")
        if known := await HostList.filter(url=url, kind=wishes.kind).order_by("id").first():
            return known
        await _check_room()
        await wishes.save(force_create=True)
        await _log(by, "list.subscribe", wishes)
    return wishes


async def remove(instance: Instance, list_: HostList, by: Actor | None, *, keep_rules: bool) -> None:
    """Do away with a list. Its rules go too, or become those of the team."""
    async for entry in HostListEntry.filter(list_id=list_.id):
        if not keep_rules:
            list_.takes_back = True
            await list_entries.take_back(instance, list_, entry)
    await Host.filter(list_id=list_.id).update(list_id=None)
    await list_.delete()
    await _log(by, "list.remove", list_)


async def exclude(names: Iterable[str]) -> None:
    """From now on no list touches these domains and what is below them; it replaces what was excluded before."""
    wanted = [*dict.fromkeys(names)][:EXCLUDES_LIMIT]
    async with in_transaction():
        await take_turn("excluded hosts")
        await HostExclude.all().delete()
        await HostExclude.bulk_create([HostExclude(name=name) for name in wanted])
    for name in wanted:
        await HostListEntry.filter(Q(name=name) | Q(name__endswith=f".{name}")).exclude(state=EntryState.HOLDS).delete()


async def take_in(instance: Instance, list_: HostList, parsed: Parsed) -> None:
    """Bring the rows in line with what the list says now. What a host declined is put forward again only if it says
    something else; what is no longer there is taken back.
    """
    known = {entry.name: entry for entry in await HostListEntry.filter(list_id=list_.id)}
    excluded = await list_entries.excluded_names()
    lines = {line.name: line for line in parsed.lines if not list_entries.is_excluded(line.name, excluded)}
    fresh = [_entry(list_, line) for name, line in lines.items() if name not in known]
    await HostListEntry.bulk_create(fresh, batch_size=500, ignore_conflicts=True)  # another one may read it just now
    changed = []
    for name, line in lines.items():
        said = _columns(list_, line)
        if name in known and any(getattr(known[name], column) != value for column, value in said.items()):
            await known[name].change(**said, state=EntryState.DRAFT)
            changed.append(known[name])
    for name in known.keys() - lines.keys():
        await list_entries.take_back(instance, list_, known[name])
    await list_.change(bad_lines=[list(one) for one in parsed.bad])
    await _settle(instance, list_, fresh + changed)


async def _settle(instance: Instance, list_: HostList, entries: list[HostListEntry]) -> None:
    """Of new lines, those that already hold are marked so, and those that may hold at once are handed to the worker."""
    for at in range(0, len(entries), PLANNED_AT_ONCE):
        planned = await list_entries.plan(instance, list_, entries[at:at + PLANNED_AT_ONCE])
        await _hold(list_, [one.entry for one in planned if one.change is Change.SAME])
        if list_.applies:
            now = [one.entry.id for one in planned if one.change in BY_ITSELF and not one.by_person]
            await HostListEntry.filter(id__in=now or [0]).update(state=EntryState.ACCEPTED)


async def _hold(list_: HostList, same: list[HostListEntry]) -> None:
    """These lines say what holds already. Where the list adopts, it is the list's rule from now on."""
    await HostListEntry.filter(id__in=[entry.id for entry in same] or [0]).update(state=EntryState.HOLDS)
    if list_.adopts:
        await Host.filter(name__in=[entry.name for entry in same] or [""], list_id=None).update(list_id=list_.id)


def _entry(list_: HostList, line: Line) -> HostListEntry:
    return HostListEntry(list=list_, name=line.name, **_columns(list_, line))


def _columns(list_: HostList, line: Line) -> dict[str, object]:
    severity = "allow" if list_.kind is ListKind.ALLOWS else line.severity
    return {"severity": severity, "rejects_media": line.rejects_media, "rejects_reports": line.rejects_reports,
            "public_comment": line.public_comment, "obfuscates": line.obfuscates}


async def read_due(instance: Instance) -> int:
    """A job: read one list whose time has come. A list that is gone changes nothing; after days the hosts hear of it."""
    now = clock.now()
    waits = (Q(checked_at__isnull=True) | Q(checked_at__lt=now - EVERY)
             | (Q(failing_since__isnull=False) & Q(checked_at__lt=now - AGAIN_AFTER_FAILURE)))
    list_ = await HostList.filter(waits).exclude(url="").order_by("checked_at").first()
    if list_ is None:
        return 0
    await read(instance, list_)
    return 1


async def read(instance: Instance, list_: HostList) -> None:
    """Read a list now. Network."""
    now, before = clock.now(), {"checked_at": list_.checked_at} if list_.checked_at else {"checked_at__isnull": True}
    if not await HostList.filter(id=list_.id, **before).update(checked_at=now):
        return  # somebody else is at it
    list_.checked_at = now
    try:
        answer = await domain_lists.fetch(instance, list_.url, list_.etag)
        if answer:
            text, etag = answer
            parsed = await asyncio.to_thread(domain_lists.parse, text)
            if not parsed.lines:
                raise NothingReadable("an empty list would take every rule back")
            await take_in(instance, list_, parsed)
            await list_.change(etag=etag)
    except (FederationError, NothingReadable):
        await _failed(list_)
        return
    await list_.change(read_at=clock.now(), failing_since=None, told_at=None)


async def _failed(list_: HostList) -> None:
    since = list_.failing_since or clock.now()
    await list_.change(failing_since=since)
    if list_.told_at is None and clock.now() - since >= GONE_AFTER:
        await Notification.tell_hosts(Notice.LIST_GONE, list_.title[:255])
        await list_.change(told_at=clock.now())


async def exported() -> str:
    """Every rule of ours as a file that Mastodon reads, and this server too."""
    return domain_lists.written(
        Line(host.name, str(one.severity), one.rejects_media, one.rejects_reports, host.public_comment, one.obfuscates)
        for host in await all_decided() for one in [Restriction.on(host)])


async def exported_allows() -> str:
    """The servers that we exchange with, as a file that Mastodon reads."""
    found = await Host.filter(standing__in=list(ALLOWED)).order_by("name")
    return domain_lists.written_allows(host.name for host in found)


async def _check_room() -> None:
    if await HostList.all().count() >= LISTS_LIMIT:
        raise TooManyLists("lists")


async def _log(by: Actor | None, action: str, list_: HostList) -> None:
    await AuditEntry.create(actor_id=by.id if by else None, action=action, target=f"list:{list_.id}", reason=list_.title[:500])
