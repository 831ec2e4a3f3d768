"""Decodes one image and writes it anew, in a process of its own that ends with it.

A decoder is the most dangerous code of the server: whoever breaks out of it finds a process with little memory, little
time and nothing else in it (CVE-2023-36460). Started by `server.pictures.media` with the image as standard input:

    python -I server/pictures/imaging.py target.webp [left,top,width,height …]  < image

prints "width height blurhash", or exits with a code of REASONS. The numbers are parts to make unrecognisable, in thousandths.

Pillow is loaded by the functions that draw, so that the server, which only wants the limits, does without its 3 MB.
"""
from __future__ import annotations

import errno
import io
import math
import resource
import sys
import warnings
from collections.abc import Callable, Sequence

MEMORY_BYTES = 1536 * 1024 * 1024
CPU_SECONDS = 20
PIXELS_LIMIT = 40_000_000
SIDE_LIMIT_PIXELS = 2048
QUALITY = 82
THOUSAND = 1000
HASHED_SIDE, WAVES_ACROSS, WAVES_DOWN = 24, 4, 3
BASE83 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz#$%*+,-.:;=?@[]^_{|}~"
#: What may be decoded, by the first bytes; the decoder is chosen by us and not by the file.
MAGIC: dict[str, Callable[[bytes], bool]] = {
    "JPEG": lambda head: head.startswith(b"\xff\xd8\xff"),
    "PNG": lambda head: head.startswith(b"\x89PNG\r\n\x1a\n"),
    "GIF": lambda head: head[:6] in (b"GIF87a", b"GIF89a"),
    "WEBP": lambda head: head[:4] == b"RIFF" and head[8:12] == b"WEBP",
    "AVIF": lambda head: head[4:8] == b"ftyp" and head[8:12] in (b"avif", b"avis"),
}
UNKNOWN, TOO_LARGE, BROKEN, NO_ROOM = 10, 11, 12, 13
REASONS = {UNKNOWN: "unknown", TOO_LARGE: "too_large", BROKEN: "broken"}


def format_of(head: bytes) -> str | None:
    """The format that the first 12 bytes tell, if it is one that we decode."""
    return next((name for name, matches in MAGIC.items() if matches(head)), None)


def reencode(body: bytes, target: str, blurred: Sequence[tuple[int, ...]] = ()) -> tuple[int, int, str]:
    """Write the first picture of `body` to `target` as WebP: upright, at most SIDE_LIMIT_PIXELS, with no metadata at all, and
    with nothing to be seen in the `blurred` parts.

    Returns: width and height in pixels, and the blurhash.
    Raises: OSError and ValueError for what is no image, Image.DecompressionBombError for more than PIXELS_LIMIT.
    """
    from PIL import Image, ImageOps, UnidentifiedImageError

    kind = format_of(body[:12])
    if kind is None:
        raise UnidentifiedImageError("none of our formats")
    with Image.open(io.BytesIO(body), formats=[kind]) as image:
        if image.width * image.height > PIXELS_LIMIT:
            raise Image.DecompressionBombError("too many pixels")
        image.draft("RGB", (SIDE_LIMIT_PIXELS, SIDE_LIMIT_PIXELS))  # JPEG decodes smaller at once
        upright = ImageOps.exif_transpose(image)
        see_through = upright.mode in ("RGBA", "LA", "PA") or "transparency" in upright.info
        picture = upright.convert("RGBA" if see_through else "RGB")
    picture.thumbnail((SIDE_LIMIT_PIXELS, SIDE_LIMIT_PIXELS))
    bare = Image.new(picture.mode, picture.size)  # pixels only: EXIF, colour profile and comments stay behind
    bare.paste(picture)
    for left, top, width, height in blurred:
        box = (left * bare.width // THOUSAND, top * bare.height // THOUSAND,
               -(-(left + width) * bare.width // THOUSAND), -(-(top + height) * bare.height // THOUSAND))
        part = bare.crop(box)
        bare.paste(part.resize((1, 1), Image.Resampling.BOX).resize(part.size), box)  # one colour: a mosaic can be undone
    bare.save(target, "WEBP", quality=QUALITY, method=4)
    small = bare.convert("RGB").resize((HASHED_SIDE, HASHED_SIDE), Image.Resampling.BOX)
    return *bare.size, blurhash(list(small.getdata()))


def blurhash(pixels: Sequence[tuple[int, int, int]]) -> str:
    """What stands for a picture until it is there: 4 by 3 waves of colour in 28 letters (Algorithm.md of
    github.com/woltapp/blurhash).

    `pixels`: HASHED_SIDE rows of as many, from 0 to 255.
    """
    colours = _waves([[_bright(value) for value in pixel] for pixel in pixels])
    largest = max(abs(part) for colour in colours[1:] for part in colour) * 2
    step = max(0, min(82, math.floor(largest * 166 - 0.5)))
    mean = sum(_dark(part) << shift for part, shift in zip(colours[0], (16, 8, 0), strict=True))
    words = [_letters(WAVES_ACROSS - 1 + (WAVES_DOWN - 1) * 9, 1), _letters(step, 1), _letters(mean, 4)]
    return "".join([*words, *(_letters(_step_of([part * 2 for part in colour], (step + 1) / 166), 2) for colour in colours[1:])])


def _waves(bright: Sequence[Sequence[float]]) -> list[list[float]]:
    """How much there is of each wave, in each colour; the first is the mean."""
    middles = [(place + 0.5) / HASHED_SIDE for place in range(HASHED_SIDE)]  # so that one colour all over is no wave
    waves = [[math.cos(math.pi * wave * middle) for middle in middles] for wave in range(WAVES_ACROSS)]
    return [_share(bright, waves[across], waves[down]) for down in range(WAVES_DOWN) for across in range(WAVES_ACROSS)]


def _share(bright: Sequence[Sequence[float]], across: Sequence[float], down: Sequence[float]) -> list[float]:
    """How much of one wave there is in a picture, of each colour."""
    weights = [row * column for row in down for column in across]
    return [sum(weight * pixel[part] for weight, pixel in zip(weights, bright, strict=True)) / len(bright) for part in range(3)]


def _bright(value: int) -> float:
    """What a screen makes of a number, as light from 0 to 1 (sRGB)."""
    return value / 255 / 12.92 if value <= 10 else ((value / 255 + 0.055) / 1.055) ** 2.4


def _dark(value: float) -> int:
    """The other way round."""
    value = min(max(value, 0.0), 1.0)
    return int((value * 12.92 if value <= 0.0031308 else 1.055 * value ** (1 / 2.4) - 0.055) * 255 + 0.5)


def _step_of(colour: Sequence[float], largest: float) -> int:
    """A wave's colour in 19 steps each, finer near none."""
    number = 0
    for part in colour:
        scaled = math.copysign(math.sqrt(abs(part / largest)), part)
        number = number * 19 + max(0, min(18, math.floor(scaled * 9 + 9.5)))
    return number


def _letters(number: int, length: int) -> str:
    return "".join(BASE83[number // 83 ** place % 83] for place in reversed(range(length)))


def main(target: str, parts: Sequence[str] = ()) -> int:
    """The process: limits first, then the image. Returns the exit code."""
    from PIL import Image, UnidentifiedImageError

    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    Image.MAX_IMAGE_PIXELS = PIXELS_LIMIT
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    try:
        width, height, blurred = reencode(sys.stdin.buffer.read(), target, [tuple(map(int, part.split(","))) for part in parts])
    except (Image.DecompressionBombError, Image.DecompressionBombWarning, MemoryError):
        return TOO_LARGE
    except UnidentifiedImageError:
        return UNKNOWN
    except (OSError, ValueError, SyntaxError, EOFError, IndexError) as error:  # Pillow's decoders raise all of these on bad files
        return NO_ROOM if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG) else BROKEN
    print(width, height, blurred)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
