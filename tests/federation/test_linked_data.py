"""The judge of `tests.linked_data` sees what is lost; what our servers say is put before it by every story (tests/live.py)."""
from __future__ import annotations

import pytest

from federation.contexts import AS, note_context
from tests import linked_data

NOTE = {"@context": note_context("https://a.example"), "id": "https://a.example/posts/1", "type": "Note",
        "content": "<p>Hello</p>", "attributedTo": "https://a.example/actors/1", "sensitive": True,
        "contentMap": {"en": "<p>Hello</p>"}}


@pytest.mark.parametrize("change, lost", [
    ({}, []),
    ({"mood": "good"}, [" _:mood"]),
    ({"@context": AS}, [" _:sensitive"]),
    ({"type": "Poem"}, [" _:Poem"]),
    ({"attributedTo": "nobody"}, ["/attributedTo relative://here/nobody"]),
    ({"attachment": [{"type": "Document", "glow": 1}]}, ["/attachment _:glow"]),
])
def test_what_no_context_explains_is_found(change: dict[str, object], lost: list[str]) -> None:
    assert list(linked_data.meaningless(NOTE | change)) == lost


def test_of_two_documents_of_one_kind_both_are_looked_at_where_they_differ() -> None:
    linked_data.check(NOTE)
    for change in ({"mood": "good"}, {"@context": AS}, {"type": "Poem"}):
        with pytest.raises(linked_data.Meaningless):
            linked_data.check(NOTE | change)


def test_what_a_message_quotes_has_the_types_that_others_give_it() -> None:
    """Text for Fedibird and Misskey, an id for FEP-044f: Fedify answers 400 to anything else."""
    uri = "https://b.example/notes/1"
    quoting = NOTE | {"quote": uri, "quoteAuthorization": uri, "quoteUri": uri, "_misskey_quote": uri}
    said = linked_data.expanded(quoting)[0]
    assert said["http://fedibird.com/ns#quoteUri"] == said["https://misskey-hub.net/ns#_misskey_quote"] == [{"@value": uri}]
    assert said["https://w3id.org/fep/044f#quote"] == said["https://w3id.org/fep/044f#quoteAuthorization"] == [{"@id": uri}]
