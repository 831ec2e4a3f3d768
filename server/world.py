"""The map of the world: the countries of the theme's `static/world.svg`, coloured by bands, with marks in some of them."""
from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
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
Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Mark:
    """Something in a country, in words. `shape`: "circle" or "square"."""

    country: str
    shape: str
    title: str


@dataclass(frozen=True, slots=True)
class World:
    """The shapes in the order of the file, and where in each country a mark stands."""

    box: str
    lands: Mapping[str, tuple[str, str]]  # code -> element, its attributes
    middles: Mapping[str, Point]

    def draw(self, bands: Mapping[str, Band], names: Mapping[str, str], marks: Sequence[Mark], label: str) -> Markup:
        """The whole drawing, without names or numbers of people: they stand in a table beside it."""
        lands = Markup("").join(self._land(code, bands.get(code, Band.FEW), names.get(code, code)) for code in self.lands)
        pins = Markup("").join(self._mark(one) for one in marks if one.country in self.middles)
        return Markup('<svg class="world" viewBox="{}" role="img" aria-label="{}">{}{}</svg>').format(
            self.box, label, lands, pins)

    def _land(self, code: str, band: Band, name: str) -> Markup:
        element, attributes = self.lands[code]
        shade = SHADES.get(band)
        if shade is None:
            return Markup("<{} {}/>").format(Markup(element), Markup(attributes))  # noqa: S704 - of the theme, checked by _LAND
        return Markup('<{0} class="{1}" {2}><title>{3}: {4}</title></{0}>').format(
            Markup(element), shade, Markup(attributes), name, str(band))  # noqa: S704 - as above

    def _mark(self, mark: Mark) -> Markup:
        x, y = self.middles[mark.country]
        if mark.shape == "circle":
            return Markup('<circle class="pin" cx="{:.0f}" cy="{:.0f}" r="5"><title>{}</title></circle>').format(x, y, mark.title)
        return Markup('<rect class="pin" x="{:.0f}" y="{:.0f}" width="8" height="8"><title>{}</title></rect>').format(
            x + 6, y - 4, mark.title)


@lru_cache(maxsize=8)
def read(text: str) -> World:
    """A world out of an SVG with one `path` (of "M", "l" and "z" in whole numbers) or `circle` for each country, by its code."""
    lands = {code: (element, attributes) for element, code, attributes in _LAND.findall(text)}
    box = _BOX.search(text)
    return World(box[1] if box else "0 0 1600 726", lands, {code: _middle(*land) for code, land in lands.items()})


def _middle(element: str, attributes: str) -> Point:
    """The middle of the largest part of a country."""
    if element == "circle":
        given = dict(re.findall(r'([a-z]+)="([^"]*)"', attributes))
        return float(given.get("cx", 0)), float(given.get("cy", 0))
    parts = [_of_part(int(x), int(y), [int(one) for one in _NUMBER.findall(steps)]) for x, y, steps in _PART.findall(attributes)]
    return max(parts, key=lambda part: part[0])[1] if parts else (0.0, 0.0)


def _of_part(x: int, y: int, steps: Sequence[int]) -> tuple[float, Point]:
    """The area of a polygon and its centre of gravity; of one without area, where it begins."""
    points = [(x, y)]
    for across, down in zip(steps[::2], steps[1::2], strict=False):
        points.append((points[-1][0] + across, points[-1][1] + down))
    twice, sum_x, sum_y = 0, 0, 0
    for (x1, y1), (x2, y2) in zip(points, [*points[1:], points[0]], strict=True):
        cross = x1 * y2 - x2 * y1
        twice, sum_x, sum_y = twice + cross, sum_x + (x1 + x2) * cross, sum_y + (y1 + y2) * cross
    return abs(twice) / 2, (sum_x / (3 * twice), sum_y / (3 * twice)) if twice else (float(x), float(y))
