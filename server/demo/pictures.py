"""Abstract drawings for invented messages: nobody's photograph."""
from __future__ import annotations

import math
import tempfile
from collections.abc import Callable
from typing import IO

from PIL import Image, ImageDraw

SIZE = WIDTH, HEIGHT = (1200, 800)
STEP_PIXELS = 8
Colour = tuple[int, int, int]


def draw(kind: str) -> IO[bytes]:
    """A drawing, "hills", "sea" or "leaves", as an open PNG file. Takes a tenth of a second: call it in a thread."""
    image = Image.new("RGB", SIZE, (246, 244, 238))
    DRAWINGS[kind](ImageDraw.Draw(image))
    file = tempfile.TemporaryFile()
    image.save(file, "PNG")
    file.seek(0)
    return file


def _hills(pen: ImageDraw.ImageDraw) -> None:
    pen.ellipse((850, 90, 1010, 250), fill=(250, 221, 158))
    for number in range(5):
        colour = (120 - 18 * number, 160 - 14 * number, 150 - 6 * number)
        _wave(pen, 330 + 95 * number, 70 - 8 * number, 310 - 40 * number, number * 1.7, colour)


def _sea(pen: ImageDraw.ImageDraw) -> None:
    for number in range(9):
        colour = (196 - 16 * number, 212 - 13 * number, 222 - 9 * number)
        _wave(pen, 140 + 75 * number, 9, 170 + 20 * number, number * 0.9, colour)


def _leaves(pen: ImageDraw.ImageDraw) -> None:
    pen.rectangle((0, 0, *SIZE), fill=(38, 66, 56))
    for number in range(11):
        x, y, green = (number * 263) % WIDTH, (number * 179) % HEIGHT, 92 + (number * 37) % 110
        _leaf(pen, x, y, 150 + 14 * (number % 5), number * 0.8, (green - 40, green, green - 55))


def _wave(pen: ImageDraw.ImageDraw, top: float, height: float, length: float, shift: float, colour: Colour) -> None:
    edge = [(x, top + height * math.sin(x / length + shift)) for x in range(0, WIDTH + STEP_PIXELS, STEP_PIXELS)]
    pen.polygon([*edge, (WIDTH, HEIGHT), (0, HEIGHT)], fill=colour)


def _leaf(pen: ImageDraw.ImageDraw, x: float, y: float, length: float, angle: float, colour: Colour) -> None:
    outline = []
    for step in range(41):
        along, side = (step / 20, 1) if step <= 20 else ((40 - step) / 20, -1)
        across = side * 0.32 * math.sin(math.pi * along)
        outline.append((x + length * (along * math.cos(angle) - across * math.sin(angle)),
                        y + length * (along * math.sin(angle) + across * math.cos(angle))))
    pen.polygon(outline, fill=colour)


DRAWINGS: dict[str, Callable[[ImageDraw.ImageDraw], None]] = {"hills": _hills, "sea": _sea, "leaves": _leaves}
