"""The map of the world: the countries of the theme's `static/world.svg`, coloured by bands, with marks in some of them."""
from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from markupsafe import Markup

from moderation.counts import Band

FILE = "world.svg"
SHADES: Mapping[Band, str] = {Band.TENS: "m1", Band.DOZENS: "m2", Band.HUNDREDS: "m3", Band.MANY: "m3"}
_BOX = re.compile(r'viewBox="([0-9 .-]+)"')
_LAND = re.compile(r'<(path|circle) id="([A-Z]{2})" ([a-z]+="[^"<>]*"(?: [a-z]+="[^"<>]*")*)/>')
_PART = re.compile(r"M(-?\d+) (-?\d+)l([^zM]*)z")
_NUMBER = re.compile(r"-?\d+")
#: Countries at the ends of Europe: between their middles lies what is drawn closer, with a margin of its size.
EUROPE = ("IS", "PT", "NO", "FI", "UA", "CY", "GR")
MARGIN = 0.1
Point = tuple[float, float]
Box = tuple[float, float, float, float]  # from left, top to right, bottom


@dataclass(frozen=True, slots=True)
class Mark:
    """Something in a country, in words. `shape`: "circle" or "square"."""

    country: str
    shape: str
    title: str


#: The bands and names of countries, the marks, and what the drawing is called.
Content = tuple[Mapping[str, Band], Mapping[str, str], Sequence[Mark], str]


@dataclass(frozen=True, slots=True)
class World:
    """The shapes in the order of the file, and where in each country a mark stands."""

    box: str
    lands: Mapping[str, tuple[str, str]]  # code -> element, its attributes
    middles: Mapping[str, Point]
    extents: Mapping[str, Box]

    def draw(self, bands: Mapping[str, Band], names: Mapping[str, str], marks: Sequence[Mark], label: str) -> Markup:
        """The whole drawing, without names or numbers of people: they stand in a table beside it."""
        return self._drawn("world", self.box, 1, self.lands, (bands, names, marks, label))

    def draw_europe(self, bands: Mapping[str, Band], names: Mapping[str, str], marks: Sequence[Mark], label: str) -> Markup:
        """Europe alone, where many small countries are; nothing if the world has none of it."""
        ends = [self.middles[code] for code in EUROPE if code in self.middles]
        if len(ends) < len(EUROPE):
            return Markup("")
        (left, right), (top, bottom) = (_wider(min(side), max(side)) for side in zip(*ends, strict=True))
        near = [code for code, (x1, y1, x2, y2) in self.extents.items() if x1 < right and x2 > left and y1 < bottom and y2 > top]
        seen = [one for one in marks if left < self.middles.get(one.country, (0, 0))[0] < right]
        unit = 2 * (right - left) / float(self.box.split()[2])  # it is drawn smaller than the whole
        return self._drawn("world near", f"{left:.0f} {top:.0f} {right - left:.0f} {bottom - top:.0f}", unit, near,
                           (bands, names, seen, label))

    def _drawn(self, classes: str, box: str, unit: float, codes: Iterable[str], what: Content) -> Markup:
        bands, names, marks, label = what
        lands = Markup("").join(self._land(code, bands.get(code, Band.FEW), names.get(code, code)) for code in codes)
        pins = Markup("").join(self._mark(one, unit) for one in marks if one.country in self.middles)
        return Markup('<svg class="{}" viewBox="{}" role="img" aria-label="{}">{}{}</svg>').format(
            classes, box, label, lands, pins)

    def _land(self, code: str, band: Band, name: str) -> Markup:
        element, attributes = self.lands[code]
        shade = SHADES.get(band)
        if shade is None:
            return Markup("<{} {}/>").format(Markup(element), Markup(attributes))  # noqa: S704 - of the theme, checked by _LAND
        return Markup('<{0} class="{1}" {2}><title>{3}: {4}</title></{0}>').format(
            Markup(element), shade, Markup(attributes), name, str(band))  # noqa: S704 - as above

    def _mark(self, mark: Mark, unit: float) -> Markup:
        """`unit`: how much of the world is as wide as one unit of the whole."""
        x, y = self.middles[mark.country]
        if mark.shape == "circle":
            return Markup('<circle class="pin" cx="{:.4g}" cy="{:.4g}" r="{:.3g}"><title>{}</title></circle>').format(
                x, y, 5 * unit, mark.title)
        return Markup('<rect class="pin" x="{:.4g}" y="{:.4g}" width="{:.3g}" height="{:.3g}"><title>{}</title></rect>').format(
            x + 6 * unit, y - 4 * unit, 8 * unit, 8 * unit, mark.title)


@lru_cache(maxsize=8)
def read(text: str) -> World:
    """A world out of an SVG with one `path` (of "M", "l" and "z" in whole numbers) or `circle` for each country, by its code."""
    lands = {code: (element, attributes) for element, code, attributes in _LAND.findall(text)}
    box = _BOX.search(text)
    return World(box[1] if box else "0 0 1600 726", lands, {code: _middle(*land) for code, land in lands.items()},
                 {code: _extent(*land) for code, land in lands.items()})


def _wider(least: float, most: float) -> tuple[float, float]:
    """With a margin on both sides."""
    return least - (most - least) * MARGIN, most + (most - least) * MARGIN


def _extent(element: str, attributes: str) -> Box:
    """The smallest box around the largest part of a country: islands far away belong to it too."""
    points = max((_points(int(x), int(y), steps) for x, y, steps in _PART.findall(attributes)), key=_size, default=[])
    across, down = zip(*(points or [_middle(element, attributes)]), strict=True)
    return min(across), min(down), max(across), max(down)


def _size(points: Sequence[Point]) -> float:
    across, down = zip(*points, strict=True)
    return float((max(across) - min(across)) * (max(down) - min(down)))


def _points(x: float, y: float, steps: str) -> list[Point]:
    """The corners of a part that begins there and goes on by these steps."""
    numbers, points = [int(one) for one in _NUMBER.findall(steps)], [(x, y)]
    for across, down in zip(numbers[::2], numbers[1::2], strict=False):
        points.append((points[-1][0] + across, points[-1][1] + down))
    return points


def _middle(element: str, attributes: str) -> Point:
    """The middle of the largest part of a country."""
    if element == "circle":
        given = dict(re.findall(r'([a-z]+)="([^"]*)"', attributes))
        return float(given.get("cx", 0)), float(given.get("cy", 0))
    parts = [_of_part(_points(int(x), int(y), steps)) for x, y, steps in _PART.findall(attributes)]
    return max(parts, key=lambda part: part[0])[1] if parts else (0.0, 0.0)


def _of_part(points: Sequence[Point]) -> tuple[float, Point]:
    """The area of a polygon and its centre of gravity; of one without area, where it begins."""
    twice, sum_x, sum_y = 0.0, 0.0, 0.0
    for (x1, y1), (x2, y2) in zip(points, [*points[1:], points[0]], strict=True):
        cross = x1 * y2 - x2 * y1
        twice, sum_x, sum_y = twice + cross, sum_x + (x1 + x2) * cross, sum_y + (y1 + y2) * cross
    return abs(twice) / 2, (sum_x / (3 * twice), sum_y / (3 * twice)) if twice else points[0]
