"""Both languages are complete: nothing missing, nothing half done, nothing left over."""
from __future__ import annotations

import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po, write_po

from server.words.extraction import CATALOGUES, extract, is_code, texts_of, update
from server.words.language import LANGUAGES

PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%%|\{\w+\}")
UNSPACED = re.compile(r"[\w)»%’] [:;?!»]|« |\w[?!»]")  # French wants a non-breaking space there


@pytest.fixture(scope="module")
def source() -> Catalog:
    """What the source says now."""
    return extract()


def catalogue(lang: str) -> Catalog:
    with (CATALOGUES / lang / "LC_MESSAGES" / "messages.po").open("rb") as file:
        return read_po(file, locale=lang)


def ids_of(message: Message) -> tuple[str, ...]:
    return (message.id,) if isinstance(message.id, str) else tuple(message.id)


def messages(lang: str) -> list[Message]:
    return [message for message in catalogue(lang) if message.id]


def test_there_is_a_catalogue_for_each_language_and_each_is_known():
    assert {path.name for path in Path(CATALOGUES).iterdir()} == set(LANGUAGES)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_catalogue_holds_what_the_source_says_and_no_more(lang: str, source: Catalog):
    said = {ids_of(message) for message in source if message.id}
    held = {ids_of(message) for message in messages(lang)}
    assert said - held == set(), "run: python -m server.words.language extract"
    assert held - said == set(), "run: python -m server.words.language extract"
    assert not catalogue(lang).obsolete


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_message_is_translated_by_a_person(lang: str):
    assert [ids_of(message) for message in messages(lang) if not all(texts_of(message))] == []
    assert [ids_of(message) for message in messages(lang) if message.fuzzy] == []


def test_collecting_keeps_what_somebody_wrote(tmp_path: Path):
    """Also in English, where all else says what the source says now."""
    lines = (("%(num)d line", "%(num)d lines"), ("%(num)d day", "%(num)d days"), "Plain", "Gone", "error.code")

    def found(*ids: str | tuple[str, str]) -> Catalog:
        catalogue = Catalog()
        for id_ in ids:
            catalogue.add(id_)
        return catalogue
    path = tmp_path / "messages.po"
    for lang in ("en", "fr"):
        written = update(path, lang, found(*lines))
        for id_, text in (("%(num)d line", ("One line", "%(num)d lines")), ("error.code", "A sentence.")):
            written[id_].string = text
        with path.open("wb") as file:
            write_po(file, written)
        update(path, lang, found(lines[0], ("%(num)d day", "%(num)d long days"), "Plain", "New", "error.code"))
        with path.open("rb") as file:
            kept = {ids_of(message)[0]: texts_of(message) for message in read_po(file, locale=lang) if message.id}
        same = lang == "en"
        assert kept == {"%(num)d line": ("One line", "%(num)d lines"), "error.code": ("A sentence.",),
                        "%(num)d day": ("%(num)d day", "%(num)d long days") if same else ("", ""),
                        "Plain": ("Plain",) if same else ("",), "New": ("New",) if same else ("",)}
        path.unlink()


def test_every_code_says_a_sentence_in_english():
    assert [message.id for message in messages("en") if is_code(ids_of(message)[0]) and texts_of(message)[0] == message.id] == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_translations_fill_the_same_placeholders(lang: str):
    wrong = []
    for message in messages(lang):
        wanted = {frozenset(PLACEHOLDER.findall(text)) for text in ids_of(message)}
        given = {frozenset(PLACEHOLDER.findall(text)) for text in texts_of(message)}
        if not given <= wanted:
            wrong.append((ids_of(message), texts_of(message)))
    assert wrong == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_per_cent_sign_is_part_of_a_placeholder_or_doubled(lang: str):
    texts = [text for message in messages(lang) for text in (*ids_of(message), *texts_of(message))]
    assert [text for text in texts if "%" in PLACEHOLDER.sub("", text)] == []


def test_french_has_its_non_breaking_spaces():
    assert [text for message in messages("fr") for text in texts_of(message) if UNSPACED.search(PLACEHOLDER.sub("x", text))] == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_interface_neither_shouts_nor_uses_the_words_we_do_not_use(lang: str):
    """Content style and glossary of the design: no exclamation mark, no jargon of other software."""
    unwanted = re.compile(r"!|\b(toot|boost|retweet|opt-in|fediverse|oops|oups|sufferer|victim|instance)\b", re.IGNORECASE)
    assert [text for message in messages(lang) for text in texts_of(message) if unwanted.search(text)] == []
