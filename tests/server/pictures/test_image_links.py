"""Addresses of images for apps: each for one reader, one image and a day or two. And uploads that wait to be images."""
from __future__ import annotations

import os
import time
from datetime import timedelta
from pathlib import Path

import pytest

from models import clock
from server.pictures import uploads
from server.pictures.image_links import GOOD_DAYS, ImageLinks


def test_an_address_is_good_for_its_image_and_its_time(monkeypatch: pytest.MonkeyPatch) -> None:
    links, others = ImageLinks("https://a.example", b"one" * 11), ImageLinks("https://a.example", b"two" * 11)
    assert links.address("image", "") == "https://a.example/media/image", "a visitor's address says nothing"
    mark = links.address("image", "ourse").partition("?for=")[2]
    assert links.reader("image", mark) == "ourse"
    reader, day, proof = mark.split(".")
    wrong = [f"loup.{day}.{proof}", f"{reader}.{int(day) + 1}.{proof}", f"{reader}.{day}.", "", "..", "a.b.c",
             f"{reader}.{'9' * 50}.x", f"{reader}.{day}.é", f"{reader}.-1.{proof}", mark + "0"]
    assert [links.reader("image", one) for one in wrong] == [""] * len(wrong)
    assert links.reader("other", mark) == others.reader("image", mark) == ""
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(days=GOOD_DAYS - 1))
    assert links.reader("image", mark) == "ourse"
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(days=GOOD_DAYS))
    assert links.reader("image", mark) == ""


def test_an_upload_is_looked_at_once_and_again_if_its_worker_died(tmp_path: Path) -> None:
    folder = tmp_path / uploads.FOLDER
    assert uploads._take(folder) == []
    folder.mkdir()
    (folder / "one").write_bytes(b"x")
    (folder / "unfinished.part").write_bytes(b"x")
    taken = uploads._take(folder)
    assert [path.name for path in taken] == ["one" + uploads.TAKEN] and uploads._take(folder) == []
    long_ago = time.time() - uploads.GIVEN_UP_SECONDS - 1
    os.utime(taken[0], (long_ago, long_ago))
    os.utime(folder / "unfinished.part", (long_ago, long_ago))
    assert uploads._take(folder) == taken, "of a worker that died"
    uploads.release_all(tmp_path)
    assert uploads._take(folder) == taken, "nobody else is there"
    assert not (folder / "unfinished.part").exists()
