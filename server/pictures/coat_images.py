"""Coats as pictures for programs that show no SVG: apps, and other servers, which want an image of everybody.

Whoever asks for the coat of any key gets one, drawn from the key alone: no answer tells whether somebody is there.
"""
from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from functools import lru_cache

from server.pictures.coats import SIDE_UNITS, Point, hue, ribbons, stripe_count

SIDE_PIXELS = 240
WIDE_PIXELS = (750, 250)
SMOOTHING = 2  # drawn so many times larger, then made smaller
STEPS_OF_A_CURVE = 8
IMAGES_KEPT = 512  # some 4 KB each
#: Ground and stripes, as .z0 to .z9 of tokens.css in daylight.
COLOURS = (("#facccb", "#8d4e4f"), ("#f8cfbd", "#8b5338"), ("#ebd6b3", "#7d5d23"), ("#cee1bd", "#536d37"), ("#bce4cd", "#307252"),
           ("#b2e4e4", "#017272"), ("#b6e1f5", "#206c89"), ("#c7dafc", "#486394"), ("#ded2f7", "#6b588d"), ("#f2cce3", "#844f71"))


def address(origin: str, key: str) -> str:
    """Where the coat of an actor of ours, or of our copy of one, is a picture of SIDE_PIXELS by SIDE_PIXELS."""
    return f"{origin}/coats/{key}.png"


def wide_address(origin: str, key: str) -> str:
    """Where a wide cut of it is, of WIDE_PIXELS, for the head of a profile."""
    return f"{origin}/coats/{key}/wide.png"


@lru_cache(maxsize=IMAGES_KEPT)
def png(seed: str, is_wide: bool = False) -> bytes:
    """The coat as PNG. It takes some milliseconds: call it in a thread."""
    from PIL import Image, ImageDraw  # 3 MB, of which a server that nobody asks for coats has no need

    width, height = WIDE_PIXELS if is_wide else (SIDE_PIXELS, SIDE_PIXELS)
    ground, ink = COLOURS[hue(seed)]
    image = Image.new("RGB", (width * SMOOTHING, height * SMOOTHING), ground)
    draw = ImageDraw.Draw(image)
    scale, above = width * SMOOTHING / SIDE_UNITS, (width - height) * SMOOTHING / 2
    for lower, upper in ribbons(seed, stripe_count(seed)):
        outline = [*_bent(lower), *_bent(upper)]
        draw.polygon([(x * scale, y * scale - above) for x, y in outline], fill=ink)
    packed = io.BytesIO()
    image.resize((width, height), Image.Resampling.LANCZOS).quantize(32).save(packed, "PNG", optimize=True)
    return packed.getvalue()


def _bent(points: Sequence[Point]) -> Iterator[Point]:
    """A line of points as the same quadratic curves that the SVG has, in short straight steps."""
    start = points[0]
    yield start
    for i in range(1, len(points) - 1):
        middle, following = points[i], points[i + 1]
        end = following if i == len(points) - 2 else ((middle[0] + following[0]) / 2, (middle[1] + following[1]) / 2)
        for step in range(1, STEPS_OF_A_CURVE + 1):
            t = step / STEPS_OF_A_CURVE
            a, b, c = (1 - t) ** 2, 2 * t * (1 - t), t * t
            yield a * start[0] + b * middle[0] + c * end[0], a * start[1] + b * middle[1] + c * end[1]
        start = end
