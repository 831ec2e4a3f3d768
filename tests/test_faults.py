"""The faults of security.md, table R, each with the tests here that show what happens then. A test says that every named test is there.

"–" stands for what no test of this release shows, with what is known instead.
"""
# ruff: noqa: E501 - a table
from __future__ import annotations

import asyncio
import json
import resource
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
import structlog
from structlog.testing import capture_logs
from tortoise.exceptions import OperationalError

from federation.errors import Unreachable
from models import Actor, Attachment, Community, InboxItem, Post, clock
from models.delivery import ItemState
from models.reach import Reach
from server.background import logs
from server.background.tasks import pause
from server.doors import problem, unexpected
from server.pictures import uploads
from server.pictures.media import MediaStore
from tests.browser import Browser, picture
from tests.live import LiveServer, settle
from tests.peer import Peer
from tests.test_layers import ROOT
from tests.test_published_attacks import LIES, OUT, is_there

DELIVERY, KILL = "tests/federation/test_delivery.py", "tests/stories/test_kill.py"
ROTATION, CONTINUITY = "tests/federation/test_rotation.py", "tests/federation/test_continuity.py"
SERVING, MAIL, MIGRATION = "tests/server/test_serving.py", "tests/server/background/test_mail.py", "tests/models/test_migration.py"
OLD_PROCESS = "–: an upgrade stops the old process first; the migration copies the file before it begins"

FAULTS: dict[str, tuple[str, ...]] = {
    "R1 killed while posting": (f"{KILL}::test_a_fan_out_that_is_killed_goes_on_after_the_next_start",),
    "R2 killed with a full queue": (f"{KILL}::test_a_fan_out_that_is_killed_goes_on_after_the_next_start",),
    "R3 killed while receiving": (f"{KILL}::test_what_was_answered_with_202_is_there_after_a_kill",),
    "R4 SIGTERM": (f"{SERVING}::test_it_is_ready_small_and_stops_with_connections_open", f"{SERVING}::test_ctrl_c_stops_it_and_it_starts_again"),
    "R5 killed at each commit": ("tests/models/test_database.py::test_a_raise_undoes_the_transaction_and_a_savepoint_only_itself",
                                 f"{KILL}::test_what_was_answered_with_202_is_there_after_a_kill"),
    "R6 disk full": ("tests/test_faults.py::test_a_database_that_cannot_be_used_is_said_and_is_no_fault", "tests/test_faults.py::test_a_full_disk_is_said_and_loses_nothing", "–: `./run drill disk-full` fills one under load"),
    "R7 database down": (f"{SERVING}::test_a_database_that_cannot_be_reached_is_one_sentence", "tests/server/test_database_away.py::test_it_goes_and_comes_back", "–: `./run drill database-restarted` does so under load"),
    "R8 lock contention": ("tests/test_faults.py::test_a_writer_that_holds_the_database_delays_and_breaks_nothing",),
    "R9 pool exhausted": ("tests/models/test_database.py::test_queries_of_many_tasks_go_through",),
    "R10 peer answers 503 twice": (f"{DELIVERY}::test_two_failures_and_then_it_arrives_once",),
    "R11 peer hangs": (f"{DELIVERY}::test_servers_that_hang_delay_nobody_else",),
    "R12 peer dead for days": (f"{DELIVERY}::test_after_failures_in_a_row_the_whole_server_rests", f"{DELIVERY}::test_after_a_week_it_is_given_up"),
    "R13 inbox gone": (f"{DELIVERY}::test_a_no_for_good_ends_it_and_the_next_goes", f"{CONTINUITY}::test_nobody_on_a_dead_server_follows_for_ever"),
    "R14 duplicates": (f"{OUT}::test_duplicates_at_the_same_time_are_one",),
    "R15 out of order": (f"{OUT}::test_an_undo_that_overtakes_its_follow_wins", f"{OUT}::test_a_delete_that_overtakes_its_create_wins",
                         f"{OUT}::test_the_newest_version_stays_whatever_comes_last"),
    "R16 same id, other content": (f"{OUT}::test_the_first_content_of_an_id_stays",),
    "R17 clock skew": (f"{LIES}::test_what_we_do_not_trust_at_the_door_is_not_stored",),
    "R18 impossible dates": (f"{OUT}::test_impossible_dates_are_bounded",),
    "R19 key rotation of a peer": (f"{ROTATION}::test_a_peers_new_key_counts_at_once_and_its_old_one_never_again",),
    "R20 key rotation of ours": (f"{ROTATION}::test_our_rotation_loses_nothing_and_ends_the_old_keys_later",),
    "R21 takeover of a domain": (f"{CONTINUITY}::test_a_partner_that_comes_back_with_another_key_is_kept_out_until_somebody_looks",),
    "R22 an account that is gone": (f"{OUT}::test_an_account_that_is_gone_takes_everything_along",),
    "R23 migration fails": (f"{MIGRATION}::test_a_migration_that_fails_halfway_leaves_no_trace", f"{MIGRATION}::test_a_file_with_rows_is_copied_first_and_old_copies_go"),
    "R24 upgrade and downgrade": (f"{MIGRATION}::test_one_after_the_other_gives_the_same_tables_as_all_at_once", OLD_PROCESS),
    "R25 backup under load": ("–: backups are those of the database's own tools (deploy/README.md)",),
    "R26 an old backup federates": ("–: not in this release: ids are random and never given again, tombstones are in the backup",),
    "R27 popular message": ("tests/test_faults.py::test_a_message_that_everybody_reads_at_once_is_answered_to_all",),
    "R28 one remote object, many needs": (f"{LIES}::test_many_needs_of_one_document_are_one_request",),
    "R29 flood": ("tests/wire/test_flood.py::test_a_flood_of_new_people_costs_no_memory_and_delays_nobody",),
    "R30 poison item": (f"{OUT}::test_an_item_that_breaks_does_not_stop_the_others",),
    "R31 two processes": (f"{DELIVERY}::test_two_dispatchers_share_the_work_and_send_nothing_twice", f"{MAIL}::test_two_post_offices_send_each_letter_once"),
    "R32 DNS slow": ("tests/federation/test_client.py::test_one_deadline_over_all", "tests/federation/test_client.py::test_unknown_name"),
    "R33 mail server down": (f"{MAIL}::test_an_absent_mail_server_loses_nothing", "tests/federation/test_client_tls.py"),
    "R34 memory soak": ("tests/test_memory.py::test_everything_kept_in_memory_has_a_cap", "–: a day's run is no test; `./run bench memory` measures 100,000 activities"),
    "R35 descriptors exhausted": ("tests/server/entrance/test_connections.py::test_one_client_holds_so_many_connections_and_no_more",
                                  "tests/server/background/test_logs.py::test_a_log_that_nobody_reads_stops_nobody", "–: `./run drill stalled` opens 3,500 under load"),
}
HELD_SECONDS = 1.0
READERS = 60


@pytest.mark.parametrize("fault", FAULTS)
def test_every_fault_has_its_tests(fault: str) -> None:
    assert [name for name in FAULTS[fault] if not is_there(name)] == []


def test_the_table_of_the_specification_is_whole() -> None:
    table = ROOT.parent / "shared/spec/security.md"
    if not table.is_file():
        pytest.skip("the specification is not here (../shared/spec/security.md)")
    rows = {row.split("|")[1].strip() for row in table.read_text().splitlines() if row.startswith("| R")}
    assert rows == {fault.split()[0] for fault in FAULTS}


async def test_a_writer_that_holds_the_database_delays_and_breaks_nothing(alpha: LiveServer) -> None:
    url = alpha.settings.database_url
    if not url.startswith("sqlite"):
        pytest.skip("PostgreSQL has no lock over everything")
    alice = await alpha.member("alice")
    async with Browser(alpha, alice) as writer, Browser(alpha, alice) as reader:
        await reader.get("/about")
        held = sqlite3.connect(url.removeprefix("sqlite://"), isolation_level=None)
        held.execute("BEGIN IMMEDIATE")
        writing = asyncio.create_task(writer.post("/compose", {"text": "While it is held", "reach": "community", "send": "1"}))
        await asyncio.sleep(HELD_SECONDS)
        await reader.get("/about")
        assert reader.status == 200 and not writing.done()
        held.execute("COMMIT")
        held.close()
        await writing
        assert writer.status == 200 and await alpha.ask(lambda: Post.filter(author_id=alice.id).count()) == 1


@contextmanager
def no_room() -> Iterator[None]:
    """No file of this process can grow (EFBIG), as on a disk that is full."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


async def test_a_full_disk_is_said_and_loses_nothing(alpha: LiveServer, peer: Peer) -> None:
    """Pages are still read; forms keep what was typed; neighbours come again; what was taken is carried out when there is room."""
    if not alpha.settings.database_url.startswith("sqlite"):
        pytest.skip("PostgreSQL has a disk of its own")
    alice, otto, words = await alpha.member("alice"), peer.actor("otto"), "What I have typed for ten minutes, and want to keep"
    await peer.become(alpha)
    assert await peer.send(alpha, otto.does("Follow", alice.uri), otto) == 202  # keys of this day are made
    await settle(alpha)
    async with Browser(alpha, alice) as browser:
        await browser.get("/compose")
        like = otto.does("Like", alice.uri)
        waits = InboxItem(activity_uri=like["id"], sender_uri=otto.uri, body=json.dumps(like), due_at=clock.now() + timedelta(seconds=0.2))
        await alpha.ask(waits.save)
        with capture_logs(), no_room():
            await browser.post("/compose", {"text": words, "reach": "community", "send": "1"})
            assert browser.status == 503 and words in browser.page and browser.headers["Retry-After"]
            assert await peer.send(alpha, otto.does("Create", note := otto.note(to=[alice.uri])), otto) == 503
            await browser.post("/compose", {"text": words, "reach": "community"}, {"a.jpg": picture()})
            assert browser.status == 503
            assert await peer.get(alpha, "/health/ready") == (503, b"disk")
            await browser.get("/home")
            assert browser.status == 200
            await asyncio.sleep(0.5)
            await alpha.ask(waits.refresh_from_db)
            assert waits.state is ItemState.NEW and waits.attempts == 0, "what came in is not at fault, however long it lasts"
        await browser.post("/compose", {"text": words, "reach": "community", "send": "1"})
        assert browser.status == 200 and await peer.send(alpha, otto.does("Create", note), otto) == 202
        await settle(alpha)
        await alpha.ask(waits.refresh_from_db)
        assert waits.state is ItemState.DONE and await alpha.ask(lambda: Post.all().count()) == 2


async def test_an_upload_that_finds_no_room_is_no_bad_image_and_stays(alpha: LiveServer, tmp_path: Path) -> None:
    store, alice = MediaStore(tmp_path / "media"), await alpha.member("alice")

    async def put_and_make() -> str:
        image = await uploads.put_aside(tmp_path, store.scanner, alice, BytesIO(picture()), "", None)
        (tmp_path / "media" / image.key[:2]).mkdir(parents=True)
        with no_room(), pytest.raises(OSError, match="no room"):
            await uploads.store_waiting(tmp_path, store)
        assert [path.name for path in (tmp_path / uploads.FOLDER).iterdir()] == [image.key]
        assert await uploads.store_waiting(tmp_path, store) == 1
        return image.key
    key = await alpha.run(put_and_make())
    assert (await alpha.ask(lambda: Attachment.get(key=key))).stored_at and store.path(key).is_file()


def test_a_fault_that_lasts_is_said_once_a_minute_and_others_each_time() -> None:
    seldom, full = logs.Seldom(), {"event": "job failed", "job": "prune", "exc_info": OperationalError("database or disk is full")}
    assert seldom(None, "error", dict(full)) and seldom(None, "error", full | {"job": "send_mail"})
    with pytest.raises(structlog.DropEvent):
        seldom(None, "error", dict(full))
    bug = full | {"exc_info": OperationalError("no such column")}
    assert seldom(None, "error", dict(bug)) and seldom(None, "error", dict(bug))


def test_work_that_fails_rests_longer_and_never_long() -> None:
    assert pause(0) == 0 and 0 < pause(1) < pause(3) < pause(100) <= 5


@pytest.mark.parametrize(("words", "status"), [("database is locked", 503), ("database or disk is full", 503), ("no such column", 500)])
def test_a_database_that_cannot_be_used_is_said_and_is_no_fault(words: str, status: int) -> None:
    assert unexpected(OperationalError(words)).status == status


def test_whose_key_cannot_be_read_now_is_told_when_to_come_again() -> None:
    assert problem(Unreachable("budget", retry_after_seconds=2.5)).headers["Retry-After"] == "3"
    assert int(problem(Unreachable("no answer")).headers["Retry-After"]) > 0


async def test_a_message_that_everybody_reads_at_once_is_answered_to_all(alpha: LiveServer, peer: Peer) -> None:
    async def open_up() -> None:
        await (await Community.current()).change(ceiling=Reach.WEB)
    await alpha.run(open_up())
    alice: Actor = await alpha.member("alice")
    post, otto = await alpha.write(alice, "Read by many", Reach.WEB), peer.actor("otto")
    async with asyncio.timeout(60):
        answers = await asyncio.gather(*(peer.get(alpha, post.uri.removeprefix(alpha.origin), otto) for _ in range(READERS)))
    assert {status for status, _ in answers} == {200} and all(b"Read by many" in body for _, body in answers)
