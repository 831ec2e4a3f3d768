"""Names of servers that could be taken for others."""
from __future__ import annotations

import time

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
    [found] = alike([name], KNOWN)[name]
    assert (found.name, found.how) == (whom, how)


@pytest.mark.parametrize("name", [
    "melorin.example", "a.melorin.example", "alliance.example", "lupus.alliance.example", "span.test", "other.example",
    "xn--zzzzzzz.example", "127.0.0.1:8080", ""])
def test_what_is_its_own_or_short_or_simply_other_is_not(name: str) -> None:
    assert alike([name], KNOWN) == {name: []} and isinstance(skeleton(name), str)


def test_many_names_beside_many_known_ones_are_no_work_of_minutes() -> None:
    known = [f"server{number}.example{number % 97}.org" for number in range(2000)]
    begun = time.process_time()
    assert len(alike([f"knock{number}.example" for number in range(50)], known)) == 50
    assert time.process_time() - begun < 1  # ten times as many known names stay a moment, too
