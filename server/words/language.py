"""What the server says, in the reader's language: messages, dates, numbers.

Messages are gettext catalogues, read straight from the `.po` files that translators edit. An English
sentence is its own key; a code such as "error.not_here" has its English in the English catalogue.

    _ = gettext_for("fr")
    _("Welcome, %(name)s", name="Petite Ourse")
    _.ngettext("%(num)d reply", "%(num)d replies", 3)

`python -m server.words.language extract` collects the messages of the source into the catalogues.
"""
from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from gettext import c2py
from pathlib import Path

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_time, format_timedelta
from babel.messages.pofile import read_po
from babel.numbers import format_decimal

LANGUAGES = ("fr", "en")
RIGHT_TO_LEFT = frozenset({"ar", "dv", "fa", "he", "ps", "sd", "ug", "ur", "yi"})
BASE = Path(__file__).parents[2] / "themes" / "base"
HEADER_LIMIT = 500  # characters of Accept-Language that are read
RELATIVE_FOR = timedelta(days=7)
JUST_NOW = timedelta(minutes=1)
ENGLISH_PLURAL = "n != 1"
LOCALES = {"en": "en_GB"}  # "12 March 2026", not "March 12, 2026"


#: What stands for a message, and for (its singular, the number of a plural form).
Texts = dict[str | tuple[str, int], str]
PluralRule = Callable[[int], int]  # the number of the form that goes with a number of things


class Words:
    """The messages of one `language`. Calling it translates; values fill `%(name)s`, and `%%` is a plain %."""

    def __init__(self, texts: Texts, form: PluralRule, language: str) -> None:
        self._texts = texts
        self._form = form
        self.language = language

    def gettext(self, message: str) -> str:
        """The translation, its placeholders untouched."""
        return self._texts.get(message) or self._texts.get((message, self._form(1)), message)

    def plural(self, one: str, many: str, count: int) -> str:
        """The translation for a number, its placeholders untouched."""
        return self._texts.get((one, self._form(count))) or (one if count == 1 else many)

    def __call__(self, message: str, **values: object) -> str:
        """The translation, with its placeholders filled."""
        return self.gettext(message) % values

    def ngettext(self, one: str, many: str, count: int, **values: object) -> str:
        """The translation that goes with a number; `%(num)d` is the number."""
        return self.plural(one, many, count) % {"num": count, **values}


@lru_cache(maxsize=16)
def gettext_for(lang: str, folders: tuple[Path, ...] = (BASE,)) -> Words:
    """The messages in a language ("fr", "en"), those of a child theme first; English keys where nothing is found.

    Each catalogue is read once in the life of the process.
    """
    paths = [folder / "translations" / lang / "LC_MESSAGES" / "messages.po" for folder in folders]
    oldest_first = [_read(path, lang) for path in reversed(paths) if path.is_file()]
    texts: Texts = {}
    for found, _ in oldest_first:
        texts |= found
    return Words(texts, oldest_first[0][1] if oldest_first else c2py(ENGLISH_PLURAL), lang)


def _read(path: Path, lang: str) -> tuple[Texts, PluralRule]:
    """A catalogue as it is written: to compile it first, as gettext would, takes twice the time of reading it."""
    with path.open("rb") as file:
        catalogue = read_po(file, locale=lang, abort_invalid=True)
    texts: Texts = {}
    for message in catalogue:
        if not message.id or not message.string or message.fuzzy or message.context:
            continue
        if isinstance(message.id, str):
            texts[message.id] = str(message.string)
        else:
            texts |= {(message.id[0], form): text or message.id[min(form, 1)] for form, text in enumerate(message.string)}
    return texts, c2py(catalogue.plural_expr)


def choose(accept_language: str = "", cookie: str = "", member: str = "", default: str = "fr",
           known: Iterable[str] = LANGUAGES) -> str:
    """The language of a page: the member's own setting, else the choice kept in the cookie, else the browser's wish."""
    languages = tuple(known)
    for wanted in (member, cookie):
        if wanted in languages:
            return wanted
    wishes = []
    for place, part in enumerate(accept_language[:HEADER_LIMIT].split(",")):
        tag, _, parameters = part.strip().partition(";")
        weight = _weight(parameters)
        if weight > 0:
            wishes.append((-weight, place, tag.strip().lower().partition("-")[0]))
    return next((tag for _, _, tag in sorted(wishes) if tag in languages), default)


def _weight(parameters: str) -> float:
    """The q of RFC 9110 §12.4.2: 1 when absent, 0 (not wanted) when it cannot be read."""
    name, _, value = parameters.replace(" ", "").partition("=")
    if not name:
        return 1.0
    try:
        return float(value) if name == "q" and float(value) <= 1 else 0.0
    except ValueError:
        return 0.0


def direction(lang: str) -> str:
    """ "ltr" or "rtl"."""
    return "rtl" if lang.partition("-")[0] in RIGHT_TO_LEFT else "ltr"


@lru_cache(maxsize=16)
def locale_of(lang: str) -> Locale:
    """How a language writes dates, numbers and names."""
    return Locale.parse(LOCALES.get(lang, lang))


def number(value: int | float, lang: str) -> str:
    """A number as people write it: "2 300", "2,300"."""
    return format_decimal(value, locale=locale_of(lang))


def month(first: date, lang: str) -> str:
    """"March 2026" in a language, as a heading."""
    words = format_date(first, "LLLL y", locale=LOCALES.get(lang, lang))
    return words[:1].upper() + words[1:]


def day(when: date, lang: str) -> str:
    """A day: "12 March 2026"."""
    words = format_date(when, "long", locale=locale_of(lang))
    return f"1er{words[1:]}" if when.day == 1 and lang == "fr" else words


def moment(when: datetime, lang: str) -> str:
    """A day and time of day in UTC, for the rare place that needs it: "12 March 2026, 18:00 UTC"."""
    return f"{on_the_wall(when.astimezone(UTC), lang)} UTC"


def on_the_wall(when: datetime, lang: str) -> str:
    """A day and time of day by the clock that this time is told by: "12 March 2026, 18:00"."""
    return f"{day(when, lang)}, {time_of_day(when, lang)}"


def time_of_day(when: datetime, lang: str) -> str:
    """The same without its day: "18:00"."""
    return format_time(when, "short", tzinfo=when.tzinfo, locale=locale_of(lang))


def ago(then: datetime, now: datetime, lang: str) -> str:
    """How long ago: "2 hours ago" up to a week, then the day. Clocks of other servers that run ahead mean now."""
    passed = now - then
    _ = gettext_for(lang)
    if passed < JUST_NOW:
        return _("just now")
    if passed < RELATIVE_FOR:
        return _minutes_ago(passed // JUST_NOW, lang)
    return _day(then.date(), lang)


def lasting(time: timedelta, lang: str) -> str:
    """How long something takes, in its largest unit: "5 hours"."""
    return format_timedelta(time, locale=locale_of(lang))


@lru_cache(maxsize=1024)
def _day(when: date, lang: str) -> str:
    return day(when, lang)


@lru_cache(maxsize=4096)
def _minutes_ago(minutes: int, lang: str) -> str:
    return format_timedelta(timedelta(minutes=-minutes), add_direction=True, locale=locale_of(lang))


@lru_cache(maxsize=256)
def name_of(code: str, lang: str) -> str:
    """The name of a language in a language: "de" is "German" in English. The code itself when nobody knows it."""
    try:
        return Locale.parse(code.replace("-", "_")).get_language_name(locale_of(lang).language) or code
    except (UnknownLocaleError, ValueError):
        return code


if __name__ == "__main__":
    from server.words.extraction import main
    sys.exit(main(sys.argv[1:]))
