"""WebFinger of others: which links count, and which address somebody has."""
from __future__ import annotations

from typing import Any

import pytest

from federation import handles
from federation.actor_document import ActorDocument
from federation.errors import Malformed
from federation.webfinger import AS_TYPES, SELF, domain_in, links, self_link
from models import Actor

ALICE = "https://social.example.org/users/alice"
GOOD: dict[str, Any] = {"rel": SELF, "type": AS_TYPES[0], "href": ALICE}
LD = GOOD | {"type": AS_TYPES[1]}


def test_which_links_count() -> None:
    odd: list[Any] = ["x", GOOD | {"rel": "alternate"}, GOOD | {"href": None}, GOOD | {"type": "text/html"}]
    answer = {"links": [*odd, GOOD, LD]}
    assert links(answer, SELF, AS_TYPES) == [GOOD, LD] and links(answer, SELF) == [odd[3], GOOD, LD]
    assert self_link(answer, "example.org") == ALICE
    for nothing in ({}, {"links": {"rel": SELF}}, {"links": odd}):
        assert links(nothing, SELF, AS_TYPES) == []
        with pytest.raises(Malformed):
            self_link(nothing, "example.org")


@pytest.mark.parametrize(("address", "domain"), [
    ("acct:alice@Example.ORG", "example.org"), (" @ALICE@example.org ", "example.org"), ("alice@example.org", "example.org"),
    ("bob@example.org", ""), ("alice@exa mple.org", ""), ("alice@[", ""), ("alice", ""), ("https://example.org/@alice", ""),
    (None, ""), (["alice@example.org"], "")])
def test_the_domain_of_an_address_with_this_name(address: Any, domain: str) -> None:
    assert domain_in(address, "alice") == domain


@pytest.mark.parametrize(("name", "said", "known", "may"), [
    ("alice", None, "", False), ("alice", None, "example.org", False), ("alicia", None, "", True),
    ("alice", "alice@example.org", "example.org", False), ("alice", "alice@example.org", "", True),
    ("alice", "alice@social.example.org", "", False), ("alice", "alice@social.example.org", "example.org", True)])
def test_when_an_address_is_looked_up_again(name: str, said: str | None, known: str, may: bool) -> None:
    """Not each time that somebody sends their profile."""
    document: dict[str, Any] = {"id": ALICE, "type": "Person", "preferredUsername": name, "inbox": f"{ALICE}/inbox"}
    there = Actor(uri=ALICE, name="alice", host="social.example.org", domain=known)
    assert handles.may_have_changed(ActorDocument.parse(document | ({"webfinger": said} if said else {})), there) is may
