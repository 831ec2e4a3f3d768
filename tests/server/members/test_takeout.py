"""What members bring along: read within limits, whatever the file claims to be."""
from __future__ import annotations

import io
import json
import struct
import tracemalloc
import zipfile
from typing import IO

import pytest

from models.rights import BroughtKind
from server.members import takeout
from server.members.takeout import BadTakeout


def packed(**parts: bytes | str) -> IO[bytes]:
    """A ZIP with these parts; "__" in a name stands for a dot."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name.replace("__", "."), content)
    file.seek(0)
    return file


@pytest.mark.parametrize("count", [60_000, 220_000])
def test_a_long_list_of_parts_is_refused_before_it_is_read(count: int) -> None:
    entry = struct.pack("<4s4B4HL2L5H2L", b"PK\x01\x02", 20, 3, 20, 0, 0, 0, 0, 0, 0, 0, 0, 5, 0, 0, 0, 0, 0, 0) + b"a.txt"
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, min(count, 65_535), min(count, 65_535), len(entry) * count, 0, 0)
    file = io.BytesIO(entry * count + end)
    assert zipfile.is_zipfile(file)
    tracemalloc.start()
    with pytest.raises(BadTakeout, match="directory|entries"):
        takeout.read(file, None, messages=False)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 9 * 1024 * 1024


def test_tables_of_mastodon() -> None:
    table = (b"Account address,Show boosts,Notify on new posts,Languages\r\n"
             b"bea@beta.example,true,false,\r\n@carl@c.example,true,,\r\n")
    lines = takeout.read(io.BytesIO(table), BroughtKind.FOLLOW, messages=False)
    assert [(line.kind, line.value) for line in lines] == [(BroughtKind.FOLLOW, "@bea@beta.example"),
                                                          (BroughtKind.FOLLOW, "@carl@c.example")]
    table = b'd@d.example,false,true,"fr, nl"\ne@e.example,TRUE,x,%%%\n'
    wishes = takeout.read(io.BytesIO(table), BroughtKind.FOLLOW, messages=False)
    assert [line.details for line in wishes] == [{"reblogs": False, "notify": True, "languages": ["fr", "nl"]}, {}]
    shut = takeout.read(packed(blocked_domains__csv="far.example\r\nnear.example\r\n"), None, messages=False)
    assert [(line.kind, line.value) for line in shut] == [(BroughtKind.HOST, "far.example"), (BroughtKind.HOST, "near.example")]
    muted = takeout.read(io.BytesIO(b"Account address,Hide notifications\nx@y.example,false\n"), BroughtKind.MUTE, messages=False)
    assert muted[0].details == {"hides_notices": False}
    listed = takeout.read(io.BytesIO(b'"Friends, near",bea@beta.example\n'), BroughtKind.LIST, messages=False)
    assert (listed[0].value, listed[0].details) == ("@bea@beta.example", {"title": "Friends, near"})


def test_an_archive_as_mastodon_makes_it() -> None:
    me = "https://m.example/users/a"
    note = {"attributedTo": me, "published": "2024-01-02T03:04:05Z",
            "content": "<p>One</p><p>Two<br>three <script>x</script></p>"}
    of_others = note | {"attributedTo": "https://m.example/users/b"}
    archive = packed(
        actor__json=json.dumps({"id": me, "name": "Alice", "summary": "<p>About <b>me</b></p>"}),
        outbox__json=json.dumps({"orderedItems": [{"type": "Create", "object": note}, {"type": "Announce", "object": "https://x"},
                                                  {"type": "Create", "object": of_others}, "nonsense", None]}),
        bookmarks__json=json.dumps({"orderedItems": ["https://m.example/1"]}),
        **{"../../etc/passwd": "root", "consents.json": "[]"})
    lines = takeout.read(archive, None, messages=True)
    assert [line.kind for line in lines] == [BroughtKind.BOOKMARK, BroughtKind.PROFILE, BroughtKind.MESSAGE]
    assert lines[1].details["text"] == "Alice\n\nAbout me" and lines[2].details["text"] == "One\n\nTwo\nthree"
    archive.seek(0)
    assert BroughtKind.MESSAGE not in [line.kind for line in takeout.read(archive, None, messages=False)]


@pytest.mark.parametrize("file", [
    packed(bookmarks__csv=b"a" * (takeout.PART_LIMIT_BYTES + 1)),  # a bomb: 20 kB that become 20 MB
    packed(actor__json=b"[" * 100_000), packed(actor__json=b"[]"), packed(actor__json=b"\xff"),
    io.BytesIO(packed(actor__json=b"{}" * 500).read()[:-30]), io.BytesIO(b"PK\x03\x04" + b"\0" * 200), io.BytesIO(b"\xff\xfe"),
], ids=["bomb", "deep", "list", "not UTF-8", "cut", "no ZIP", "bytes"])
def test_what_cannot_be_read_is_said(file: IO[bytes]) -> None:
    with pytest.raises(BadTakeout):
        takeout.read(file, None, messages=True)


def test_no_more_lines_than_the_limit() -> None:
    table = b"".join(b"a%d@b.example\n" % number for number in range(takeout.LINES_LIMIT + 5))
    assert len(takeout.read(io.BytesIO(table), BroughtKind.BLOCK, messages=False)) == takeout.LINES_LIMIT


@pytest.mark.parametrize("file", [
    packed(actor__json='{"id": "x"}', outbox__json='{"orderedItems":[' + '{"a":0},' * 2_000_000 + "0]}"),
    packed(following_accounts__csv="a\n" * 3_000_000)], ids=["objects", "lines"])
def test_a_small_archive_does_not_fill_the_memory(file: IO[bytes]) -> None:
    """30 kB that would become half a gigabyte, and 6 kB that would become more."""
    tracemalloc.start()
    try:
        assert len(takeout.read(file, None, messages=True)) <= takeout.LINES_LIMIT
    except BadTakeout:
        pass
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 150 * 1024 * 1024
