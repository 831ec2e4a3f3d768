"""Messages, dates and numbers in the reader's language."""
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from server.words.language import BASE, ago, choose, day, direction, gettext_for, moment, name_of, number

NOW = datetime(2026, 3, 19, 12, tzinfo=UTC)


@pytest.mark.parametrize(("header", "cookie", "member", "chosen"), [
    ("", "", "", "fr"),
    ("en", "", "", "en"),
    ("en-GB,en;q=0.9,fr;q=0.8", "", "", "en"),
    ("de,fr;q=0.3,en;q=0.5", "", "", "en"),
    ("de", "", "", "fr"),
    ("en;q=0", "", "", "fr"),
    ("en", "fr", "", "fr"),
    ("en", "fr", "en", "en"),
    ("en", "xx", "../etc", "en"),
    (";;;,,q=1,=,en;q=x,*", "", "", "fr"),
    ("en;q=nan", "", "", "fr"),
    ("en;q=9", "", "", "fr"),
    ("x," * 100_000 + "en", "", "", "fr"),
])
def test_the_language_is_the_members_else_the_cookies_else_the_browsers(header: str, cookie: str, member: str, chosen: str):
    assert choose(header, cookie, member, "fr") == chosen


def test_messages_speak_french_with_the_spaces_of_french():
    _ = gettext_for("fr")
    assert _("Who will read it?") == "Qui va le lire\u00a0?"
    assert _("Answer to %(name)s", name="100 %") == "Réponse à 100 %"


def test_no_reply_is_singular_in_french_and_plural_in_english():
    assert gettext_for("fr").ngettext("%(num)d reply", "%(num)d replies", 0) == "0 réponse"
    assert gettext_for("en").ngettext("%(num)d reply", "%(num)d replies", 0) == "0 replies"
    assert gettext_for("fr").ngettext("%(num)d reply", "%(num)d replies", 2) == "2 réponses"


def test_a_code_has_its_english_and_an_unknown_sentence_stays():
    assert gettext_for("en")("error.not_here") == "Nothing here, or no longer visible to you."
    assert gettext_for("fr")("A sentence nobody translated") == "A sentence nobody translated"


def test_a_child_theme_says_some_things_in_its_own_words(tmp_path: Path):
    folder = tmp_path / "translations" / "en" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "messages.po").write_text('msgid "Home"\nmsgstr "Kitchen"\n')
    _ = gettext_for("en", (tmp_path, BASE))
    assert (_("Home"), _("People")) == ("Kitchen", "People")


def test_the_catalogues_are_read_fast_enough_for_a_start_within_two_seconds():
    gettext_for.cache_clear()
    start = time.process_time()
    gettext_for("fr")
    gettext_for("en")
    assert time.process_time() - start < 0.8


@pytest.mark.parametrize(("passed", "english", "french"), [
    (timedelta(seconds=-3600), "just now", "à l’instant"),
    (timedelta(seconds=3), "just now", "à l’instant"),
    (timedelta(minutes=5), "5 minutes ago", "il y a 5 minutes"),
    (timedelta(hours=2), "2 hours ago", "il y a 2 heures"),
    (timedelta(days=3), "3 days ago", "il y a 3 jours"),
    (timedelta(days=7), "12 March 2026", "12 mars 2026"),
    (timedelta(days=8000), "23 April 2004", "23 avril 2004"),
])
def test_times_are_relative_up_to_a_week(passed: timedelta, english: str, french: str):
    assert (ago(NOW - passed, NOW, "en"), ago(NOW - passed, NOW, "fr")) == (english, french)


def test_days_and_numbers_are_written_as_people_write_them():
    assert (day(date(2026, 5, 1), "fr"), day(date(2026, 5, 11), "fr")) == ("1er mai 2026", "11 mai 2026")
    assert number(2300, "en") == "2,300"
    assert number(2300, "fr") == "2\u202f300"
    assert "14:05" in moment(datetime(2026, 5, 1, 14, 5, tzinfo=UTC), "fr")


def test_languages_have_names_and_directions():
    assert name_of("de", "fr") == "allemand"
    assert name_of("pt-BR", "en") == "Portuguese"
    assert name_of("<b>", "en") == "<b>"
    assert name_of("", "en") == ""
    assert (direction("ar"), direction("ar-EG"), direction("fr")) == ("rtl", "rtl", "ltr")
