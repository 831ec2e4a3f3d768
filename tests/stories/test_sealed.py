"""What stays below the community is sealed at rest, and a destroyed key erases it in every copy that was ever made."""
from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path

import pytest

from models import Actor, Attachment, Brought, Correction, Departure, Draft, Member, Poll, Post, Remark, Revision, sealing
from models.database import open_database, rows, sqlite_path
from models.reach import Reach
from models.rights import BroughtKind
from models.vault import KeyGone, Vault
from server.actions import brought, corrections, departures, drafts, posts, relations
from server.actions.drafts import Typed
from server.actions.polls import PollDraft
from server.actions.posts import Composition
from server.display import cards
from server.keys import MEDIA
from server.members.takeout import Line
from server.words.language import gettext_for
from tests.live import LiveServer, settle
from tests.stories.scene import known, see, sees

SECRET = "zebrafin quarrel 7719"
OPEN = "harmless otter 5511"


async def everything(server: LiveServer) -> str:
    """All that stands in all tables, as text, whichever database it is."""
    async def read() -> str:
        tables = ("SELECT name FROM sqlite_master WHERE type = 'table'" if server.settings.database_url.startswith("sqlite")
                  else "SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'")
        return "\n".join([repr(await rows(f'SELECT * FROM "{one["name"]}"')) for one in await rows(tables)])
    return await server.run(read())


def files_with(folder: Path, words: str) -> list[str]:
    """The files below a folder that hold these words as bytes."""
    return [str(path) for path in folder.rglob("*") if path.is_file() and words.encode() in path.read_bytes()]


async def test_no_table_and_no_file_holds_a_private_word(alpha: LiveServer, beta: LiveServer, tmp_path: Path) -> None:
    """Written everywhere, sent to a partner, and read again by those it is for."""
    alice, cleo, bea = await alpha.member("alice"), await alpha.member("cleo"), await beta.member("bea")

    async def write() -> Post:
        image = await Attachment.create(owner=alice, description=f"{SECRET} image", media_type="image/webp")
        written = Composition(text=f"{SECRET} first", reach=Reach.CIRCLE, recipients=(cleo, await Actor.get(uri=bea.uri)),
                              warning=f"{SECRET} note", attachments=(image,), undo_seconds=0,
                              poll=PollDraft(options=(f"{SECRET} yes", "no")))
        post = await posts.publish(alice, written, alpha.origin)
        second = Composition(text=f"{SECRET} second", reach=Reach.CIRCLE, warning=f"{SECRET} note")
        await posts.edit(post, second, {}, alpha.origin)
        await drafts.save(alice, Typed(text=f"{SECRET} draft"))
        await relations.remark(alice, cleo, f"{SECRET} remark")
        await brought.bring(alice, [Line(BroughtKind.PROFILE, SECRET, {"text": SECRET})])
        await corrections.ask(await Member.get(actor=alice).select_related("actor"), f"{SECRET} wrong")
        await posts.publish(alice, Composition(text=OPEN, reach=Reach.COMMUNITY), alpha.origin)
        return post

    await see(alpha, bea)
    post = await alpha.run(write())
    await settle(alpha, beta)

    copy = await known(beta, post)
    assert copy is not None and SECRET in copy.html and await sees(beta, bea, post.uri)
    kept = await alpha.ask(lambda: Post.get(id=post.id).select_related("author"))
    assert (kept.text, kept.warning) == (f"{SECRET} second", f"{SECRET} note")
    for model in (Attachment, Poll, Revision, Draft, Remark, Brought, Correction):
        row = await alpha.ask(lambda model=model: model.all().first())
        assert SECRET in str([getattr(row, name) for name in row.SEALS]), model
    for server, folder in ((alpha, tmp_path / "alpha"), (beta, tmp_path / "beta")):
        assert SECRET not in await everything(server)
        assert files_with(folder, SECRET) == []
    assert OPEN in await everything(alpha)


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
async def test_an_old_backup_holds_nothing_of_who_was_erased(alpha: LiveServer, tmp_path: Path) -> None:
    """The backup is put back: what was private is lost, the message says so, and its author is erased once more."""
    alice, cleo = await alpha.member("alice"), await alpha.member("cleo")
    mine = await alpha.write(alice, SECRET, Reach.CIRCLE, recipients=(cleo,))
    theirs = await alpha.write(cleo, f"{SECRET} too", Reach.CIRCLE, recipients=(alice,))
    database = sqlite_path(alpha.settings.database_url)
    backup = tmp_path / "backup.sqlite3"
    with contextlib.closing(sqlite3.connect(database)) as source, contextlib.closing(sqlite3.connect(backup)) as target:
        source.backup(target)

    async def erase() -> None:
        await departures.erase(await Member.get(actor=alice).select_related("actor"), [], "asked", alpha.app[MEDIA])
    await alpha.run(erase())
    assert SECRET.encode() not in backup.read_bytes()

    async with open_database(f"sqlite://{backup}", Vault(tmp_path / "alpha" / "keys")):
        lost = await Post.get(id=mine.id).select_related("author")
        assert (lost.is_lost, lost.text, lost.html) == (True, "", "")
        await lost.change(voice="")  # what still stands can be written, and stays lost
        assert (await Post.get(id=mine.id)).is_lost
        assert (await Post.get(id=theirs.id)).text == f"{SECRET} too"
        assert "erased" in cards.words(lost, gettext_for("en"))[0]
        assert await departures.again() == 1
        departure = await Departure.get(actor_id=alice.id).select_related("actor")
        while await departures.step(departure, alpha.app[MEDIA]):
            pass
        assert await departures.again() == 0
        assert (await Post.get(id=mine.id)).deleted_at is not None


async def test_what_came_from_elsewhere_goes_with_the_last_who_received_it(alpha: LiveServer, beta: LiveServer) -> None:
    """One copy for two members of beta, under the keys of both; Ben reads on when Bea is erased, and nobody after him."""
    alice = await alpha.member("alice")
    readers = [await beta.member(name) for name in ("bea", "ben")]
    post = await alpha.write(alice, SECRET, Reach.CIRCLE, recipients=tuple([await see(alpha, one) for one in readers]))
    await settle(alpha, beta)

    async def erase(actor: Actor) -> None:
        await departures.erase(await Member.get(actor=actor).select_related("actor"), [], "asked", beta.app[MEDIA])

    async def is_lost() -> bool:
        return (await Post.get(uri=post.uri)).is_lost
    assert not await beta.run(is_lost())
    await beta.run(erase(readers[0]))
    assert not await beta.run(is_lost()) and await sees(beta, readers[1], post.uri)
    await beta.run(erase(readers[1]))
    assert await beta.run(is_lost())
    assert (await alpha.ask(lambda: Post.get(id=post.id))).text == SECRET


async def test_rows_older_than_keys_are_sealed_bit_by_bit(alpha: LiveServer, tmp_path: Path) -> None:
    alice = await alpha.member("alice")
    post = await alpha.write(alice, SECRET, Reach.ME)

    async def as_before() -> None:
        await rows("UPDATE post SET sealed = NULL, text = ?, html = ? WHERE id = ?", [SECRET, SECRET, post.id])
        await rows("UPDATE draft SET sealed = NULL")
        assert await sealing.old() == 1
        assert await sealing.old() == 0
    await alpha.run(as_before())
    assert SECRET not in await everything(alpha)
    assert (await alpha.ask(lambda: Post.get(id=post.id))).text == SECRET


def test_keys_are_wrapped_shared_by_processes_and_never_made_again(tmp_path: Path) -> None:
    one, other = Vault(tmp_path / "keys"), Vault(tmp_path / "keys")
    sealed = one.seal("words", [1, 2], "post:7")
    assert other.open(sealed, "post:7") == "words"
    for broken in (sealed[:-4] + "AAAA", sealed.replace("2=", "3="), "sealed1:", "sealed1:x=y:z", "sealed1:1=AA:AA"):
        with contextlib.suppress(KeyGone):
            assert other.open(broken, "post:7") == "words"
    with pytest.raises(KeyGone):
        one.open(sealed, "post:8")
    with pytest.raises(KeyGone):
        Vault(tmp_path / "keys", "another secret").open(sealed, "post:7")
    one.copy(tmp_path / "copy")
    one.destroy(1)
    assert one.open(sealed, "post:7") == "words"
    one.destroy(2)
    other.close()  # what it remembered for five seconds
    for vault in (one, other):
        with pytest.raises(KeyGone):
            vault.open(sealed, "post:7")
        with pytest.raises(KeyGone):
            vault.seal("more", [2], "post:7")
    assert one.bring_back(tmp_path / "copy") == 0
    assert one.destroyed() == [1, 2]
    lost = Vault(tmp_path / "elsewhere" / "keys", (tmp_path / "instance.secret").read_text())
    assert lost.bring_back(tmp_path / "copy") == 2
    assert lost.open(sealed, "post:7") == "words"
    assert (tmp_path / "keys" / "keys.sqlite3").stat().st_mode & 0o777 == 0o600
    began = Vault(tmp_path / "late" / "keys", (tmp_path / "instance.secret").read_text())
    newer = began.seal("newer", [1], "post:9")  # the copy comes after new keys have been made: both open
    assert began.bring_back(tmp_path / "copy") and began.bring_back(tmp_path / "copy") == 0
    alone = began.seal_again("again", lost.seal("old", [1], "post:8"), "post:8")
    assert [began.open(newer, "post:9"), began.open(alone, "post:8")] == ["newer", "again"]
    began.destroy(1)
    for text, place in ((newer, "post:9"), (alone, "post:8")):
        with pytest.raises(KeyGone):
            began.open(text, place)
