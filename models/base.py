"""The columns that tables share."""
from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tortoise import fields, models
from tortoise.fields import Field
from tortoise.filters import get_filters_for_field
from tortoise.models import MetaInfo, ModelMeta

from models import clock
from models.errors import LedgerIsAppendOnly
from models.ids import new_id


class _Conditions(dict[str, Any]):
    """The conditions that a table is asked by, such as `host__not`: each is made when it is first asked for, and kept."""

    def __init__(self, meta: MetaInfo) -> None:
        super().__init__()
        self._meta = meta

    def __contains__(self, name: object) -> bool:
        """Whether there is such a condition."""
        return super().__contains__(name) or str(name) in self._of(str(name))

    def __missing__(self, name: str) -> Any:
        """The condition, made now; KeyError if no column has it."""
        made: Any = self._of(name)[name]
        made["operator"] = self._meta.db.executor_class.get_overridden_filter_func(made["operator"], made) or made["operator"]
        self[name] = made
        return made

    def _of(self, name: str) -> Mapping[str, Any]:
        """All conditions of the column that the name begins with; none for a relation, whose own table is asked."""
        column = name if name == "pk" or name in self._meta.fields_map else name.rpartition("__")[0]
        field = self._meta.pk if column == "pk" else self._meta.fields_map.get(column)
        if field is None or column in self._meta.fk_fields or column in self._meta.o2o_fields:
            return {}
        return get_filters_for_field(column, field, field.source_field or field.model_field_name)


class _Meta(MetaInfo):
    """What Tortoise knows of a table, without the twenty-six conditions for each column that it would keep ready."""

    __slots__ = ()

    def add_field(self, name: str, value: Field[Any]) -> None:
        """One more column, or relation."""
        super().add_field(name, value)
        self._filters.clear()

    def _generate_filters(self) -> None:
        self.filters = _Conditions(self)


class Table(ModelMeta):
    """Makes tables of classes in a third of the time and of the memory: Tortoise would read the source of each class, to
    look for comments on its columns, and keep every condition that a query might ask (8 MB).
    """

    def __new__(cls, name: str, bases: tuple[type, ...], attrs: dict[str, Any]) -> Table:
        """The class, with a column for each of its fields."""
        made: Any = super().__new__(cls, name, bases, {**attrs, "_no_comments": True})
        made._meta.__class__ = _Meta
        made._meta._filters.clear()
        return made  # type: ignore[no-any-return]


class Record(models.Model, metaclass=Table):
    """A row with a time-ordered id and the instant of its birth."""

    id = fields.BigIntField(primary_key=True, generated=False, default=new_id)
    created_at = fields.DatetimeField(default=clock.now)

    class Meta:
        abstract = True

    async def change(self, **columns: Any) -> None:
        """Set these columns, here and in the database, and nothing else."""
        if columns:  # without a name, `save` would write every column
            self.update_from_dict(columns)
            await self.save(update_fields=list(columns))


class LedgerRow(models.Model, metaclass=Table):
    """A row that is written once. The database counts its id, so that "newest" has one answer."""

    id = fields.BigIntField(primary_key=True, generated=True)
    created_at = fields.DatetimeField(default=clock.now)

    class Meta:
        abstract = True

    async def save(self, *args: object, **options: object) -> None:
        """Insert; LedgerIsAppendOnly on an update."""
        if self._saved_in_db:
            raise LedgerIsAppendOnly(f"{type(self).__name__} {self.id}")
        await super().save(*args, **options)  # type: ignore[arg-type]

    async def delete(self, *_: object, **__: object) -> None:
        """LedgerIsAppendOnly, always."""
        raise LedgerIsAppendOnly(f"{type(self).__name__} {self.id}")
