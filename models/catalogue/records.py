"""The file of a catalogue: gzip of lines, each a word and its fields, split by tabs. It is read and written as a stream."""
from __future__ import annotations

import gzip
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path

FIRST_LINE = "dazzle-catalogue\t1"
LINE_LIMIT = 200_000  # characters


class BadCatalogue(ValueError):
    """Not a file of a catalogue, or a damaged one."""


class NameKind(IntEnum):
    """What a name is to its concept."""

    PREFERRED = 0
    SYNONYM = 1
    LAY = 2  # a word of people who are not professionals


#: Begins the version of names that came with those of HPO; pages say it in the language of who reads.
AS_ANNOTATED = "as in the annotations of HPO "


@dataclass(frozen=True, slots=True)
class Release:
    """A source: what it is called, which version, under which licence, where it is. It stands on every page that shows it."""

    source: str
    version: str
    licence: str
    address: str

    @property
    def annotations_of(self) -> str:
        """The version of HPO in whose annotations these names stand; "" for a release of its own."""
        return self.version.removeprefix(AS_ANNOTATED) if self.version.startswith(AS_ANNOTATED) else ""


@dataclass(frozen=True, slots=True)
class Name:
    """A name of a concept ("ORPHA:324", "HP:0001166") in a language."""

    code: str
    language: str
    kind: NameKind
    text: str


@dataclass(frozen=True, slots=True)
class Sign:
    """A sign of HPO: what it is a kind of, and how many diseases of the catalogue have it or a kind of it."""

    code: str
    parents: tuple[str, ...]
    diseases: int


@dataclass(frozen=True, slots=True)
class Link:
    """The signs of a disease, each with its frequency: 0 always, 1 very frequent, 2 frequent, 3 occasional, 4 very rare,
    9 not told.
    """

    code: str
    signs: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Retired:
    """A code that is used no more, and the one in its place; "" if there is none."""

    code: str
    moved_to: str


Entry = Release | Name | Sign | Link | Retired


def write(path: Path, entries: Iterable[Entry]) -> None:
    """Write a file anew; the same entries make the same bytes."""
    with path.open("wb") as raw, gzip.GzipFile("", "wb", 9, raw, mtime=0) as packed, \
            io.TextIOWrapper(packed, encoding="utf-8", newline="\n") as file:
        file.write(FIRST_LINE + "\n")
        for entry in entries:
            file.write("\t".join(_fields(entry)) + "\n")


def read(path: Path) -> Iterator[Entry]:
    """The entries of a file, one after the other. BadCatalogue if it is none."""
    try:
        with gzip.open(path, "rt", encoding="utf-8", newline="\n") as file:
            if file.readline(100).rstrip("\n") != FIRST_LINE:
                raise BadCatalogue(f"{path.name} is not a catalogue of this version")
            while line := file.readline(LINE_LIMIT):
                yield _entry(line.rstrip("\n").split("\t"))
    except (OSError, EOFError, UnicodeDecodeError, IndexError) as error:
        raise BadCatalogue(f"{path.name} cannot be read") from error


def _fields(entry: Entry) -> list[str]:
    match entry:
        case Release():
            return ["release", entry.source, entry.version, entry.licence, entry.address]
        case Name():
            return ["name", entry.code, entry.language, str(int(entry.kind)), entry.text]
        case Sign():
            return ["sign", entry.code, " ".join(entry.parents), str(entry.diseases)]
        case Link():
            return ["link", entry.code, " ".join(f"{number(code)}:{often}" for code, often in entry.signs)]
        case Retired():
            return ["retired", entry.code, entry.moved_to]


def _entry(parts: list[str]) -> Entry:
    try:
        match parts[0]:
            case "release":
                return Release(*parts[1:5])
            case "name":
                return Name(parts[1], parts[2], NameKind(int(parts[3])), parts[4])
            case "sign":
                return Sign(parts[1], tuple(parts[2].split()), int(parts[3]))
            case "link":
                pairs = (pair.split(":") for pair in parts[2].split())
                return Link(parts[1], tuple((sign_code(int(term)), int(often)) for term, often in pairs))
            case "retired":
                return Retired(parts[1], parts[2])
    except (ValueError, TypeError) as error:
        raise BadCatalogue("a line is damaged") from error
    raise BadCatalogue(f"a line says {parts[0][:20]!r}")


def number(code: str) -> int:
    """The number in a code: 1166 of "HP:0001166"."""
    return int(code.partition(":")[2])


def sign_code(term: int) -> str:
    """The code of a sign by its number, as HPO writes it."""
    return f"HP:{term:07d}"
