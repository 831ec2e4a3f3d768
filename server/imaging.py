"""Decodes one image and writes it anew, in a process of its own that ends with it.

A decoder is the most dangerous code of the server: whoever breaks out of it finds a process with little memory, little
time and nothing else in it (CVE-2023-36460). Started by `server.media` with the image as standard input:

    python -I server/imaging.py target.webp [left,top,width,height …]  < image

prints "width height", or exits with a code of REASONS. The numbers are parts to make unrecognisable, in thousandths.

Pillow is loaded by the functions that draw, so that the server, which only wants the limits, does without its 3 MB.
"""
from __future__ import annotations

import errno
import io
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


def reencode(body: bytes, target: str, blurred: Sequence[tuple[int, ...]] = ()) -> tuple[int, int]:
    """Write the first picture of `body` to `target` as WebP: upright, at most SIDE_LIMIT_PIXELS, with no metadata at all, and
    with nothing to be seen in the `blurred` parts.

    Returns: width and height in pixels.
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
    return bare.size


def main(target: str, parts: Sequence[str] = ()) -> int:
    """The process: limits first, then the image. Returns the exit code."""
    from PIL import Image, UnidentifiedImageError

    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    Image.MAX_IMAGE_PIXELS = PIXELS_LIMIT
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    try:
        width, height = reencode(sys.stdin.buffer.read(), target, [tuple(map(int, part.split(","))) for part in parts])
    except (Image.DecompressionBombError, Image.DecompressionBombWarning, MemoryError):
        return TOO_LARGE
    except UnidentifiedImageError:
        return UNKNOWN
    except (OSError, ValueError, SyntaxError, EOFError, IndexError) as error:  # Pillow's decoders raise all of these on bad files
        return NO_ROOM if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG) else BROKEN
    print(width, height)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
