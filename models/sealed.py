"""Rows with columns that are kept sealed (`models.vault`), as long as they belong below the community.

The plain columns of such a row are empty in the database; in Python they hold what they say. Whoever reads or writes rows
through models notices nothing. Queries that change columns without loading the row have to leave sealed ones alone.
"""
from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from typing import Any, ClassVar, Self

from tortoise import fields

from models import vault
from models.base import Record


class Sealed(Record):
    """A row whose columns SEALS are sealed for its `holders`, together in one column, so that opening a row is one step."""

    sealed: str | None = fields.TextField(null=True)
    SEALS: ClassVar[tuple[str, ...]] = ()  # they hold "", [] or {} where there is nothing
    DECIDED_BY: ClassVar[tuple[str, ...]] = ()  # columns that say for whom
    readers: tuple[int, ...] | None = None  # its holders, where whoever makes the row knows them already

    class Meta:
        abstract = True

    async def holders(self) -> tuple[int, ...]:
        """Whose keys open it: ids of actors of ours; nobody's if it is not private."""
        raise NotImplementedError

    @property
    def is_lost(self) -> bool:
        """Whether its key was destroyed: what it said is erased."""
        return bool(self.__dict__.get("_is_lost"))

    async def save(self, *args: Any, **options: Any) -> None:
        """Write the row; what is private only sealed."""
        only: Collection[str] | None = options.get("update_fields")
        if self.is_lost:
            await super().save(*args, **options | {"update_fields": self._kept_when_lost(only)})
            return
        decides = self.__dict__.pop("_anew", False) or only is None or not set(only).isdisjoint(self.DECIDED_BY)
        if decides or only is not None and not set(only).isdisjoint(self.SEALS):
            self.sealed, was_sealed = await self._sealed(self._content(), decides), self.__dict__.get("_was_sealed")
            self.__dict__["_was_sealed"] = bool(self.sealed)
            if only is not None and (self.sealed or decides or was_sealed):
                options["update_fields"] = [*{*only, *self.SEALS, "sealed"}]
        with self._emptied():
            await super().save(*args, **options)

    def _content(self) -> dict[str, Any]:
        return {name: value for name in self.SEALS if (value := getattr(self, name))}

    @contextmanager
    def _emptied(self) -> Iterator[None]:
        """The plain columns of what is sealed hold nothing while the row is written."""
        plain = {name: self.__dict__[name] for name in self.SEALS if name in self.__dict__} if self.__dict__.get("sealed") else {}
        try:
            self.__dict__.update({name: None if value is None else type(value)() for name, value in plain.items()})
            yield
        finally:
            self.__dict__.update(plain)

    async def seal(self) -> None:
        """Seal a row that is written with many others at once, in another way than by `save`. Its columns are empty then."""
        content = self._content()
        self.sealed = await self._sealed(content, True)
        if self.sealed:
            self.__dict__.update({name: type(value)() for name, value in content.items()})

    async def seal_anew(self) -> None:
        """Write what the row says for those who hold it today: they have changed, or it is older than keys are."""
        self.__dict__["_was_sealed"] = True
        self.__dict__["_anew"] = True
        await self.save(update_fields=[*self.SEALS])

    def _kept_when_lost(self, only: Any) -> list[str]:
        """What may still change: a text that nobody can read is replaced by none but the empty one."""
        names = set(only) if only is not None else set(self._meta.fields_db_projection) - {self._meta.pk_attr}
        if any(getattr(self, name) for name in self.SEALS):
            return [*names - {*self.SEALS, "sealed"}]
        if only is not None and set(only) & {*self.SEALS}:
            self.sealed = None
            names.add("sealed")
        return [*names]

    async def _sealed(self, content: dict[str, Any], decides: bool) -> str | None:
        if not content:
            return None
        place, before = self.row_name, self.sealed
        if before and not decides:
            with suppress(vault.KeyGone):
                return vault.current().seal_again(json.dumps(content, ensure_ascii=False), before, place)
        holders = await self.holders() if self.readers is None else self.readers
        return vault.sealed(content, holders, place) if holders else None

    @property
    def row_name(self) -> str:
        """The row, as what is sealed is bound to it."""
        return f"{self._meta.db_table}:{self.pk}"

    @classmethod
    def _init_from_db(cls, **kwargs: Any) -> Self:
        made = super()._init_from_db(**kwargs)
        if made.__dict__.get("sealed"):
            opened(made)
        return made


class Owned(Sealed):
    """A row for its owner's eyes alone."""

    owner_id: int

    class Meta:
        abstract = True

    async def holders(self) -> tuple[int, ...]:
        """Its owner."""
        return (self.owner_id,)


def opened(row: Any) -> None:
    """Put in its place what is sealed in a row that was just read; where the key is gone, the row is lost."""
    known = row.__dict__
    known["_was_sealed"] = True
    try:
        known.update(json.loads(vault.current().open(known["sealed"], row.row_name)))
    except (vault.KeyGone, vault.NoKeys):
        known["_is_lost"] = True
