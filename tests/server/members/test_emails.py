"""Which addresses are taken (CVE-2026-41259)."""
from __future__ import annotations

import pytest

from server.members import emails


@pytest.mark.parametrize(("typed", "kept"), [
    ("Petite.Ourse@Example.ORG ", "petite.ourse@example.org"),
    ("o'brien+dazzle@mail.example.co.uk", "o'brien+dazzle@mail.example.co.uk"),
    ("a@b.fr", "a@b.fr"), ("x@xn--bcher-kva.example", "x@xn--bcher-kva.example")])
def test_ordinary_addresses_are_kept_in_one_spelling(typed: str, kept: str) -> None:
    assert emails.normal(typed) == kept


@pytest.mark.parametrize("typed", [
    "", "nobody", "@example.org", "a@", "a@b@example.org", "a@localhost", "a@192.0.2.1",
    "a b@example.org", '"a"@example.org',
    "a(c)@example.org", "a%b.example@example.org", "b.example!a@example.org", "a@example.org\nBcc: b@example.org",
    "é@example.org",
    "a@exämple.org", ".a@example.org", "a..b@example.org", "a@-example.org", "a@example..org", "a" * 65 + "@example.org",
    "a@" + "b" * 64 + ".org", "a@" + "b." * 130 + "org", "a@[192.0.2.1]", "<a@example.org>", "a,b@example.org"])
def test_what_mail_servers_may_read_differently_is_refused(typed: str) -> None:
    assert emails.normal(typed) == ""
