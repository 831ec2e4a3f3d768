"""The lines of a profile in words: what each is called, why it is asked, and what its values say."""
from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from functools import lru_cache

from babel import Locale

from models.profile import ProfileLine, Value
from moderation.profile_codes import AGES
from server.words.language import Words, name_of

#: Languages that can be picked.
LANGUAGES = ("fr", "en", "de", "es", "it", "pt", "nl", "ar", "bg", "bn", "ca", "cs", "da", "el", "et", "fa", "fi", "ga",
             "he", "hi", "hr", "hu", "id", "is", "ja", "ko", "lt", "lv", "mt", "nb", "pl", "ro", "ru", "sk",
             "sl", "sq", "sr", "sv", "sw", "ta", "tr", "uk", "ur", "vi", "wo", "zh")


def title(line: ProfileLine, _: Words) -> str:
    """What a line is called."""
    return {
        ProfileLine.ROLE: _("My situation"), ProfileLine.CONDITION: _("Condition"), ProfileLine.SIGNS: _("Signs"),
        ProfileLine.FIRST_SIGNS: _("First signs in"), ProfileLine.DIAGNOSED: _("Diagnosed in"), ProfileLine.GENE: _("Gene"),
        ProfileLine.PLACE: _("Lives in"), ProfileLine.AGE: _("Age"), ProfileLine.LANGUAGES: _("Languages"),
        ProfileLine.TREATMENTS: _("Treatments"), ProfileLine.ASK_ME: _("Ask me about"),
    }[line]


def titles(_: Words) -> dict[str, str]:
    """What every line is called, by its code."""
    return {str(line): title(line, _) for line in ProfileLine}


def why(line: ProfileLine, _: Words) -> str:
    """Why it is asked."""
    return {
        ProfileLine.ROLE: _("So that others know from where you speak, and find people in the same place."),
        ProfileLine.CONDITION: _("So that people with the same condition find you. “No diagnosis” is an answer too."),
        ProfileLine.SIGNS: _("So that people with the same signs find you, also where the names of your conditions differ."),
        ProfileLine.FIRST_SIGNS: _("Many wait for years for a name. People who waited as long may want to talk to you."),
        ProfileLine.DIAGNOSED: _("So that newcomers find people who know the way, and people who are at the same point."),
        ProfileLine.GENE: _("Some conditions differ by gene. It says something about your family too: tell it only if it helps."),
        ProfileLine.PLACE: _("So that people nearby find you. The country is enough."),
        ProfileLine.AGE: _("So that people of your age find you. It is told in steps of ten years."),
        ProfileLine.LANGUAGES: _("So that people know in which languages they can write to you."),
        ProfileLine.TREATMENTS: _("So that people who live with the same treatment can compare how it goes. It is no advice."),
        ProfileLine.ASK_ME: _("Things you like to be asked about, in a few words each: work, travel, school."),
    }[line]


def roles(_: Words) -> Mapping[str, str]:
    """The situations to choose from, by code."""
    return {
        "living": _("Lives with the condition"), "carer": _("Cares for somebody who has it"),
        "relative": _("Relative who may be at risk"), "looking": _("Looking for a diagnosis"),
        "bereaved": _("Has lost somebody to it"), "professional": _("Health professional"), "researcher": _("Researcher")}


def ages(_: Words) -> Mapping[str, str]:
    """The bands of ages, by code."""
    return {code: _("80 and over") if code == "80+" else code.replace("-", "–") for code in AGES}


@lru_cache(maxsize=4)
def countries(lang: str) -> Mapping[str, str]:
    """Codes of ISO 3166-1 alpha-2 and their names, in the order of the names."""
    named = [(code, name) for code, name in Locale.parse(lang).territories.items()
             if len(code) == 2 and code.isalpha() and code not in {"EU", "EZ", "UN", "XA", "XB", "QO", "ZZ"}]
    return dict(sorted(named, key=lambda pair: unicodedata.normalize("NFKD", pair[1])))


def languages(lang: str) -> Mapping[str, str]:
    """The languages to choose from, by code, each in words of the reader."""
    return {code: name_of(code, lang) for code in LANGUAGES}


def in_words(line: ProfileLine, values: Iterable[Value], _: Words) -> str:
    """All values of a line as others read them."""
    return ", ".join(said(line, one, _) for one in values)


def said(line: ProfileLine, value: Value, _: Words) -> str:
    """One value. Names of the catalogue were kept with it."""
    known: Mapping[str, str] = {}
    if line is ProfileLine.ROLE:
        known = roles(_)
    elif line is ProfileLine.AGE:
        known = ages(_)
    elif line is ProfileLine.LANGUAGES:
        known = languages(_.language)
    elif line is ProfileLine.PLACE:
        country = countries(_.language).get(value.code, value.code)
        return f"{value.text}, {country}" if value.text else country
    return known.get(value.code) or value.text or value.code
