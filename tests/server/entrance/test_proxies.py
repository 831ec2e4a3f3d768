"""Who asks, when somebody says so in a header (CVE-2024-34535)."""
from __future__ import annotations

import pytest
from aiohttp.test_utils import make_mocked_request

from server.entrance.proxies import bucket, client_address


@pytest.mark.parametrize(("header", "trusted", "address"), [
    ("203.0.113.9", (), "10.0.0.1"),  # nobody is believed unless the settings say so
    ("203.0.113.9", ("10.0.0.0/8",), "203.0.113.9"),
    ("1.2.3.4, 203.0.113.9", ("10.0.0.0/8",), "203.0.113.9"),  # what stands left of the first stranger is their own invention
    ("1.2.3.4, 10.0.0.2", ("10.0.0.0/8",), "1.2.3.4"),
    ("1.2.3.4, nonsense", ("10.0.0.0/8",), "nonsense"),
    ("1.2.3.4, ::ffff:10.0.0.2", ("10.0.0.0/8",), "1.2.3.4"),  # as a socket for both kinds of addresses writes them
])
def test_only_trusted_proxies_are_believed(header: str, trusted: tuple[str, ...], address: str) -> None:
    request = make_mocked_request("GET", "/", {"X-Forwarded-For": header}).clone(remote="10.0.0.1")
    assert client_address(request, trusted) == address


def test_a_household_counts_as_one() -> None:
    assert bucket("2001:db8::1") == bucket("2001:db8::ffff") != bucket("2001:db8:0:1::1")
    assert bucket("203.0.113.9") == bucket("::ffff:203.0.113.9") == "203.0.113.9", "not one with all others of IPv4"
    assert len(bucket("x" * 90)) == 45
