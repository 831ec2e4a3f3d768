"""The columns that tables share."""
from tortoise import fields, models

from models import clock
from models.errors import LedgerIsAppendOnly
from models.ids import new_id


class Record(models.Model):
    """A row with a time-ordered id and the instant of its birth."""

    id = fields.BigIntField(primary_key=True, generated=False, default=new_id)
    created_at = fields.DatetimeField(default=clock.now)

    class Meta:
        abstract = True


class LedgerRow(models.Model):
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
