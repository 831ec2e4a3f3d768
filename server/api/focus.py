"""What matters in an image, as apps write it: "0.1,-0.5", from -1 (left, bottom) to 1."""
from __future__ import annotations

import math
from typing import Annotated

from pydantic import BeforeValidator, WithJsonSchema


def _focus(value: object) -> tuple[float, float] | None:
    if value is None or isinstance(value, tuple):
        return value
    parts = str(value).split(",")
    numbers = [float(part) for part in parts]
    if len(numbers) != 2 or not all(math.isfinite(number) for number in numbers):
        raise ValueError("two numbers with a comma between them")
    x, y = (max(-1.0, min(1.0, number)) for number in numbers)
    return x, y


Focus = Annotated[tuple[float, float] | None, BeforeValidator(_focus), WithJsonSchema({"type": "string"})]
