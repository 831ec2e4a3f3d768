"""Finds conditions and signs by words that somebody typed: in any order, without accents, begun, or with a slip of the finger."""
from __future__ import annotations

import re
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from models.catalogue import words
from models.catalogue.records import NameKind

QUESTION_CHARACTERS = 200
NAMES_LIMIT = 4000  # of one word
CLOSER_LOOK = 300  # names whose text is read
ALIKE_LIMIT = 200  # words that are compared letter by letter
SLIPS_FROM_LETTERS, TWO_SLIPS_FROM_LETTERS = 4, 8
BEGUN, TRANSLATED, SLIPPED = 0.7, 0.9, 0.55  # how much of a whole word these count
_CODE = re.compile(r"(orpha|orphanet|hp)\s*:?\s*(\d{1,7})", re.IGNORECASE)


class Kind(StrEnum):
    """What is looked for. The text is the beginning of its codes."""

    CONDITION = "ORPHA"
    SIGN = "HP"


@dataclass(frozen=True, slots=True)
class Found:
    """A concept: its name in the reader's language, and the name that was found if it is another."""

    code: str
    label: str
    matched: str


@dataclass(frozen=True, slots=True)
class _Hit:
    code: str
    text: str
    kind: NameKind
    score: float


def search(database: sqlite3.Connection, question: str, kind: Kind, language: str, limit: int) -> list[Found]:
    """The best `limit` concepts, best first. An empty question finds nothing."""
    question = question[:QUESTION_CHARACTERS].strip()
    if code := _code(question, kind):
        there = current(database, code)
        return [Found(there, text, "")] if (text := label(database, there, language)) else []
    asked = words.asked(question)
    best: dict[str, _Hit] = {}
    for hit in _hits(database, asked, kind):
        code = current(database, hit.code)
        if code and (code not in best or best[code].score < hit.score):
            best[code] = hit
    order = sorted(best.items(), key=lambda item: (-item[1].score, len(item[1].text), item[0]))[:limit]
    return [_found(database, code, hit, language) for code, hit in order]


def label(database: sqlite3.Connection, code: str, language: str) -> str:
    """The name of a concept in a language, else in English, else in any; "" for none."""
    rows = database.execute("SELECT text FROM name WHERE code = ? AND kind = ? ORDER BY language = ? DESC, language = 'en' DESC"
                            " LIMIT 1", (code, int(NameKind.PREFERRED), language)).fetchone()
    return str(rows[0]) if rows else ""


def current(database: sqlite3.Connection, code: str) -> str:
    """The code to use instead of a retired one; "" where nothing took its place."""
    for _ in range(5):
        row = database.execute("SELECT moved_to FROM retired WHERE code = ?", (code,)).fetchone()
        if row is None:
            return code
        code = str(row[0])
    return ""


def _code(question: str, kind: Kind) -> str:
    typed = _CODE.fullmatch(question)
    if not typed or (typed.group(1).lower() == "hp") is not (kind is Kind.SIGN):
        return ""
    number = int(typed.group(2))
    return f"HP:{number:07d}" if kind is Kind.SIGN else f"ORPHA:{number}"


def _found(database: sqlite3.Connection, code: str, hit: _Hit, language: str) -> Found:
    name = label(database, code, language) or hit.text
    return Found(code, name, hit.text if hit.text != name else "")


def _hits(database: sqlite3.Connection, asked: Sequence[str], kind: Kind) -> list[_Hit]:
    """The names that hold most of what was asked; of these, those with the fewest other words first."""
    scores: dict[int, float] = {}
    for word in asked:
        ways = _ways(database, word)
        its: dict[int, float] = {}
        for match, weight in ways:
            for (row,) in _rows(database, kind, match):
                its[row] = max(its.get(row, 0.0), weight)
        rare = 1.0 / (1.0 + len(its) / 50)
        for row, weight in its.items():
            scores[row] = scores.get(row, 0.0) + weight * (1.0 + rare)
    closer = sorted(scores, key=lambda row: (-scores[row], row))[:CLOSER_LOOK]
    marks = ",".join("?" * len(closer))
    named = database.execute(f"SELECT id, code, text, kind, words FROM name WHERE id IN ({marks})", closer)  # noqa: S608
    return [_Hit(code, text, NameKind(of), scores[row] - 0.04 * max(0, count - len(asked)) - 0.01 * of)
            for row, code, text, of, count in named]


def _rows(database: sqlite3.Connection, kind: Kind, match: str) -> list[tuple[int]]:
    table = "sign_words" if kind is Kind.SIGN else "condition_words"
    return database.execute(f"SELECT rowid FROM {table} WHERE {table} MATCH ? LIMIT {NAMES_LIMIT}",  # noqa: S608 - one of two
                            (match,)).fetchall()


def _ways(database: sqlite3.Connection, word: str) -> list[tuple[str, float]]:
    """What a typed word may stand for, as FTS5 asks for it, and how much each counts."""
    ways = [(f'"{word}"', 1.0)]
    if english := words.in_english(word):
        ways.append((" AND ".join(f'"{one}"' for one in english), TRANSLATED))
    if len(word) > 1:
        ways.append((f'"{word}"*', BEGUN))
    if not english and not _is_known(database, word):
        ways += [(f'"{one}"', SLIPPED / far) for one, far in _alike(database, word)]
    return ways


def _is_known(database: sqlite3.Connection, word: str) -> bool:
    return database.execute("SELECT 1 FROM word WHERE word = ?", (word,)).fetchone() is not None


def _alike(database: sqlite3.Connection, word: str) -> list[tuple[str, int]]:
    """Words of the catalogue that differ by a slip or two, found by the groups of three letters that they share."""
    if len(word) < SLIPS_FROM_LETTERS:
        return []
    most = 2 if len(word) >= TWO_SLIPS_FROM_LETTERS else 1
    grams = words.grams(word)
    sharing = database.execute(
        f"SELECT word.word FROM (SELECT word_id, COUNT(*) AS shared FROM gram WHERE gram IN ({','.join('?' * len(grams))})"  # noqa: S608
        " GROUP BY word_id) AS found JOIN word ON word.id = found.word_id"
        f" ORDER BY shared DESC, ABS(LENGTH(word.word) - ?), word.id LIMIT {ALIKE_LIMIT}", [*grams, len(word)]).fetchall()
    near = [(str(one), words.distance(word, str(one), most)) for (one,) in sharing]
    return [(one, far) for one, far in near if 0 < far <= most]
