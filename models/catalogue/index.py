"""A catalogue as it is asked: one SQLite file that is read where it lies and never loaded. It is made anew out of its sources.

The file is the server's own and holds nothing of members; it is the same on every database that the server may use.
"""
from __future__ import annotations

import fcntl
import math
import os
import sqlite3
import sys
from array import array
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path

from models.catalogue import words
from models.catalogue.records import Entry, Link, Name, NameKind, Release, Retired, Sign, number, read

SCHEMA = """
CREATE TABLE source (source TEXT, version TEXT, licence TEXT, address TEXT);
CREATE TABLE name (id INTEGER PRIMARY KEY, code TEXT, language TEXT, kind INTEGER, text TEXT, words INTEGER);
CREATE TABLE retired (code TEXT PRIMARY KEY, moved_to TEXT) WITHOUT ROWID;
CREATE TABLE sign (number INTEGER PRIMARY KEY, above BLOB, information REAL, parents BLOB);
CREATE TABLE link (code TEXT PRIMARY KEY, signs TEXT) WITHOUT ROWID;
CREATE VIRTUAL TABLE condition_words USING fts5(words, content='', columnsize=0, detail=none, tokenize='unicode61');
CREATE VIRTUAL TABLE sign_words USING fts5(words, content='', columnsize=0, detail=none, tokenize='unicode61');
CREATE TABLE word (id INTEGER PRIMARY KEY, word TEXT UNIQUE);
CREATE TABLE gram (gram TEXT, word_id INTEGER, PRIMARY KEY (gram, word_id)) WITHOUT ROWID;
"""
VERSION = "1"  # of this layout: an index of another is made anew
NICENESS = 5  # where others want the processor, those who read come first


def build(path: Path, sources: Iterable[Path]) -> None:
    """Make the index of these files of catalogues, the first with the last word on a name, unless it is there. Whoever reads an
    older one goes on.
    """
    with (path.parent / "index.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # who asks meanwhile waits for this one, instead of making one too
        if not path.exists():
            _write(path, sources)


def _write(path: Path, sources: Iterable[Path]) -> None:
    fresh = path.with_suffix(".part")
    fresh.unlink(missing_ok=True)
    try:
        with closing(sqlite3.connect(fresh, isolation_level=None)) as database:
            database.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;" + SCHEMA)
            database.execute("BEGIN")
            _fill(database, sources)
            database.execute("CREATE INDEX name_code ON name (code)")
            database.execute("COMMIT")
        fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)
    for old in path.parent.glob("index-*.sqlite3"):
        if old != path:
            old.unlink(missing_ok=True)


def _fill(database: sqlite3.Connection, sources: Iterable[Path]) -> None:
    parents, diseases = dict[int, tuple[int, ...]](), dict[int, int]()
    known, used = set[int](), set[str]()
    for source in sources:
        for entry in read(source):
            if isinstance(entry, Sign):
                parents[number(entry.code)] = tuple(number(code) for code in entry.parents)
                diseases[number(entry.code)] = entry.diseases
            elif isinstance(entry, Name):
                _name(database, entry, known, used)
            else:
                _plain(database, entry)
    database.executemany("INSERT INTO sign VALUES (?, ?, ?, ?)", _signs(parents, diseases))
    database.executemany("INSERT INTO word (word) VALUES (?)", ((word,) for word in sorted(used)))
    for at, word in database.execute("SELECT id, word FROM word").fetchall():
        database.executemany("INSERT INTO gram VALUES (?, ?)", ((gram, at) for gram in words.grams(word)))


def _name(database: sqlite3.Connection, name: Name, known: set[int], used: set[str]) -> None:
    """One name; a second preferred one of a language is a synonym, and the same text is kept once."""
    folded = words.fold(name.text)
    same, preferred = hash((name.code, name.language, *folded)), hash((name.code, name.language))
    if same in known or not folded:
        return
    kind = NameKind.SYNONYM if name.kind is NameKind.PREFERRED and preferred in known else name.kind
    known |= {same, preferred} if kind is NameKind.PREFERRED else {same}
    used.update(folded)
    row = database.execute("INSERT INTO name (code, language, kind, text, words) VALUES (?, ?, ?, ?, ?)",
                           (name.code, name.language, int(kind), name.text, len(folded))).lastrowid
    table = "sign_words" if name.code.startswith("HP:") else "condition_words"
    database.execute(f"INSERT INTO {table} (rowid, words) VALUES (?, ?)", (row, " ".join(folded)))  # noqa: S608 - one of two


def _plain(database: sqlite3.Connection, entry: Entry) -> None:
    if isinstance(entry, Release):
        database.execute("INSERT INTO source VALUES (?, ?, ?, ?)", (entry.source, entry.version, entry.licence, entry.address))
    elif isinstance(entry, Retired):
        database.execute("INSERT OR IGNORE INTO retired VALUES (?, ?)", (entry.code, entry.moved_to))
    elif isinstance(entry, Link):
        database.execute("INSERT OR IGNORE INTO link VALUES (?, ?)",
                         (entry.code, " ".join(f"{number(code)}:{often}" for code, often in entry.signs)))


def _signs(parents: dict[int, tuple[int, ...]], diseases: dict[int, int]) -> Iterator[tuple[int, bytes, float, bytes]]:
    """Each sign with all that it is a kind of, itself too, and its information content: -log2 of the share of diseases that have
    it (Resnik, 1995). What no disease has counts like what one has.
    """
    above = dict[int, frozenset[int]]()
    most = max(diseases.values(), default=1)
    for term in sorted(parents):
        share = max(diseases[term], 1) / most
        yield (term, array("i", sorted(_above(term, parents, above))).tobytes(), max(0.0, -math.log2(share)),
               array("i", parents[term]).tobytes())


def _above(term: int, parents: dict[int, tuple[int, ...]], known: dict[int, frozenset[int]]) -> frozenset[int]:
    """A term and all that it is a kind of. Cycles, which HPO does not have, end where they close."""
    if term not in known:
        known[term] = frozenset({term})
        known[term] = frozenset({term}).union(*(_above(parent, parents, known) for parent in parents.get(term, ())))
    return known[term]


if __name__ == "__main__":
    os.nice(NICENESS)
    build(Path(sys.argv[1]), [Path(name) for name in sys.argv[2:]])
