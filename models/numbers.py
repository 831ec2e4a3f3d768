"""Numbers about people as they stood when somebody first asked on a day."""
from __future__ import annotations

from collections.abc import Awaitable, Callable

from tortoise import fields

from models import clock
from models.base import Record


class DailyNumber(Record):
    """One number of one day. It stays the same all day, for everybody and in every process, so that nobody learns by asking
    twice who came or went in between.
    """

    name = fields.CharField(max_length=100, unique=True)
    day = fields.DateField()
    number = fields.IntField()

    class Meta:
        table = "daily_number"
        indexes = (("day",),)

    @classmethod
    async def of(cls, name: str, count: Callable[[], Awaitable[int]]) -> int:
        """Today's number under this name, counted if nobody has asked for it today."""
        today = clock.now().date()
        if row := await cls.get_or_none(name=name, day=today):
            return row.number
        number = await count()
        row, is_new = await cls.get_or_create({"day": today, "number": number}, name=name)
        if not is_new:
            if row.day == today:  # somebody was faster
                return row.number
            await cls.filter(id=row.id, day__lt=today).update(day=today, number=number)
            row = await cls.get(id=row.id)
        return row.number

    @classmethod
    async def forget_old(cls) -> int:
        """Numbers that nobody has asked for today; how many there were."""
        return await cls.filter(day__lt=clock.now().date()).delete()
