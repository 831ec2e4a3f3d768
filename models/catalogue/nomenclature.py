"""Reads Orphanet's nomenclature in any of its languages: the XML of product 1, and that of the nomenclature pack.

Both hold `Disorder` elements with `OrphaCode` (older: `ORPHAcode`, `OrphaNumber`), `Name lang`, `SynonymList`, flags and
associations with other disorders. The XML is untrusted: no document type, so no entities; limits of size, depth and length.
"""
from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO
from xml.parsers import expat

from models.catalogue.records import BadCatalogue, Entry, Name, NameKind, Release, Retired

FILE_LIMIT_BYTES = 300_000_000
DEPTH_LIMIT = 30
TEXT_LIMIT_CHARACTERS = 500
NAMES_LIMIT = 100  # of one disorder
DISORDERS_LIMIT = 50_000
CHUNK_BYTES = 1 << 20
MOVED_TO = {"21471"}  # the type of association that says which code is used instead, whatever the language
INACTIVE_FLAG = 8192
CODE_TAGS = frozenset({"OrphaCode", "ORPHAcode", "ORPHACode", "OrphaNumber"})
VERSIONS = ("date", "ExtractionDate", "version")
#: (the element around, the element): what such a text is. In tuples, as the first kind is 0.
NAMES = {("Disorder", "Name"): (NameKind.PREFERRED,), ("SynonymList", "Synonym"): (NameKind.SYNONYM,)}
_NUMBER = re.compile(r"\d{1,7}")
_LANGUAGE = re.compile(r"[a-z]{2,3}")


@dataclass
class _Disorder:
    code: str = ""
    names: list[tuple[str, NameKind, str]] = field(default_factory=list)
    flags: int = 0
    moved_to: str = ""
    target: str = ""


@dataclass
class _Reader:
    """What is between the start and the end of elements; whole disorders wait in `ready`."""

    path: list[str] = field(default_factory=list)
    languages: list[str] = field(default_factory=list)
    text: list[str] = field(default_factory=list)
    disorder: _Disorder | None = None
    ready: list[_Disorder] = field(default_factory=list)
    version: str = ""
    is_orphanet: bool = False

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if not self.path:
            self.is_orphanet = tag == "JDBOR"
            self.version = next((attributes[name] for name in VERSIONS if attributes.get(name)), "")[:40]
        self.path.append(tag)
        if len(self.path) > DEPTH_LIMIT:
            raise BadCatalogue("the elements of the file lie too deep in one another")
        self.languages.append(attributes.get("lang", ""))
        self.text = []
        if self.disorder is None:
            self.disorder = _Disorder() if tag == "Disorder" else None
        elif tag == "DisorderDisorderAssociationType" and attributes.get("id") in MOVED_TO:
            self.disorder.moved_to = self.disorder.target or self.disorder.moved_to
        elif tag == "DisorderDisorderAssociation":
            self.disorder.target = ""

    def characters(self, text: str) -> None:
        if sum(map(len, self.text)) < TEXT_LIMIT_CHARACTERS:
            self.text.append(text)

    def end(self, tag: str) -> None:
        self.path.pop()
        language, text = self.languages.pop(), " ".join("".join(self.text).split())[:TEXT_LIMIT_CHARACTERS]
        self.text = []
        if self.disorder is None:
            return
        if tag == "Disorder" and "Disorder" not in self.path:
            self.ready.append(self.disorder)
            self.disorder = None
            return
        self._told(tag, text, language)

    def _told(self, tag: str, text: str, language: str) -> None:
        one, inside = self.disorder, self.path[-1]
        if one is None or not text:
            return
        if kind := NAMES.get((inside, tag)):
            one.names += [(language, kind[0], text)] if len(one.names) < NAMES_LIMIT else []
        elif _NUMBER.fullmatch(text):
            _numbered(one, tag, inside, int(text))


def _numbered(one: _Disorder, tag: str, inside: str, number: int) -> None:
    """A code or a flag of a disorder."""
    if tag in CODE_TAGS and inside == "Disorder":
        one.code = f"ORPHA:{number}"
    elif tag in CODE_TAGS and inside in ("TargetDisorder", "OutDisorder"):
        one.target = f"ORPHA:{number}"
    elif tag == "FlagValue" or (inside, tag) == ("DisorderFlag", "Value"):
        one.flags |= number


def entries(path: Path) -> Iterator[Entry]:
    """What a file of Orphanet holds, for a catalogue of its own. BadCatalogue, in words for the host, if it is none."""
    try:
        if path.stat().st_size > FILE_LIMIT_BYTES:
            raise BadCatalogue(f"the file is larger than {FILE_LIMIT_BYTES // 1_000_000} MB")
        with path.open("rb") as file:
            yield from parse(file)
    except OSError as error:
        raise BadCatalogue("the file cannot be read") from error


def parse(file: IO[bytes]) -> Iterator[Entry]:
    """The same for bytes that lie open."""
    reader = _Reader()
    try:
        yield from _parsed(file, reader, expat.ParserCreate())
    except expat.ExpatError as error:
        raise BadCatalogue(f"the file is not XML: {error}") from error


def _parsed(file: IO[bytes], reader: _Reader, parser: expat.XMLParserType) -> Iterator[Entry]:
    parser.StartDoctypeDeclHandler = _refuse
    parser.EntityDeclHandler = _refuse
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler = reader.start, reader.end
    parser.CharacterDataHandler = reader.characters
    count, languages = 0, set[str]()
    while True:
        chunk = file.read(CHUNK_BYTES)
        try:
            parser.Parse(chunk, not chunk)
        except BadCatalogue:
            raise
        except (LookupError, ValueError) as error:  # what its first line calls it is unknown to Python, or to expat
            raise BadCatalogue("the encoding of the file cannot be read; it should be UTF-8") from error
        for disorder in reader.ready:
            count += bool(disorder.code)
            if count > DISORDERS_LIMIT:
                raise BadCatalogue(f"the file holds more than {DISORDERS_LIMIT} disorders")
            for entry in _of(disorder):
                languages |= {entry.language} if isinstance(entry, Name) else set()
                yield entry
        reader.ready.clear()
        if not chunk:
            break
    if not reader.is_orphanet or not languages:
        raise BadCatalogue("the file holds no names of Orphanet's nomenclature")
    yield Release(f"Orphanet ({', '.join(sorted(languages))})", reader.version, "CC BY 4.0", "https://www.orphadata.com")


def _refuse(*_: object) -> None:
    raise BadCatalogue("the file has a document type of its own, which Orphanet's files have not")


def _of(disorder: _Disorder) -> Iterator[Entry]:
    if not disorder.code:
        return
    if disorder.flags & INACTIVE_FLAG or disorder.moved_to:
        yield Retired(disorder.code, disorder.moved_to)
    for language, kind, text in disorder.names:
        if _LANGUAGE.fullmatch(language):
            yield Name(disorder.code, language, kind, text)
