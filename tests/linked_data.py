"""Documents of ours as programs read them that know JSON-LD (Fedify, and with it Ghost and Hollo): a word that no context
explains is a word that was never said. PyLD is the judge; every live server of the tests hands it what it sends and serves.
"""
from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from pyld import jsonld

FOLDER = Path(__file__).parent / "fixtures" / "contexts"
PLACES = {"https://www.w3.org/ns/activitystreams": "activitystreams", "https://w3id.org/security/v1": "security-v1",
          "https://w3id.org/security/multikey/v1": "multikey-v1",
          "https://w3id.org/security/data-integrity/v2": "data-integrity-v2"}
UNKNOWN = "_:"  # what ActivityStreams makes of words that nobody explains
HERE = "relative://here/"  # where an id leads that is no address
_judged: set[frozenset[str]] = set()


class Meaningless(AssertionError):
    """A document with words that mean nothing to who knows JSON-LD."""


def check(document: Mapping[str, Any]) -> None:
    """Raise Meaningless for what says something that is lost. What looks like a document before it is not judged again."""
    shape = frozenset(_shape(document, ""))
    if shape in _judged:
        return
    if lost := sorted(set(meaningless(document))):
        raise Meaningless(f"lost of a {document.get('type')}: {', '.join(lost)}")
    _judged.add(shape)


def meaningless(document: Mapping[str, Any]) -> Iterator[str]:
    """Where properties, types and ids stand that no context explains, or that are no addresses."""
    yield from _lost(expanded(document), "")


def expanded(document: Mapping[str, Any]) -> list[dict[str, Any]]:
    """A document with each word in full (JSON-LD 1.1 API, expansion)."""
    options = {"documentLoader": _load, "expandContext": {"@vocab": UNKNOWN}, "base": HERE}
    found: list[dict[str, Any]] = jsonld.expand(dict(document), options)
    return found


def _lost(part: Any, path: str) -> Iterator[str]:
    if isinstance(part, list):
        for item in part:
            yield from _lost(item, path)
    if not isinstance(part, dict) or "@value" in part:
        return
    ids = [*part.get("@type", ()), *([part["@id"]] if "@id" in part else ())]
    yield from (f"{path} {name}" for name in [*part, *ids] if name.startswith((UNKNOWN, HERE)))
    for name, value in part.items():
        if not name.startswith("@") or name == "@list":
            yield from _lost(value, f"{path}/{name.rpartition('#')[2]}")


def _shape(part: Any, path: str) -> Iterator[str]:
    """What a document consists of, without what it says."""
    if isinstance(part, dict):
        for name, value in part.items():
            said = value if name == "type" or name == "@context" and isinstance(value, str) else type(value).__name__
            yield f"{path}/{name}:{said}"
            yield from _shape(value, f"{path}/{name}")
    elif isinstance(part, list):
        for item in part:
            yield f"{path}:{item if path.endswith('@context') and isinstance(item, str) else type(item).__name__}"
            yield from _shape(item, path)


def _load(url: str, _: object) -> dict[str, Any]:
    return {"contentType": "application/ld+json", "contextUrl": None, "documentUrl": url, "document": _context(PLACES[url])}


@cache
def _context(name: str) -> Any:
    return json.loads((FOLDER / f"{name}.json").read_text())
