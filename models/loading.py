"""Rows of plain SQL as models, many times faster than through a query of Tortoise (performance.md: 7 to 37 times raw SQL).

What comes out is what Tortoise would have made: tests/models/test_loading.py compares them on both databases.
"""
from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any, Generic, TypeVar

from tortoise import fields
from tortoise.fields.data import CharEnumFieldInstance
from tortoise.models import Model

from models.database import dialect
from models.sealed import Sealed, opened

M = TypeVar("M", bound=Model)
Convert = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Maker(Generic[M]):
    """Makes models of one kind out of rows in which its columns stand side by side."""

    model: type[M]
    first: int  # the place of its first column
    past: int  # the place after its last
    kept: dict[str, object]  # what Tortoise keeps in every row that it has read
    names: tuple[str, ...]
    converted: tuple[tuple[str, Convert], ...]  # the attributes that are something else in Python
    is_sealed: bool  # some rows hold what has to be opened

    def __call__(self, row: Sequence[Any]) -> M:
        made = self.model.__new__(self.model)
        values = made.__dict__
        values.update(self.kept)
        values["_await_when_save"] = {}
        values.update(zip(self.names, row[self.first:self.past], strict=True))
        for name, convert in self.converted:
            if (value := values[name]) is not None:
                values[name] = convert(value)
        if self.is_sealed and values["sealed"]:
            opened(made)
        return made


@lru_cache(maxsize=64)
def selected(model: type[Model], alias: str) -> str:
    """The columns of a table for a SELECT, in the order in which a maker wants them."""
    return ", ".join(f'"{alias}"."{column}"' for column in model._meta.fields_db_projection.values())


def makers(*models: type[Any]) -> tuple[Maker[Any], ...]:
    """One for each of these models, whose columns stand in a row in this order."""
    return _makers(dialect(), models)


@lru_cache(maxsize=64)
def _makers(kind: str, models: tuple[type[Model], ...]) -> tuple[Maker[Any], ...]:
    made, first = list[Maker[Any]](), 0
    for model in models:
        meta = model._meta
        names = tuple(meta.fields_db_projection)
        converted = tuple((name, convert) for name in names if (convert := _convert(meta.fields_map[name], kind)))
        is_own_pk = meta.db_pk_column not in meta.generated_db_fields
        kept: dict[str, object] = {"_partial": False, "_saved_in_db": True, "_custom_generated_pk": is_own_pk}
        made.append(Maker(model, first, first + len(names), kept, names, converted, issubclass(model, Sealed)))
        first += len(names)
    return tuple(made)


def join(owner: Model, relation: str, related: Model | None) -> None:
    """Let `owner.relation` be this, as select_related does."""
    object.__setattr__(owner, f"_{relation}", related)


def _convert(field: Any, kind: str) -> Convert | None:
    if isinstance(field, CharEnumFieldInstance):
        members = {str(one.value): one for one in field.enum_type}
        return members.__getitem__
    if isinstance(field, fields.JSONField):
        return _from_json
    if kind == "postgres":
        return _in_utc if isinstance(field, fields.DatetimeField) else None
    if isinstance(field, fields.DatetimeField):
        return _parsed
    if isinstance(field, fields.DateField):
        return date.fromisoformat
    return bool if isinstance(field, fields.BooleanField) else None


def _from_json(value: Any) -> Any:
    if value == "[]":
        return []
    return json.loads(value) if isinstance(value, str) else value


def _parsed(value: str) -> datetime:
    found = datetime.fromisoformat(value)
    return found if found.tzinfo is UTC else found.astimezone(UTC)


def _in_utc(value: datetime) -> datetime:
    return value if value.tzinfo is UTC else value.astimezone(UTC)
