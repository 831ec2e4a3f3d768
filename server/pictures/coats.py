"""Zebra coats: a calm stripe pattern for each member and community, drawn from a random id.

No two zebras share a coat. A member shows no face, so the coat stands for one: no upload, no request,
nothing that could be recognised. At most 5 broad, low-contrast, still stripes, because striped patterns
can trigger migraine and seizures (Wilkins et al., Brain 1984, 107:989): do not break these limits.
"""
from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from functools import lru_cache

from markupsafe import Markup

HUES = 10  # the classes .z0 to .z9 of tokens.css
COATS_KEPT = 4096
SIZES = ("", "s", "l")
SIDE_UNITS = 40.0
STEPS = 4

Point = tuple[float, float]
Ribbon = tuple[list[Point], list[Point]]  # one side of a stripe, and the other side back again


class Dice:
    """Repeatable numbers out of a seed: the same on every machine and Python version, unlike `random`."""

    def __init__(self, seed: str) -> None:
        self._digest = hashlib.sha256(seed.encode()).digest()
        self._used = 0

    def share(self) -> float:
        """The next number, from 0 up to but not including 1."""
        block, place = divmod(self._used, 8)
        self._used += 1
        digest = hashlib.sha256(self._digest + block.to_bytes(4, "big")).digest()
        return int.from_bytes(digest[place * 4 : place * 4 + 4], "big") / 2**32

    def between(self, low: float, high: float) -> float:
        """The next number, from `low` to `high`."""
        return low + (high - low) * self.share()

    def below(self, limit: int) -> int:
        """The next whole number, from 0 to `limit` - 1."""
        return int(self.share() * limit)


def _number(value: float) -> str:
    text = f"{value:.1f}".removesuffix(".0")
    return "0" if text == "-0" else text


def _curve(points: Sequence[Point]) -> str:
    """Quadratic curves through the midpoints of a line: always smooth."""
    path = ""
    for i in range(1, len(points) - 1):
        (x, y), (next_x, next_y) = points[i], points[i + 1]
        end = points[-1] if i == len(points) - 2 else ((x + next_x) / 2, (y + next_y) / 2)
        path += f"Q{_number(x)} {_number(y)} {_number(end[0])} {_number(end[1])}"
    return path


def _ribbon(lower: Sequence[Point], upper: Sequence[Point]) -> str:
    (x, y), (back_x, back_y) = lower[0], upper[0]
    return f"M{_number(x)} {_number(y)}{_curve(lower)}L{_number(back_x)} {_number(back_y)}{_curve(upper)}z"


def ribbons(seed: str, count: int) -> list[Ribbon]:
    """`count` wavy ribbons that cross a square of 40 by 40 units; each side is a line of points to be drawn as `_curve` does."""
    dice = Dice(seed)
    angle = math.radians(dice.between(-70, 70))
    cos, sin = math.cos(angle), math.sin(angle)
    span = SIDE_UNITS * (abs(sin) + abs(cos))  # extent across the stripes
    half, gap = span / 2 * 1.25, span / count
    phase, waves = dice.between(0, 6.3), dice.between(1.2, 2.0)
    drawn: list[Ribbon] = []
    for i in range(count):
        centre = -span / 2 + gap * (i + 0.5) + dice.between(-0.06, 0.06) * gap
        thickness = gap * 0.27 * dice.between(0.8, 1.15)
        taper = (0, 0, 1, -1)[dice.below(4)]  # some stripes thin out at one end
        lower: list[Point] = []
        upper: list[Point] = []
        for step in range(STEPS + 1):
            at = step / STEPS
            along = -half + 2 * half * at
            middle = centre + span * 0.05 * math.sin(waves * math.pi * at + phase + i * 0.35)
            width = thickness * (1 + 0.22 * math.sin(2.2 * math.pi * at + phase * 1.7 + i))
            if taper:
                width *= 0.12 + 0.88 * min(1, (at if taper > 0 else 1 - at) * 1.9)
            for line, across in ((lower, middle - width), (upper, middle + width)):
                line.append((SIDE_UNITS / 2 + along * cos - across * sin, SIDE_UNITS / 2 + along * sin + across * cos))
        drawn.append((lower, upper[::-1]))
    return drawn


def stripes(seed: str, count: int) -> str:
    """The same as SVG path data."""
    return "".join(_ribbon(lower, upper) for lower, upper in ribbons(seed, count))


def stripe_count(seed: str) -> int:
    """How many stripes a coat has."""
    return 3 + Dice(seed + "n").below(2)


def hue(seed: str) -> int:
    """The number of its colours, 0 to 9."""
    return Dice(seed + "hue").below(HUES)


def hue_class(seed: str) -> str:
    """The class that colours a coat: "z0" to "z9"."""
    return f"z{hue(seed)}"


@lru_cache(maxsize=COATS_KEPT)
def coat(seed: str, size: str = "") -> Markup:
    """The coat as inline SVG, hidden from screen readers because the name always stands beside it.

    Args:
        seed: a random id, never a name: the coat must not link one person's accounts in two communities.
        size: "" (48 px), "s" (36 px) or "l" (88 px).
    """
    if size not in SIZES:
        raise ValueError(f"a coat has no size {size!r}")
    path = stripes(seed, stripe_count(seed))
    return Markup('<svg class="{}" viewBox="0 0 40 40" aria-hidden="true" focusable="false"><path d="{}"/></svg>').format(
        f"coat {hue_class(seed)} {size}".rstrip(), path)


#: The herd of the front page: x, y, width, height and corner radius of each neighbour; the first wears the theme's colour.
HERD = ((0, 88, 150, 172, 44), (162, 20, 190, 132, 44), (162, 164, 118, 176, 44), (292, 164, 176, 118, 44),
        (364, 52, 104, 100, 40), (24, 272, 126, 92, 40), (292, 294, 132, 84, 40))


@lru_cache(maxsize=4)
def herd(seed: str) -> Markup:
    """Neighbouring coats, each its own, standing close: a picture for one page, never a whole background."""
    clips, coats = [], []
    for i, (x, y, width, height, radius) in enumerate(HERD):
        clips.append(f'<clipPath id="herd{i}"><rect width="{width}" height="{height}" rx="{radius}"/></clipPath>')
        coats.append(f'<g class="k{i + 1}" transform="translate({x} {y})" clip-path="url(#herd{i})"><rect width="{width}" '
                     f'height="{height}"/><path transform="scale({max(width, height) / SIDE_UNITS:g})" '
                     f'd="{stripes(f"{seed}{i}", 3 + i % 2)}"/></g>')
    return Markup('<svg class="herd" viewBox="0 0 468 380" aria-hidden="true" focusable="false"><defs>'  # noqa: S704 - numbers only
                  f'{"".join(clips)}</defs>{"".join(coats)}</svg>')
