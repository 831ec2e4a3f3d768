"""Collects the messages of the source into the catalogues that translators edit: `python -m server.words.language extract`."""
from __future__ import annotations

import ast
import sys
from collections.abc import Collection, Iterator
from copy import deepcopy
from pathlib import Path
from typing import IO, Any

from babel.messages.catalog import Catalog
from babel.messages.catalog import Message as BabelMessage
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).parents[2]
CATALOGUES = ROOT / "themes" / "base" / "translations"
SOURCES = (("models", "**.py"), ("moderation", "**.py"), ("federation", "**.py"), ("server", "**.py"),
           ("themes/base/templates", "**.html"), ("themes/base/templates", "**.txt"))
HEADER = "# What Dazzle says. Collected by `python -m server.words.language extract`; licence: AGPL-3.0-or-later."
KEYWORDS: dict[str, Any] = {"_": None, "gettext": None, "ngettext": (1, 2), "N_": None}
JINJA = {"encoding": "utf-8", "silent": "false", "extensions": "jinja2.ext.i18n", "trimmed": "true"}
Extracted = tuple[int, str, str | tuple[str, ...], list[str]]


def said_in_python(file: IO[bytes], keywords: Collection[str], comment_tags: Collection[str],
                   options: object) -> Iterator[Extracted]:
    """What Python code says to people. An extraction method of Babel, whose own loses `_("…", x=f(_))`.

    The calls of KEYWORDS; every `safe = "…"` of a class; "refused.…" for every reason of a rule, which is a
    function of `facts: Facts` as in `moderation.policy`.
    """
    for node in ast.walk(ast.parse(file.read())):
        if isinstance(node, ast.Call):
            yield from _call(node)
        elif isinstance(node, ast.ClassDef):
            yield from ((line, "", text, []) for line, text in _safe_texts(node))
        elif isinstance(node, ast.FunctionDef) and node.args.args and _names(node.args.args[0].annotation, "Facts"):
            yield from ((line, "", f"refused.{reason}", []) for line, reason in _reasons(node))


def _call(call: ast.Call) -> Iterator[Extracted]:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    if name in KEYWORDS:
        texts = tuple(one.value for one in call.args if isinstance(one, ast.Constant) and isinstance(one.value, str))
        if len(texts) == (2 if KEYWORDS[name] else 1):
            yield call.lineno, name, texts if len(texts) > 1 else texts[0], []


def _names(annotation: ast.expr | None, name: str) -> bool:
    return isinstance(annotation, ast.Name) and annotation.id == name


def _safe_texts(node: ast.ClassDef) -> Iterator[tuple[int, str]]:
    for line in node.body:
        if isinstance(line, ast.Assign) and isinstance(line.value, ast.Constant) and isinstance(line.value.value, str):
            if any(isinstance(target, ast.Name) and target.id == "safe" for target in line.targets):
                yield line.lineno, line.value.value


def _reasons(rule: ast.FunctionDef) -> Iterator[tuple[int, str]]:
    returns = (line for line in ast.walk(rule) if isinstance(line, ast.Return) and line.value)
    for part in (part for line in returns for part in ast.walk(line)):
        if isinstance(part, ast.Constant) and isinstance(part.value, str):
            yield part.lineno, part.value


def extract(root: Path = ROOT) -> Catalog:
    """Every message of the source, in the order of the files."""
    found = Catalog(project="Dazzle", version="", copyright_holder="The Dazzle project", charset="utf-8")
    for folder, pattern in SOURCES:
        if not (root / folder).is_dir():
            continue
        method = "server.words.extraction:said_in_python" if pattern.endswith("py") else "jinja2"
        for name, line, message, _, context in extract_from_dir(
                root / folder, method_map=[(pattern, method)], options_map={pattern: JINJA}, keywords=KEYWORDS):
            found.add(message, locations=[(f"{folder}/{name}", line)], context=context)
    return found


def update(path: Path, lang: str, found: Catalog) -> Catalog:
    """The catalogue of a language with what the source says now: translations kept, what is no longer said dropped. English says
    what the source says, unless somebody has written it otherwise.
    """
    catalogue = Catalog(locale=lang, project="Dazzle", version="1", charset="utf-8", fuzzy=False, msgid_bugs_address="",
                        last_translator="", language_team=lang, header_comment=HEADER)
    if path.is_file():
        with path.open("rb") as file:
            catalogue = read_po(file, locale=lang)
    reworded = _reworded(catalogue)
    catalogue.update(deepcopy(found), no_fuzzy_matching=True, update_header_comment=False,
                     update_creation_date=False)
    catalogue.obsolete.clear()
    if lang == "en":
        _answer_itself(catalogue, reworded)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        write_po(file, catalogue, width=120, no_location=True, sort_by_file=True, omit_header=False)
    return catalogue


def is_code(message: str) -> bool:
    """Whether a message is a code such as "error.not_here", whose English must be written."""
    return "." in message and " " not in message and message == message.lower() and not message.endswith(".")


def texts_of(message: BabelMessage) -> tuple[str, ...]:
    """The translation of a message, one text for each plural form; empty where it is missing."""
    return (message.string or "",) if not isinstance(message.string, list | tuple) else tuple(message.string)


def _reworded(catalogue: Catalog) -> set[str]:
    """The messages that say something else than the source, by their first text."""
    return {_first(message) for message in catalogue if all(texts_of(message)) and message.string != message.id}


def _answer_itself(catalogue: Catalog, reworded: Collection[str]) -> None:
    for message in catalogue:
        first = _first(message)
        if first and not is_code(first) and first not in reworded:
            message.string = message.id
            message.flags.discard("fuzzy")


def _first(message: BabelMessage) -> str:
    return str(message.id if isinstance(message.id, str) else message.id[0])


def main(arguments: list[str]) -> int:
    """Update the catalogues and say how many messages wait for a translator."""
    if arguments != ["extract"]:
        print("usage: python -m server.words.language extract", file=sys.stderr)
        return 2
    found = extract()
    for path in sorted(CATALOGUES.iterdir()):
        catalogue = update(path / "LC_MESSAGES" / "messages.po", path.name, found)
        waiting = sum(not all(texts_of(message)) for message in catalogue if message.id)
        print(f"{path.name}: {len(catalogue)} messages, {waiting} not translated")
    return 0
