"""Names of servers that could be taken for others."""
from __future__ import annotations

import pytest

from moderation.domain_names import Likeness, alike, skeleton

KNOWN = ["melorin.example", "mastodon.social", "fabry.alliance.example", "spam.example"]


@pytest.mark.parametrize(("name", "whom", "how"), [
    ("rnelorin.example", "melorin.example", Likeness.LOOK),
    ("me1orin.example", "melorin.example", Likeness.LOOK),
    ("me-lorin.example", "melorin.example", Likeness.LOOK),
    ("mаstodon.social".encode("idna").decode(), "mastodon.social", Likeness.LOOK),  # a Cyrillic а
    ("mästodon.social".encode("idna").decode(), "mastodon.social", Likeness.LOOK),
    ("melorin.org", "melorin.example", Likeness.ENDING),
    ("malorin.example", "melorin.example", Likeness.NEAR),
    ("melroin.example", "melorin.example", Likeness.NEAR),
    ("melorinn.example", "melorin.example", Likeness.NEAR),
    ("fabrу.alliance.example".encode("idna").decode(), "fabry.alliance.example", Likeness.LOOK),  # a Cyrillic у
])
def test_a_name_like_another_is_named_with_how(name: str, whom: str, how: Likeness) -> None:
    [found] = alike(name, KNOWN)
    assert (found.name, found.how) == (whom, how)


@pytest.mark.parametrize("name", [
    "melorin.example", "a.melorin.example", "alliance.example", "lupus.alliance.example", "span.test", "other.example",
    "xn--zzzzzzz.example", "127.0.0.1:8080", ""])
def test_what_is_its_own_or_short_or_simply_other_is_not(name: str) -> None:
    assert alike(name, KNOWN) == [] and isinstance(skeleton(name), str)
