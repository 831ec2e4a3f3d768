"""Images are decoded apart, made anew, and refused when they are none."""
from __future__ import annotations

import io
import os
import tempfile
import time
from datetime import timedelta
from pathlib import Path
from typing import IO

import pytest
from PIL import Image

from models import Actor, Attachment, Draft, clock
from server.imaging import SIDE_LIMIT_PIXELS
from server.media import SETTLED_SECONDS, UNUSED_FOR, BadImage, ImageTooLarge, MediaStore, forget_orphans, forget_unused


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
    with pytest.raises(ImageTooLarge):
        await store.store(upload(drawn("PNG", (9000, 9000), "1")))  # 17 kB that would be 81 million pixels


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
