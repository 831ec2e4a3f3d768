"""The copy of everything: nothing of a member is missing from it, and nothing that is not theirs is in it."""
from __future__ import annotations

import csv
import io
import json
import zipfile
from pathlib import Path

import models
from models import Archive, Bookmark, Member, vault
from models.reach import Reach
from models.rights import ArchiveState
from server.actions import archives, relations
from server.actions.lists import Replies, add, make
from server.archives import locked, making
from server.archives.bundle import Bundle, listed
from server.members.traces import TRACES, AtEnd
from tests import linked_data
from tests.live import LiveServer, settle
from tests.stories.scene import befriend, known


def pointers() -> set[tuple[str, str]]:
    """Every column of every table that names an actor or a member."""
    found = set()
    for model in vars(models).values():
        if isinstance(model, type) and issubclass(model, models.Actor.__mro__[-2]) and getattr(model, "_meta", None):
            for name in model._meta.fk_fields | model._meta.o2o_fields:
                field = model._meta.fields_map[name]
                if field.related_model.__name__ in ("Actor", "Member"):  # type: ignore[attr-defined]
                    found.add((model.__name__, str(field.source_field)))
    return found


async def test_every_table_with_something_of_a_member_is_in_it_or_says_why_not(db: object) -> None:
    listed_here = {(trace.model.__name__, trace.column) for trace in TRACES}
    assert pointers() == listed_here and len(listed_here) == len(TRACES)
    assert len({trace.file for trace in TRACES if trace.file}) == len([trace for trace in TRACES if trace.file])
    assert all(trace.why for trace in TRACES if not trace.file or trace.at_end is AtEnd.KEPT)


async def test_a_copy_of_everything(alpha: LiveServer, beta: LiveServer, tmp_path: Path) -> None:
    alice = await alpha.member("alice", email="a@example.org", confirmed=True, password_hash="$argon2id$secret")
    carol, bea = await alpha.member("carol"), await beta.member("bea")
    await befriend(alpha, alice, bea, beta)
    await alpha.write(alice, "Hello **web**", Reach.PARTNERS)
    await alpha.write(alice, "Only mine", Reach.ME)
    hers = await beta.write(bea, "From Bea")
    await alpha.write(carol, "Hers alone", Reach.ME)
    await alpha.write(carol, "To you @alice", Reach.CIRCLE, recipients=(alice,))
    await settle(alpha, beta)
    copy = await known(alpha, hers)
    assert copy

    async def make_it() -> tuple[Path, Archive, bytes]:
        member = await Member.get(actor_id=alice.id).select_related("actor")
        await relations.block(alice, carol)
        await relations.unblock(alice, carol)
        await relations.mute(alice, carol)
        await Bookmark.create(owner=alice, post=copy)
        await add(await make(alice, "Friends", Replies.LIST, is_exclusive=False), [copy.author_id])
        archive = await archives.ask(member)
        assert (await archives.ask(member)).id == archive.id  # one at a time
        await making.make_due(alpha.app)
        ready = await Archive.get(id=archive.id)
        path = making.path(alpha.settings.var_dir, ready)
        with path.open("rb") as file:
            return path, ready, b"".join(locked.pieces(file, path.stem, vault.current()))
    path, ready, whole_file = await alpha.run(make_it())
    assert ready.state is ArchiveState.READY and ready.size_bytes == len(whole_file) and path.stat().st_mode & 0o077 == 0

    assert not zipfile.is_zipfile(path), "it lies sealed"
    with zipfile.ZipFile(io.BytesIO(whole_file)) as file:
        assert file.testzip() is None
        parts = {name: file.read(name).decode() for name in file.namelist() if not name.endswith(".webp")}
    outbox = json.loads(parts["outbox.json"])
    assert all(linked_data.HERE in lost for lost in linked_data.meaningless(outbox)), "nothing but the names of files"
    assert outbox["type"] == "OrderedCollection" and [item["type"] for item in outbox["orderedItems"]] == ["Create", "Create"]
    assert "Only mine" in parts["outbox.json"] and "<strong>web</strong>" in parts["messages-1.html"]
    assert json.loads(parts["actor.json"])["preferredUsername"] == "alice"
    assert json.loads(parts["bookmarks.json"])["orderedItems"] == [hers.uri]
    assert list(csv.reader(parts["following_accounts.csv"].splitlines()))[1][0] == f"bea@{beta.host}"
    assert parts["muted_accounts.csv"].splitlines()[1].startswith(f"carol@{alpha.host}") and "Friends" in parts["lists.csv"]
    assert any(name.startswith("receipts/") for name in parts) and beta.host in parts["json/who-received-what.json"]
    assert all(f"json/{trace.file}.json" in parts for trace in TRACES if trace.file)
    assert "To you" in parts["json/messages-received.json"]
    whole = "\n".join(parts.values())
    assert "Hers alone" not in whole and "argon2id" not in whole and "PRIVATE KEY" not in whole and "<script" not in whole
    for name in parts:
        if name.endswith(".json"):
            json.loads(parts[name])

    async def late() -> int:
        await Archive.all().update(expires_at=ready.created_at)
        return await making.forget_old(alpha.settings.var_dir)
    assert await alpha.run(late()) == 1 and not path.exists()


async def test_a_copy_that_would_fill_the_disk_is_given_up(tmp_path: Path) -> None:
    bundle = Bundle(tmp_path / "small.zip", limit_bytes=100)
    await bundle.write("a.txt", "x" * 90)
    try:
        await bundle.stream("b.json", listed(_many()))
    except making.ArchiveTooLarge:
        return
    raise AssertionError("it was written")


async def _many():  # type: ignore[no-untyped-def]  # noqa: ANN202
    for number in range(100):
        yield {"n": number}
