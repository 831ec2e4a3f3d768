"""Images are decoded apart, made anew, and refused when they are none."""
from __future__ import annotations

import functools
import io
import math
import os
import tempfile
import time
from datetime import timedelta
from pathlib import Path
from typing import IO

import pytest
from PIL import Image

from federation import render
from models import Actor, Attachment, Draft, clock
from server.pictures import imaging
from server.pictures.imaging import SIDE_LIMIT_PIXELS
from server.pictures.media import SETTLED_SECONDS, UNUSED_FOR, BadImage, ImageTooLarge, MediaStore, forget_orphans, forget_unused


def upload(body: bytes) -> IO[bytes]:
    """A file as forms hand it over."""
    file = tempfile.TemporaryFile()
    file.write(body)
    file.seek(0)
    return file


def drawn(kind: str, size: tuple[int, int] = (300, 200), mode: str = "RGB", **more: object) -> bytes:
    """An image of a format."""
    body = io.BytesIO()
    Image.new(mode, size, 0).save(body, kind, **more)
    return body.getvalue()


@pytest.fixture
def store(tmp_path: Path) -> MediaStore:
    return MediaStore(tmp_path / "media")


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF"])
async def test_an_image_is_turned_upright_and_loses_what_it_hides(store: MediaStore, kind: str) -> None:
    exif = Image.Exif()
    exif[0x0112], exif[0x010E] = 6, "secret place"  # lies on its side; a description
    stored = await store.store(upload(drawn(kind, exif=exif)))
    assert (stored.width, stored.height) == (200, 300)
    body = store.path(stored.key).read_bytes()
    assert body[8:12] == b"WEBP" and b"secret place" not in body and b"EXIF" not in body


async def test_large_images_shrink_and_gifs_give_their_first_picture(store: MediaStore) -> None:
    stored = await store.store(upload(drawn("GIF", (4000, 1000), "P")))
    assert (stored.width, stored.height) == (SIDE_LIMIT_PIXELS, 512)


@pytest.mark.parametrize("body", [
    b"", b"GIF89a", b"\xff\xd8\xff" + b"x" * 200, b"\x89PNG\r\n\x1a\n" + b"\0" * 50, b"<svg xmlns='http://www.w3.org/2000/svg'/>",
    b"%PDF-1.4", b"BM" + b"\0" * 60, b"RIFF\0\0\0\0WEBPVP8 ", b"<html>",
])
async def test_what_is_no_image_is_refused_and_leaves_nothing(store: MediaStore, body: bytes) -> None:
    with pytest.raises(BadImage):
        await store.store(upload(body))
    assert not [path for path in store.folder.rglob("*") if path.is_file()]


async def test_a_flood_of_pixels_is_refused(store: MediaStore) -> None:
    for size in ((9000, 9000), (9000, 4500)):  # the first is 17 kB that would be 81 million pixels
        with pytest.raises(ImageTooLarge):
            await store.store(upload(drawn("PNG", size, "1")))


async def test_uploads_that_became_nothing_are_erased_and_those_of_drafts_stay(db: object, store: MediaStore) -> None:
    owner = await Actor.create(uri="https://our.example/actors/1", name="alice", inbox_uri="https://our.example/inbox")
    long_ago = clock.now() - UNUSED_FOR - timedelta(days=1)
    old, drafted = [await Attachment.create(owner=owner, created_at=long_ago, stored_at=long_ago) for _ in range(2)]
    new = await Attachment.create(owner=owner, stored_at=clock.now())
    await Draft.create(owner=owner, form={"images": [drafted.key]})
    assert await forget_unused(store) == 1
    assert {image.key for image in await Attachment.all()} == {drafted.key, new.key} and old.key


async def test_files_without_a_row_are_erased_once_they_are_settled(db: object, store: MediaStore) -> None:
    owner = await Actor.create(uri="https://our.example/actors/1", name="alice", inbox_uri="https://our.example/inbox")
    kept, lost, fresh = [await store.store(upload(drawn("PNG"))) for _ in range(3)]
    await Attachment.create(owner=owner, key=kept.key, stored_at=clock.now())
    for stored in (kept, lost):
        old = time.time() - SETTLED_SECONDS - 1
        os.utime(store.path(stored.key), (old, old))
    assert await forget_orphans(store) == 1
    assert [store.path(stored.key).exists() for stored in (kept, lost, fresh)] == [True, False, True]


def colours(hashed: str, across: int, down: int) -> list[tuple[int, int, int]]:
    """What a blurhash of 4 by 3 waves shows, row by row: the other half of its algorithm, by its description."""
    digits = [imaging.BASE83.index(letter) for letter in hashed]
    largest = (digits[1] + 1) / 166
    mean = functools.reduce(lambda number, digit: number * 83 + digit, digits[2:6])
    waves = [[imaging._bright(mean >> shift & 255) for shift in (16, 8, 0)]]
    for high, low in zip(digits[6::2], digits[7::2], strict=True):
        steps = [(high * 83 + low) // 19 ** place % 19 - 9 for place in (2, 1, 0)]
        waves.append([math.copysign((step / 9) ** 2, step) * largest for step in steps])
    basis = [[math.cos(math.pi * x * i / across) * math.cos(math.pi * y * j / down) for j in range(3) for i in range(4)]
             for y in range(down) for x in range(across)]
    return [tuple(imaging._dark(sum(weight * wave[part] for weight, wave in zip(point, waves, strict=True))) for part in range(3))
            for point in basis]


async def test_a_picture_has_a_blurhash_that_shows_its_colours(store: MediaStore) -> None:
    """For apps and other servers, until the picture is there."""
    picture = Image.new("RGB", (300, 200), (250, 250, 250))
    picture.paste((200, 20, 30), (0, 0, 100, 200))
    file = io.BytesIO()
    picture.save(file, "PNG")
    stored = await store.store(upload(file.getvalue()))
    shown = colours(stored.blurhash, 3, 1)
    assert len(stored.blurhash) == 28 and shown[0][0] > shown[0][1] + 60 and min(shown[2]) > 200, shown
    assert colours(imaging.blurhash([(128, 64, 32)] * 24 * 24), 2, 2) == [(128, 64, 32)] * 4
    document = render.image(Attachment(key="k", blurhash=stored.blurhash, focus_x=0.5, focus_y=0.0), "https://a.example")
    assert document["blurhash"] == stored.blurhash and document["focalPoint"] == [0.5, 0.0]
    assert "blurhash" not in render.image(Attachment(key="k"), "https://a.example")
