"""The catalogue of this server: what is shipped and what the host has imported. Nothing of it is loaded before it is asked."""
from __future__ import annotations

import hashlib
import sqlite3
import subprocess
import sys
from array import array
from collections.abc import Collection, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from models.catalogue import index, nomenclature, records
from models.catalogue import search as searching
from models.catalogue.records import BadCatalogue, Release
from models.catalogue.search import Found, Kind

SHIPPED = Path(__file__).with_name("catalogue.gz")
ROOT = Path(__file__).parents[2]
INDEX_SECONDS = 120
IMPORTS_LIMIT = 20


@dataclass(frozen=True, slots=True)
class SignFacts:
    """A sign and all that it is a kind of, by numbers of HPO; `information`: its information content in bits."""

    above: frozenset[int]
    information: float


class Catalogue:
    """Answers out of one file in the server's folder. Every method may block on the disk: call it in a thread."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "catalogue"

    def prepare(self) -> None:
        """See that the index is there, so that nobody who searches waits some seconds for it. Raises BadCatalogue."""
        with self._opened():
            pass

    def making(self) -> list[str]:
        """The command, for the folder `ROOT`, that makes the index of these very sources; none if it is there.

        It is a process of its own: what it needs of memory for two seconds stays there.
        """
        path = self._index()
        if path.exists():
            return []
        self.folder.mkdir(parents=True, exist_ok=True)
        return [sys.executable, "-m", "models.catalogue.index", str(path), *map(str, self._imported()), str(SHIPPED)]

    def search(self, question: str, kind: Kind, language: str, limit: int = 10) -> list[Found]:
        """The best conditions or signs for words that somebody typed."""
        with self._opened() as database:
            return searching.search(database, question, kind, language, limit)

    def labels(self, codes: Collection[str], language: str) -> dict[str, str]:
        """The names of these codes; what the catalogue does not know is left out. Retired codes have a name too."""
        with self._opened() as database:
            named = {code: searching.label(database, code, language) for code in codes}
        return {code: text for code, text in named.items() if text}

    def current(self, code: str) -> str:
        """The code that is used today for this one, "" if there is none or it is not known."""
        with self._opened() as database:
            there = searching.current(database, code)
            return there if there and searching.label(database, there, "en") else ""

    def signs(self, terms: Collection[int]) -> dict[int, SignFacts]:
        """What is known of these signs."""
        with self._opened() as database:
            found = {}
            for term in terms:
                row = database.execute("SELECT above, information FROM sign WHERE number = ?", (term,)).fetchone()
                if row:
                    found[term] = SignFacts(frozenset(array("i", row[0])), float(row[1]))
            return found

    def signs_of(self, condition: str) -> list[tuple[str, int]]:
        """The signs of a condition with their frequency as `records.Link` has it, the most frequent first."""
        with self._opened() as database:
            row = database.execute("SELECT signs FROM link WHERE code = ?", (condition,)).fetchone()
        pairs = [pair.split(":") for pair in str(row[0]).split()] if row else []
        return sorted(((records.sign_code(int(term)), int(often)) for term, often in pairs), key=lambda pair: (pair[1], pair[0]))

    def some_conditions(self, count: int) -> list[str]:
        """Codes of conditions, at random."""
        with self._opened() as database:
            return [str(row[0]) for row in database.execute("SELECT code FROM link ORDER BY random() LIMIT ?", (count,))]

    def releases(self) -> list[Release]:
        """The sources, with their versions and licences, for the pages that show the catalogue."""
        with self._opened() as database:
            return [Release(*row) for row in database.execute("SELECT source, version, licence, address FROM source")]

    def import_nomenclature(self, file: Path) -> tuple[Release, int]:
        """Take in a file of Orphanet: its release and how many names. It replaces the one of the same language.

        Raises BadCatalogue, and changes nothing, for a file that is not what it should be.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        found = list(nomenclature.entries(file))
        release = next(entry for entry in found if isinstance(entry, Release))
        languages = sorted({entry.language for entry in found if isinstance(entry, records.Name)})
        part = self.folder / f"orphanet-{'-'.join(languages)[:60]}.part"
        if not part.with_suffix(".gz").exists() and len(self._imported()) >= IMPORTS_LIMIT:
            raise BadCatalogue(f"{IMPORTS_LIMIT} files have been imported already")
        records.write(part, [release, *(entry for entry in found if entry is not release)])
        part.replace(part.with_suffix(".gz"))
        self.prepare()
        return release, sum(isinstance(entry, records.Name) for entry in found)

    def _imported(self) -> list[Path]:
        return sorted(self.folder.glob("orphanet-*.gz"))

    def _index(self) -> Path:
        """Where the index of these very sources is."""
        sources = [*self._imported(), SHIPPED]
        told = [(path.name, (stat := path.stat()).st_size, stat.st_mtime_ns) for path in sources]
        return self.folder / f"index-{hashlib.sha256(repr((index.VERSION, told)).encode()).hexdigest()[:16]}.sqlite3"

    @contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        path = self._index()
        if command := self.making():
            made = subprocess.run(command, timeout=INDEX_SECONDS, capture_output=True, check=False, cwd=ROOT)  # noqa: S603 - ours
            if made.returncode:
                raise BadCatalogue("the index of the catalogue could not be made")
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)) as database:
            yield database

