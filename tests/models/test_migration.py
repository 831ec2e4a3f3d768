"""Migrations with rows in the tables, on SQLite and PostgreSQL."""
from __future__ import annotations

import asyncio
import importlib
import sqlite3
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tortoise.context import TortoiseContext, require_context

from models import Actor, ActorKey, Host, Post, Revision, clock, migrations
from models.actor import KeyKind
from models.database import in_transaction, is_sqlite, open_database, rows, sqlite_path
from models.migration import MigrationFailed, NewerDatabase, changes, main, migrate
from models.reach import Reach
from tests.conftest import NewDatabase

OURS = sorted(path.stem for path in (Path(migrations.__file__).parent).glob("0*.py"))
NEXT = "9000_pronouns"
COPY = '''
from importlib import import_module
Migration = import_module("models.migrations.{name}").Migration
'''
GOOD = f'''
from tortoise import fields, migrations
from tortoise.migrations import operations as ops

class Migration(migrations.Migration):
    dependencies = [("models", "{OURS[-1]}")]
    operations = [
        ops.AddField("Actor", "pronouns", fields.CharField(max_length=40, default="", db_default="")),
        ops.AlterField("Actor", "name", fields.CharField(max_length=160)),
        ops.AlterField("Post", "language", fields.CharField(max_length=40, default="", db_default="")),
        ops.RunSQL("UPDATE actor SET pronouns = name", ops.RunSQL.noop),
    ]
'''
BROKEN = GOOD.replace("SET pronouns = name", "SET no_such_column = 1")
ORPHANING = GOOD.replace('"UPDATE actor SET pronouns = name"', '"DELETE FROM actor"')
#: What tables look like, in lines without the names of indexes, and which migrations are said to be done.
SHAPE = """
SELECT string_agg(line, '|' ORDER BY line) FROM (
  SELECT format('%s %s %s %s %s', c.relname, a.attname, a.atttypid, a.attnotnull, pg_get_expr(d.adbin, d.adrelid)) AS line
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
    LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND a.attnum > 0
  UNION ALL SELECT regexp_replace(indexdef, 'INDEX [^ ]+ ON', 'INDEX ON') FROM pg_indexes WHERE schemaname = 'public'
  UNION ALL SELECT format('%s %s', conrelid::regclass, pg_get_constraintdef(oid)) FROM pg_constraint
    WHERE connamespace = 'public'::regnamespace AND contype <> 'u'
  UNION ALL SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal
  UNION ALL SELECT name FROM tortoise_migrations) AS lines
"""

Package = Callable[[str], str]


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Package]:
    """A function that makes a package of migrations, all of ours and then the one given; its name."""
    made: list[str] = []

    def make(last: str) -> str:
        name = f"migrations_for_test{len(made)}"
        folder = tmp_path / "packages" / name
        folder.mkdir(parents=True)
        for module, text in {"__init__": "", **{ours: COPY.format(name=ours) for ours in OURS}, NEXT: last}.items():
            (folder / f"{module}.py").write_text(text)
        made.append(name)
        importlib.invalidate_caches()
        return name

    (tmp_path / "packages").mkdir()
    monkeypatch.syspath_prepend(tmp_path / "packages")
    yield make
    for module in [module for module in sys.modules if module.split(".")[0] in made]:
        del sys.modules[module]


async def fill() -> None:
    """An actor with a key, and a message with an answer and a revision."""
    zoe = await Actor.create(uri="https://a.example/zoe", name="zoe", inbox_uri="https://a.example/inbox")
    await ActorKey.create(actor=zoe, uri="https://a.example/zoe#key", kind=KeyKind.RSA, public_pem="pem")
    first = await Post.create(uri="https://a.example/1", author=zoe, conversation="c", reach=Reach.COMMUNITY, language="fr")
    second = await Post.create(uri="https://a.example/2", author=zoe, conversation="c", reach=Reach.COMMUNITY, parent=first)
    await Revision.create(post=second, html="<p>before</p>", written_at=clock.now())


async def indexes(kind: str) -> set[str]:
    """The names of all indexes but those that belong to a constraint."""
    found = await rows("SELECT name FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL" if kind == "sqlite"
                       else "SELECT indexname AS name FROM pg_indexes WHERE schemaname = 'public'")
    return {row["name"] for row in found}


async def counts() -> list[int]:
    """How many actors, keys, messages and revisions there are."""
    return [(await rows(f"SELECT count(*) AS n FROM {table}"))[0]["n"] for table in ("actor", "actor_key", "post", "revision")]


async def test_a_rebuild_loses_nothing(bare_database: NewDatabase, database_kind: str, package: Package) -> None:
    url = await bare_database()
    assert await migrate(url) == OURS
    async with open_database(url):
        await fill()
        before = await indexes(database_kind)
        if database_kind == "sqlite":
            await rows("CREATE TRIGGER kept AFTER DELETE ON post BEGIN DELETE FROM tag; END")

    name = package(GOOD)
    assert await migrate(url, package=name) == [NEXT]
    assert await migrate(url, package=name) == []

    async with open_database(url):
        assert await counts() == [1, 1, 2, 1]
        assert await rows("SELECT name, pronouns FROM actor") == [{"name": "zoe", "pronouns": "zoe"}]
        assert await indexes(database_kind) == before
        assert "ux_actor_local" in before
        if database_kind == "sqlite":
            assert await rows("SELECT name FROM sqlite_master WHERE type = 'trigger'") == [{"name": "kept"}]
            assert await rows("PRAGMA foreign_keys") == [{"foreign_keys": 1}]
        await Actor.all().delete()
        assert await counts() == [0, 0, 0, 0]


async def test_a_migration_that_fails_halfway_leaves_no_trace(bare_database: NewDatabase, package: Package) -> None:
    url = await bare_database()
    await migrate(url)
    async with open_database(url):
        await fill()
    with pytest.raises(MigrationFailed, match=f"{NEXT} failed"):
        await migrate(url, package=package(BROKEN))
    async with open_database(url):
        assert await counts() == [1, 1, 2, 1]
        assert "pronouns" not in (await rows("SELECT * FROM actor"))[0]

    assert await migrate(url, package=package(GOOD)) == [NEXT]


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
async def test_a_migration_that_orphans_rows_is_refused(bare_database: NewDatabase, package: Package) -> None:
    url = await bare_database()
    await migrate(url)
    async with open_database(url):
        await fill()
    with pytest.raises(MigrationFailed, match="actor_key -> actor"):
        await migrate(url, package=package(ORPHANING))
    async with open_database(url):
        assert await counts() == [1, 1, 2, 1]


async def test_one_after_the_other_gives_the_same_tables_as_all_at_once(bare_database: NewDatabase, package: Package) -> None:
    """An old database becomes a new one; one of a later version is left alone."""
    once, url = await bare_database(), await bare_database()
    assert await migrate(once) == OURS
    with pytest.raises(MigrationFailed, match="there is no migration 0009"):
        await migrate(url, "0009_nothing")
    assert await migrate(url, "0001_initial") == ["0001_initial"]
    assert await migrate(url, "0001_initial") == []
    await know_hosts(url)
    assert await migrate(url) == OURS[1:]
    assert await shape(once) == await shape(url)
    await hosts_are_settled(url)
    assert await migrate(url, package=package(GOOD)) == [NEXT]
    with pytest.raises(NewerDatabase, match=NEXT):
        await migrate(url)


KNOWN = {"bad.example": "suspended", "a.bad.example": "partner", "b.a.bad.example": "limited", "xbad.example": "open",
         "quiet.net": "limited", "c.quiet.net": "unknown", "bad.quiet.net": "suspended", "d.bad.quiet.net": "partner",
         "e.c.quiet.net": "open", "net": "partner", "example": "unknown"}


async def know_hosts(url: str) -> None:
    """As the first version knew them."""
    async with open_database(url):
        for number, (name, standing) in enumerate(KNOWN.items()):
            given = [number, clock.now(), name, standing]
            await rows("INSERT INTO host (id, created_at, name, standing) VALUES (?, ?, ?, ?)", given)


async def hosts_are_settled(url: str) -> None:
    """What was decided of a domain holds for those below it."""
    async with open_database(url):
        before = {row.name: dict(row) for row in await Host.all()}
        assert {name: row["standing"] for name, row in before.items()} == KNOWN | {
            "a.bad.example": "suspended", "b.a.bad.example": "suspended", "c.quiet.net": "limited", "e.c.quiet.net": "limited",
            "d.bad.quiet.net": "suspended"}
        assert {name: row.own.standing for name, row in (await Host.in_bulk([*KNOWN], "name")).items()} == KNOWN
        for name in ("bad.example", "quiet.net", "bad.quiet.net"):  # the rules, asked again, change nothing
            await (await Host.get(name=name)).change(standing=KNOWN[name])
        assert {row.name: dict(row) for row in await Host.all()} == before


async def shape(url: str) -> set[str]:
    """Columns, keys, indexes and triggers; not the order of columns, which nothing depends on."""
    async with open_database(url):
        if not is_sqlite(url):
            return set((await rows(f"SELECT lines FROM ({SHAPE}) AS shape(lines)"))[0]["lines"].split("|"))
        found = await rows("SELECT type, name, sql FROM sqlite_master WHERE tbl_name NOT LIKE 'tortoise%'")
        lines = {row["sql"] for row in found if row["type"] == "trigger"}
        for table in (row["name"] for row in found if row["type"] == "table"):
            lines |= {f"{table} {columns(line)}" for look in ("table_info", "foreign_key_list")
                      for line in await rows(f"PRAGMA {look}({table})")}
            for index in await rows(f"PRAGMA index_list({table})"):
                named = [line["name"] for line in await rows(f"PRAGMA index_info({index['name']})")]
                lines.add(f"{table} {named} {index['unique']} {index['partial']}")
        return lines


def columns(line: dict[str, object]) -> list[tuple[str, object]]:
    """What a PRAGMA says, without places, which may differ."""
    return sorted((key, value) for key, value in line.items() if key not in ("cid", "id", "seq"))


async def test_migrating_at_the_same_time_applies_once(bare_database: NewDatabase) -> None:
    url = await bare_database()
    elsewhere = [asyncio.to_thread(lambda: asyncio.run(migrate(url))) for _ in range(2)]
    done = await asyncio.gather(migrate(url), migrate(url), *elsewhere)
    assert sorted(done) == [[], [], [], OURS]


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
async def test_a_file_with_rows_is_copied_first_and_old_copies_go(bare_database: NewDatabase, package: Package) -> None:
    url = await bare_database()
    path = sqlite_path(url)
    old = path.with_name(f"{path.name}.before-0001_older")
    await migrate(url)
    assert not list(path.parent.glob("*.before-*"))  # nothing to keep yet
    async with open_database(url):
        await fill()
    old.touch()
    await migrate(url, package=package(GOOD))
    copy = path.with_name(f"{path.name}.before-{NEXT}")
    assert list(path.parent.glob("*.before-*")) == [copy]
    assert copy.stat().st_mode & 0o777 == 0o600
    with sqlite3.connect(copy) as connection:
        assert connection.execute("SELECT name FROM actor").fetchall() == [("zoe",)]
        assert connection.execute("PRAGMA table_info(actor)").fetchall()[-1][1] != "pronouns"
    connection.close()


async def test_the_migrations_say_what_the_models_say() -> None:
    """After a change of a model: `python -m models.migration make NAME`."""
    assert [writer.as_string() for writer in await changes()] == []


async def test_a_fresh_database_has_every_column_of_every_model(db: TortoiseContext, database_kind: str) -> None:
    """Tortoise 1.1.9 loses foreign keys of models that point at each other."""
    table_columns = ("SELECT name FROM pragma_table_info(?)" if database_kind == "sqlite"
                     else "SELECT column_name AS name FROM information_schema.columns WHERE table_name = ?")
    apps = require_context().apps
    assert apps is not None
    for model in apps["models"].values():
        there = {row["name"] for row in await rows(table_columns, [model._meta.db_table])}
        assert there == set(model._meta.fields_db_projection.values()), model.__name__


async def test_a_fresh_database_can_be_used_in_a_transaction(db: TortoiseContext) -> None:
    async with in_transaction():
        await fill()
    assert await counts() == [1, 1, 2, 1]


def test_the_command_explains_itself(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["unmake"]) == 2
    assert "make NAME" in capsys.readouterr().err
