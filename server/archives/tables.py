"""Every row about a member as JSON: what it holds, with people by address and messages by id. Secrets stay out."""
from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date, datetime
from enum import Enum
from typing import Any

from models import (
    Actor,
    AuditEntry,
    FilteredPost,
    FilterKeyword,
    ListedPerson,
    Member,
    Poll,
    Post,
    Recipient,
    Revision,
    Tag,
)
from models.base import LedgerRow, Record
from models.reach import Reach
from moderation.visibility import Viewer, visible_to
from server.archives.bundle import Bundle, listed
from server.members.traces import TRACES, Table

PAGE = 200
#: What hangs on rows of the member without naming them itself: file, table, and the way to the member's actor.
BELOW: tuple[tuple[str, Table, str], ...] = (
    ("people-on-lists", ListedPerson, "people_list__owner_id"),
    ("filter-words", FilterKeyword, "rule__owner_id"),
    ("filtered-messages", FilteredPost, "rule__owner_id"),
    ("edits", Revision, "post__author_id"),
    ("questions", Poll, "post__author_id"),
    ("named-readers", Recipient, "post__author_id"),
    ("tags", Tag, "post__author_id"),
)


async def write(bundle: Bundle, member: Member) -> None:
    """All tables, each in a file of its own below `json/`."""
    for trace in TRACES:
        if trace.file:
            whose = member.id if trace.column == "member_id" else member.actor_id
            rows = _rows(trace.model, trace.column, whose, trace.hides)
            await bundle.stream(f"json/{trace.file}.json", listed(rows))
    for file, model, way in BELOW:
        await bundle.stream(f"json/{file}.json", listed(_rows(model, way, member.actor_id, frozenset())))
    await bundle.stream("json/profile.json", listed(_rows(Actor, "id", member.actor_id, frozenset())))
    await bundle.stream("json/who-looked.json", listed(_looks(member)))
    await bundle.stream("json/messages-received.json", listed(_received(member)))


async def _rows(model: Table, column: str, whose: int, hides: frozenset[str]) -> AsyncIterator[dict[str, Any]]:
    after = 0
    while page := await model.filter(**{column: whose, "id__gt": after}).order_by("id").limit(PAGE):
        named = await _named(page)
        for row in page:
            yield _as_json(row, hides, named)
        after = page[-1].pk


async def _named(page: list[Any]) -> dict[tuple[str, int], str]:
    """What the ids in these rows stand for: ("Actor", id) -> address, ("Post", id) -> uri."""
    ids: dict[str, set[int]] = {"Actor": set(), "Post": set()}
    for column, model in _pointers(type(page[0])):
        ids[model] |= {value for row in page if (value := getattr(row, column)) is not None}
    people = await Actor.filter(id__in=list(ids["Actor"]) or [0])
    messages = await Post.filter(id__in=list(ids["Post"]) or [0]).values_list("id", "uri")
    return ({("Actor", one.id): one.address for one in people}
            | {("Post", int(str(id_))): str(uri) for id_, uri in messages})


def _pointers(model: Table) -> list[tuple[str, str]]:
    """The columns that point to an actor or a post."""
    meta = model._meta
    found = [(str(meta.fields_map[name].source_field), meta.fields_map[name].related_model.__name__)  # type: ignore[attr-defined]
             for name in meta.fk_fields | meta.o2o_fields]
    return sorted((column, name) for column, name in found if name in ("Actor", "Post"))


def _as_json(row: Record | LedgerRow, hides: frozenset[str], named: dict[tuple[str, int], str]) -> dict[str, Any]:
    pointers = dict(_pointers(type(row)))
    known: dict[str, Any] = {}
    for field in sorted(row._meta.fields_db_projection):
        value = getattr(row, field)
        if field in hides or field == "sealed":  # what it holds stands in the other columns
            continue
        if field in pointers and value is not None:
            known[field.removesuffix("_id")] = named.get((pointers[field], value), "")
        else:
            known[field] = plain(value)
    return known


def plain(value: Any) -> Any:
    """A value as JSON has it. Our ids are larger than numbers of JavaScript, so they are texts."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) > 2**53:
        return str(value)
    return value


async def _looks(member: Member) -> AsyncIterator[dict[str, Any]]:
    """What the team did about this account. Who of the team is not told: it answers together."""
    after = 0
    found = AuditEntry.filter(target=f"member:{member.id}").exclude(actor_id=member.actor_id)
    while page := await found.filter(id__gt=after).order_by("id").limit(PAGE):
        for row in page:
            yield {"when": row.created_at.isoformat(), "what": row.action, "why": row.reason,
                   "who": "team" if row.actor_id else "server"}
        after = page[-1].id


async def _received(member: Member) -> AsyncIterator[dict[str, Any]]:
    """What others wrote to this member by name, and the member can still read."""
    after, mine = 0, Recipient.filter(actor_id=member.actor_id)
    while page := await mine.filter(id__gt=after).order_by("id").limit(PAGE):
        readable = Post.filter(visible_to(Viewer.member(member.actor)), reach=Reach.CIRCLE,
                               id__in=[row.post_id for row in page]).exclude(author_id=member.actor_id)
        for post in await readable.select_related("author"):
            yield {"id": post.uri, "from": post.author.address, "when": post.published_at.isoformat(), "html": post.html}
        after = page[-1].id
