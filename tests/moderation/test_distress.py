"""Words of distress, measured on the sentences of the repository, and on what would make phrases slow or blind."""
import time

import pytest

from moderation import distress
from server.commands import crisis


def test_distress_is_found_and_grief_is_left_alone():
    rows = crisis.sentences()
    assert len(rows) >= 80 and {row["language"] for row in rows} == {"fr", "en"}
    for language in ("fr", "en"):
        found = crisis.figures([row for row in rows if row["language"] == language])
        assert found.distress >= 30 and found.ordinary >= 30
        assert found.recall >= 0.9, language
        assert found.false_share <= 0.1, language
    unseen = crisis.figures([row for row in rows if row["seen"] == "no"])
    assert unseen.recall >= 0.7 and unseen.false_share <= 0.1


@pytest.mark.parametrize("text", ["J’AI ENVIE DE MOURIR", "jai envie de mourir", "Bonjour à tous.\n\nJe veux mourir",
                                  "i wanna die", "J\u2019ai envie d\u2019en finir…"])
def test_case_accents_and_haste_do_not_hide_it(text: str):
    assert distress.speaks_of_danger(["", text])


@pytest.mark.parametrize("text", ["> Je veux mourir\n\nComment te répondre ?", "Elle m'a dit « je veux mourir » avant sa mort.",
                                  "Si vous avez des idées noires, le 3114 répond.", "", "   ", "\0"])
def test_words_of_others_are_not_the_writers(text: str):
    assert not distress.speaks_of_danger([text])


@pytest.mark.parametrize("piece", ["je ", "i want to ", "a", "'", "si je mourais ", "cachets ", "j'ai ", "envie de "])
def test_no_text_makes_it_slow(piece: str):
    begin = time.process_time()
    distress.speaks_of_danger([piece * (20_000 // len(piece))])
    assert time.process_time() - begin < 0.5
