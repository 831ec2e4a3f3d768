"""The words of questions: filled in as a language wants it, and each version with all that it has to say."""
from __future__ import annotations

import pytest

from models.consent import Purpose
from moderation.wordings import WORDINGS


@pytest.mark.parametrize(("condition", "said"), [
    ("le déficit en mélorine", "parle du déficit en mélorine"), ("Les maladies rares", "parle des maladies rares"),
    ("la mélorine", "parle de la mélorine"), ("l’hypophosphatasie", "parle de l’hypophosphatasie"),
    ("lesinurad", "parle de lesinurad"), ("le", "parle de le"), ("le {x}", "parle du {x}"), ("mélorine", "parle de mélorine")])
def test_french_contracts_before_the_name_of_a_condition(condition: str, said: str) -> None:
    for purpose in (Purpose.MEMBERSHIP, Purpose.SHARED_OUT):
        words = WORDINGS[purpose][-1].in_words("fr", community="Le lieu", condition=condition)
        assert f"{said} : son" in words or f"{said}, et" in words
        assert f"about {condition}" in WORDINGS[purpose][-1].in_words("en", community="Le lieu", condition=condition)


def test_every_version_can_be_filled_in_both_languages() -> None:
    for wordings in WORDINGS.values():
        assert len({one.version for one in wordings}) == len(wordings)
        for one in wordings:
            for language in ("fr", "en"):
                words = one.in_words(language, community="Alpha", condition="le soleil")
                assert words and "{" not in words


def test_being_found_by_partners_names_the_waiting_list() -> None:
    newest = WORDINGS[Purpose.FOUND_BY_PARTNERS][-1]
    assert "waiting list" in newest.text["en"] and "liste d’attente" in newest.text["fr"]
