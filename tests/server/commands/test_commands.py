"""The commands, as an operator types them, on both databases."""
from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from models import (
    Actor,
    ActorKey,
    AuditEntry,
    Community,
    ConsentRecord,
    Delivery,
    Host,
    Invitation,
    Member,
    OutgoingActivity,
    Post,
    Ruling,
    Statement,
)
from models.consent import Purpose
from models.database import open_database
from models.delivery import DeliveryState
from models.ruling import Act
from server import cli
from server.members import receipts
from tests import catalogue
from tests.conftest import NewDatabase

ORIGIN = "http://localhost:18999"
Run = Callable[..., Awaitable[tuple[int, str, str]]]


@pytest.fixture
async def database_url(new_database: NewDatabase, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A database with all tables, named by the variables that commands read."""
    url = await new_database()
    for name, value in {"DATABASE_URL": url, "ORIGIN": ORIGIN, "VAR_DIR": str(tmp_path / "var"), "LANGUAGE": "en",
                        "PASSWORD_MEMORY_KIB": "8", "PASSWORD_TIME_COST": "1"}.items():
        monkeypatch.setenv(f"DAZZLE_{name}", value)
    return url


@pytest.fixture
def dazzle(database_url: str, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs one command; its exit status, standard output and standard error."""
    async def run(*words: str) -> tuple[int, str, str]:
        capsys.readouterr()
        status = await asyncio.to_thread(cli.main, words)
        said = capsys.readouterr()
        return status, said.out, said.err
    return run


async def read(run: Run, *words: str) -> Any:
    """What a command prints with --json, which must succeed and print nothing else."""
    status, out, err = await run(*words, "--json")
    assert (status, err) == (0, "")
    return json.loads(out)


async def test_a_member_is_made_listed_suspended_and_given_back(dazzle: Run, database_url: str) -> None:
    made = await read(dazzle, "member", "create", "Camille", "--email", "camille@mail.example", "--agree", "C0,C5", "--link")
    assert made["address"] == "@camille@localhost:18999"
    assert made["link"].startswith(f"{ORIGIN}/signin/link/")
    assert [(row["name"], row["state"]) for row in await read(dazzle, "member", "list")] == [("camille", "active")]

    assert (await read(dazzle, "member", "suspend", "camille", "--reason", "asked for it"))["state"] == "suspended"
    status, _, err = await dazzle("member", "link", "camille")
    assert (status, err) == (1, "@camille is suspended and cannot sign in.\n")
    assert (await read(dazzle, "member", "restore", "@camille"))["state"] == "active"
    assert (await read(dazzle, "member", "limit", "camille", "--reason", "spam"))["limited"]
    assert (await read(dazzle, "member", "freeze", "camille", "--reason", "a quiet week", "--days", "7"))["frozen"]
    assert await read(dazzle, "member", "lift", "camille") == {"name": "camille", "limited": False, "frozen": False}

    async with open_database(database_url):
        given = await ConsentRecord.filter(granted=True).values_list("purpose", flat=True)
        assert set(given) == {Purpose.MEMBERSHIP, Purpose.SHARED_OUT}
        assert (await Member.get()).email == "camille@mail.example"
        log = await AuditEntry.all().order_by("id")
        assert [entry.action for entry in log] == ["member.create", "ruling.suspend", "ruling.suspend.undone", "ruling.limit",
                                                   "ruling.freeze", "ruling.limit.undone", "ruling.freeze.undone"]
        frozen = await Ruling.get(act=Act.FREEZE, undoes_id=None)
        assert frozen.until and timedelta(days=6) < frozen.until - frozen.created_at <= timedelta(days=7)
        assert await Statement.exists(ruling_id=frozen.id)
        assert {entry.actor_id for entry in log} == {None}  # the command line


async def test_keys_of_private_messages_are_copied_apart_and_brought_back(dazzle: Run, tmp_path: Path) -> None:
    await read(dazzle, "member", "create", "camille", "--agree", "C0")
    await read(dazzle, "message", "publish", "camille", "For me alone", "--reach", "me")
    made = await read(dazzle, "keys", "backup", str(tmp_path / "apart"))
    assert (made["keys"], made["deleted"]) == (1, 0) and Path(made["file"]).stat().st_mode & 0o777 == 0o600
    assert await read(dazzle, "keys", "restore", made["file"]) == {"keys": 0}, "nothing is missing"
    os.utime(made["file"], (0, 0))
    status, _, err = await dazzle("keys", "restore", __file__)
    assert (status, err) == (1, f"{__file__} is no copy of keys.\n")
    assert (await dazzle("keys", "backup", str(tmp_path / "apart"), "--days", "90"))[0] == 2


async def test_a_password_is_asked_for_and_never_kept_as_it_is(
    dazzle: Run, database_url: str, monkeypatch: pytest.MonkeyPatch,
) -> None:
    typed = iter(["azertyuiop", "lampe tortue violon"])
    monkeypatch.setattr("typer.prompt", lambda *_, **__: next(typed))
    status, _, err = await dazzle("member", "create", "farida", "--password")
    assert status == 1
    assert "easy to guess" in err
    assert (await dazzle("member", "create", "farida", "--password"))[0] == 0
    async with open_database(database_url):
        assert (await Member.get()).password_hash.startswith("$argon2id$")


@pytest.mark.parametrize(("words", "status", "said"), [
    (("member", "create", "ab"), 1, "3 to 30 characters"),
    (("member", "create", "admin"), 1, "kept for the community"),
    (("member", "create", "lucie", "--email", "no address"), 2, "no e-mail address"),
    (("member", "create", "lucie", "--agree", "C5"), 2, "must hold C0"),
    (("member", "create", "lucie", "--agree", "C0,X"), 2, "--agree takes C0, C1, C3"),
    (("member", "create", "lucie", "--language", "tlh"), 2, "fr or en"),
    (("member", "suspend", "nobody", "--reason", "x"), 1, "There is no member named nobody."),
    (("message", "publish", "nobody", "Hello"), 1, "There is no member named nobody."),
    (("message", "publish", "nobody", " "), 2, "1 to 5000 characters"),
    (("message", "publish", "nobody", "Hello", "--reach", "circle"), 2, "in the browser"),
    (("host", "allow", "localhost:18999"), 1, ""),
    (("host", "allow", "x.example", "--open", "--limited"), 2, "Choose one"),
    (("host", "end", "nowhere.example"), 1, "There is no server named nowhere.example here."),
    (("host", "rule", "not a name"), 2, "Write the name of a server"),
    (("organisation", "create", "lab", "--title", "", "--kind", "lab", "--email", "lab@melorin.example"), 2, "--title is empty"),
    (("member", "dance"), 2, "dance"),
    (("member", "create"), 2, "name"),
])
async def test_a_wrong_call_gets_one_sentence_and_changes_nothing(
    dazzle: Run, database_url: str, words: tuple[str, ...], status: int, said: str,
) -> None:
    ended, out, err = await dazzle(*words)
    assert (ended, out) == (status, "")
    assert said in err
    assert err.strip()
    assert "Traceback" not in err
    async with open_database(database_url):
        assert await Member.all().count() == 0
        assert await Host.all().count() == 0


async def test_an_invitation_keeps_only_its_digest(dazzle: Run, database_url: str) -> None:
    made = await read(dazzle, "invite", "--role", "moderator", "--uses", "3", "--days", "2")
    assert made["link"].startswith(f"{ORIGIN}/invite/")
    async with open_database(database_url):
        kept = await Invitation.get()
        assert (kept.role, kept.uses_left) == ("moderator", 3)
        assert kept.token_digest not in made["link"]


async def test_servers_are_allowed_listed_suspended_and_ended(dazzle: Run, tmp_path: Path) -> None:
    allowed = await read(dazzle, "host", "allow", "https://Partner.Example/about", "--addresses", "names.example")
    assert allowed["standing"] == "partner"
    assert (await read(dazzle, "host", "allow", "wide.example", "--open"))["standing"] == "open"
    assert (await read(dazzle, "host", "suspend", "wide.example", "--reason", "spam"))["reason"] == "spam"
    assert (await read(dazzle, "host", "lift", "wide.example"))["standing"] == "open"
    assert (await read(dazzle, "host", "rule", "wide.example", "--severity", "suspend", "--reject-media"))["rejects_media"]
    blocks = tmp_path / "blocks.csv"
    blocks.write_text("#domain,#severity\nwide.example,suspend\nnew.example,suspend\npartner.example,suspend\n**,suspend\n")
    wanted = {"milder": 1, "new": 1, "partner": 1}
    tried = await read(dazzle, "host", "import", str(blocks))
    assert (tried["changes"], tried["applied"], tried["bad"]) == (wanted, 0, [[5, "**,suspend"]])
    assert (await read(dazzle, "host", "import", str(blocks), "--apply"))["applied"] == 2
    again = await read(dazzle, "host", "import", str(blocks), "--apply")
    assert (again["changes"], again["applied"], again["list"]) == ({"same": 2, "partner": 1}, 0, None)
    out = (await read(dazzle, "host", "export"))["csv"].splitlines()
    assert out[1:] == ["new.example,suspend,false,false,,false", "wide.example,suspend,false,false,,false"]
    assert (await read(dazzle, "host", "end", "partner.example"))["standing"] == "unknown"
    listed = {row["name"]: row["standing"] for row in await read(dazzle, "host", "list")}
    assert listed == {"partner.example": "unknown", "names.example": "partner", "wide.example": "suspended",
                      "new.example": "suspended"}


async def test_a_message_obeys_the_rules_of_the_browser(dazzle: Run, database_url: str) -> None:
    await read(dazzle, "member", "create", "camille")
    first = await read(dazzle, "message", "publish", "camille", "Bonjour #tous", "--language", "fr")
    assert (first["reach"], first["url"]) == ("community", f"{ORIGIN}/m/{first['key']}")
    reply = await read(dazzle, "message", "publish", "camille", "Encore", "--reply-to", first["key"])
    status, _, err = await dazzle("message", "publish", "camille", "Loin", "--reach", "partners")
    assert status == 1
    assert err.strip() not in ("", "refused.consent")  # said in words
    status, _, err = await dazzle("message", "publish", "camille", "Web", "--reach", "web")
    assert status == 1
    async with open_database(database_url):
        assert await Post.all().count() == 2
        assert (await Post.get(key=reply["key"])).conversation == first["uri"]


async def test_deliveries_are_shown_and_tried_again(dazzle: Run, database_url: str) -> None:
    await read(dazzle, "member", "create", "camille")
    async with open_database(database_url):
        activity = await OutgoingActivity.create(key="k", uri="u", actor=await Actor.get(name="camille"), kind="Create",
                                                 object_uri="o", body="{}")
        await Delivery.create(activity=activity, host="b.example", inbox_uri="https://b.example/inbox", object_uri="o",
                              state=DeliveryState.FAILED, attempts=4, status=503)
    assert await read(dazzle, "deliveries") == []
    failed = await read(dazzle, "deliveries", "--failed", "--host", "b.example")
    assert [(row["kind"], row["attempts"], row["status"]) for row in failed] == [("Create", 4, 503)]
    assert await read(dazzle, "deliveries", "retry", "--failed", "--host", "other.example") == {"retried": 0}
    assert await read(dazzle, "deliveries", "retry", "--failed") == {"retried": 1}
    assert len(await read(dazzle, "deliveries")) == 1


async def test_check_names_what_is_missing(dazzle: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    report = {row["check"]: row["verdict"] for row in await read(dazzle, "check")}
    assert report == {
        "settings": "ok", "database": "ok", "keys": "ok", "folder": "ok", "jobs": "ok", "queues": "ok", "origin": "warn",
        "answer": "warn", "mail": "warn", "development": "ok"}
    monkeypatch.setenv("DAZZLE_SMTP_HOST", "mail.invalid")
    monkeypatch.setenv("DAZZLE_DEV_PEERS", "127.0.0.0/8")
    status, out, _ = await dazzle("check")
    assert status == 1
    assert "fail  mail: mail.invalid" in out
    assert "warn  development: dev_peers set" in out


async def test_check_says_when_the_keys_of_private_messages_do_not_open_or_are_gone(
        dazzle: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Otherwise such messages would only look erased."""
    await read(dazzle, "member", "create", "camille", "--agree", "C0")
    await read(dazzle, "message", "publish", "camille", "For nobody else", "--reach", "me")
    assert "ok    keys: of private messages: they open" in (await dazzle("check"))[1]
    monkeypatch.setenv("DAZZLE_KEYS_SECRET", "another secret than the one of instance.secret")
    status, out, _ = await dazzle("check")
    assert status == 1 and "fail  keys: The keys of private messages in " in out
    monkeypatch.delenv("DAZZLE_KEYS_SECRET")
    (tmp_path / "var" / "keys" / "keys.sqlite3").unlink()
    status, out, _ = await dazzle("check")
    assert status == 1 and "`dazzle keys restore`" in out


async def test_a_database_of_another_origin_is_refused(dazzle: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    await read(dazzle, "member", "create", "camille")
    monkeypatch.setenv("DAZZLE_ORIGIN", "http://localhost:18998")
    status, out, err = await dazzle("member", "list")
    assert (status, out) == (1, "")
    assert "an origin never changes" in err
    assert (await dazzle("check"))[0] == 1


async def test_wrong_settings_are_all_named_at_once(dazzle: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DAZZLE_ORIGIN", "HTTP://x")
    monkeypatch.setenv("DAZZLE_COLOUR", "mauve")
    status, out, err = await dazzle("version")
    assert (status, out) == (2, "")
    assert "origin:" in err
    assert "colour: there is no such setting" in err


async def test_migrate_and_version(dazzle: Run, database_url: str, tmp_path: Path) -> None:
    catalogue.lay(tmp_path / "var")
    assert await read(dazzle, "migrate") == {"applied": []}
    assert (await read(dazzle, "version"))["software"] == "dazzle"
    async with open_database(database_url):
        assert await Community.all().count() == 0  # neither opens a community


async def test_keys_change_for_one_for_the_community_and_for_all(dazzle: Run, database_url: str) -> None:
    for name in ("camille", "dora"):
        await read(dazzle, "member", "create", name, "--agree", "C0,C5")
    assert await read(dazzle, "keys", "rotate", "camille") == {"rotated": 1, "retired": False}
    assert await read(dazzle, "keys", "rotate") == {"rotated": 1, "retired": False}
    assert await read(dazzle, "keys", "rotate", "--all", "--retire") == {"rotated": 3, "retired": True}
    async with open_database(database_url):
        assert await ActorKey.exclude(private_pem="").count() == await ActorKey.filter(retired_at__isnull=True).count() == 6
    status, _, err = await dazzle("keys", "rotate", "camille", "--all")
    assert (status, err) == (2, "Give a name or --all, not both.\n")
    assert await read(dazzle, "host", "expire-keys", "other.example") == {"name": "other.example", "keys": 0}


async def test_the_ledger_of_consent_is_proven_and_the_first_broken_record_named(
    dazzle: Run, database_url: str, tmp_path: Path,
) -> None:
    await dazzle("member", "create", "camille", "--agree", "C0,C3,C5")
    told = await read(dazzle, "consent", "verify")
    assert {**told, "head": told["head"]["records"]} == {"records": 3, "broken": None, "why": "", "head": 3}
    async with open_database(database_url):
        second = (await ConsentRecord.all().order_by("id"))[1]
        receipt = await receipts.document(second)
    for words, status in ((receipt, 0), (receipt | {"dct:date": "2001-01-01"}, 1), (receipt | {"proof": None}, 1)):
        (tmp_path / "receipt.json").write_text(json.dumps(words))
        ended, out, _ = await dazzle("consent", "verify", "--receipt", str(tmp_path / "receipt.json"), "--json")
        assert (ended, json.loads(out)["proven"]) == (status, status == 0)
    async with open_database(database_url):
        await ConsentRecord.filter(id=second.id).update(audience="web")
    ended, out, _ = await dazzle("consent", "verify", "--json")
    assert ended == 1 and json.loads(out)["broken"] == second.id and json.loads(out)["records"] == 1
    assert (await dazzle("consent", "verify", "--receipt", "/nothing"))[0] == 1


async def test_contacts_are_listed_out_of_a_table(dazzle: Run, tmp_path: Path) -> None:
    good, bad = tmp_path / "good.csv", tmp_path / "bad.csv"
    good.write_text("kind,name,country,place,url,source,date\ncentre,Alpha,fr,Lyon,,Orphanet,2026-01-31\n")
    bad.write_text(good.read_text() + "centre,Beta,??,,,Orphanet,2026-01-31\n")
    status, _, err = await dazzle("contacts", "import", str(bad))
    assert status == 1 and "Line 3: look at 'country'" in err
    assert (await dazzle("contacts", "import", str(tmp_path / "none.csv")))[0] == 1
    assert await read(dazzle, "contacts", "import", str(good)) == {"listed": 1}
    [one] = await read(dazzle, "contacts", "list")
    assert (one["name"], one["country"], one["source"], one["date"]) == ("Alpha", "FR", "Orphanet", "2026-01-31")
    assert await read(dazzle, "contacts", "remove", one["key"]) == {"removed": one["key"]}
    assert (await dazzle("contacts", "remove", one["key"]))[0] == 1
