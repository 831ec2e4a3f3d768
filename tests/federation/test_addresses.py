"""One origin has one spelling, tricks are refused, and private addresses are never public."""
import ipaddress
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from federation.addresses import Address, DevPeers, canonical, check_url, host_of, is_public, name_in, origin_of, same_origin
from federation.errors import FederationError, Malformed, Refused

NOBODY = DevPeers()

SAME = [
    ("https://example.org/a", "https://EXAMPLE.org:443/b"),
    ("https://example.org", "https://example.org./"),
    ("https://bücher.example/", "https://xn--bcher-kva.example/x"),
    ("https://BÜCHER.example/", "https://bücher.example:443"),
    ("https://ｅｘａｍｐｌｅ.org/", "https://example.org/"),
    ("https://example。org/", "https://example.org/"),
    ("http://127.0.0.1:80/", "http://127.0.0.1/"),
    ("https://[2001:DB8:0:0::1]/", "https://[2001:db8::1]:443/"),
    ("https://①②⑦.0.0.1/", "https://127.0.0.1/"),
    ("https://another_instance.test/", "https://Another_Instance.test:443"),
    ("https://example.org?x", "https://example.org/#frag"),
]

MALFORMED = [
    "", "example.org", "//example.org/x", "ftp://example.org/", "javascript:alert(1)", "file:///etc/passwd",
    "data:text/plain,x", "https:///x", "https://", "https://:443/", "https://[]/", "https://./", "https:example.org", "https://user@example.org/",
    "https://user:pass@example.org/", "https://example.org@evil.example/", "https://example.org＠evil.example/",
    "https://evil.example\\@example.org/", "https://exa mple.org/", "https://exam\tple.org/", "https://example.org/\n",
    " https://example.org/", "https://example.org:0/", "https://example.org:99999/", "https://example.org:x/",
    "https://exa%6dple.org/", "https://-a.example/", "https://a..b/", "https://.example/",
    "https://example.org../", "https://0x7f.0.0.1/", "https://0x7f000001/", "https://2130706433/", "https://127.1/",
    "https://0177.0.0.1/", "https://1.2.3.4.5/", "https://256.1.1.1/", "https://[::1/", "https://[fe80::1%25eth0]/",
    "https://[::1]evil.example/", "https://xn--a.example/", "https://℀.example/", "https://a⁄b.example/",
    "https://" + "a" * 64 + ".example/", "https://" + "a." * 200 + "example/", "https://example.org/" + "a" * 2000,
    "https://example.org/\x00", "https://example.org/\xa0",
]

#: IANA IPv4 and IPv6 special-purpose registries, multicast, and every way to wrap a private IPv4 address.
NOT_PUBLIC = [
    "0.0.0.0", "0.1.2.3", "10.0.0.1", "10.255.255.255", "100.64.0.1", "100.127.255.255", "127.0.0.1", "127.255.0.1",
    "169.254.169.254", "172.16.0.1", "172.31.255.255", "192.0.0.1", "192.0.0.8", "192.0.0.9", "192.0.0.170",
    "192.0.2.1", "192.31.196.1", "192.52.193.1", "192.88.99.1", "192.168.0.1", "192.175.48.1", "198.18.0.1",
    "198.19.255.255", "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255",
    "::", "::1", "::127.0.0.1", "::8.8.8.8", "::ffff:127.0.0.1", "::ffff:8.8.8.8", "::ffff:0:127.0.0.1",
    "64:ff9b::7f00:1", "64:ff9b::8.8.8.8", "64:ff9b:1::1", "100::1", "100:0:0:1::1", "2001::1", "2001:0:53aa::1",
    "2001:1::1", "2001:2::1", "2001:3::1", "2001:4:112::1", "2001:10::1", "2001:20::1", "2001:30::1", "2001:db8::1",
    "2002:7f00:1::1", "2002:808:808::1", "2620:4f:8000::1", "3fff::1", "5f00::1", "fc00::1", "fd12::1", "fe80::1",
    "fe80::1%eth0", "2606:4700::1%eth0", "febf::1", "fec0::1", "ff02::1", "ff0e::1", "4000::1", "not an address", "",
    "127.1", "2130706433",
]
PUBLIC_ADDRESSES = ["1.1.1.1", "8.8.8.8", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "172.15.0.1",
                    "172.32.0.1", "192.0.1.1", "198.17.0.1", "198.20.0.1", "223.255.255.255", "2606:4700::1111",
                    "2a00:1450::1", "2001:4860:4860::8888", "2400::1"]


@pytest.mark.parametrize(("first", "second"), SAME)
def test_spellings_of_one_origin(first: str, second: str) -> None:
    assert origin_of(first) == origin_of(second)
    assert same_origin(first, second)
    assert host_of(first).isascii()


@pytest.mark.parametrize("url", MALFORMED)
def test_no_usable_url(url: str) -> None:
    with pytest.raises(Malformed):
        origin_of(url)
    assert not same_origin(url, url)


def test_different_origins() -> None:
    for other in ("http://example.org", "https://example.org:8443", "https://www.example.org", "https://example.com"):
        assert not same_origin("https://example.org", other)


def test_host_and_canonical() -> None:
    assert host_of("http://127.0.0.1:8080/x") == "127.0.0.1:8080"
    assert host_of("https://Example.org:443") == "example.org"
    assert host_of("https://[2001:db8::1]:8443/") == "[2001:db8::1]:8443"
    assert canonical("https://EXAMPLE.org?a=B#c") == "https://example.org/?a=B"
    assert canonical("https://EXAMPLE.org/@u@d/%C3%BC#c") == canonical("https://example.org/@u@d/%C3%BC?")
    assert canonical("https://example.org/@u@d/%C3%BC") == "https://example.org/@u@d/%C3%BC" == canonical(
        "https://example.org:443/@u@d/%C3%BC#c")


def test_names_in_a_folder() -> None:
    for uri, name in (("https://us.test/x/7", "7"), ("https://us.test/y/7", ""), ("https://us.test.evil/x/7", ""), ("", ""),
                      (None, ""), ("https://us.test/x/", "")):
        assert name_in(uri, "https://us.test/x/") == name


@given(st.text(max_size=60).map("https://".__add__) | st.text(max_size=60))
def test_any_text_is_one_origin_or_refused(text: str) -> None:
    try:
        origin = origin_of(text)
    except Malformed:
        return
    assert origin_of(origin) == origin
    assert origin.isascii()


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", PUBLIC_ADDRESSES)
def test_public(address: str) -> None:
    assert is_public(address)
    assert is_public(ipaddress.ip_address(address))


@given(st.ip_addresses())
def test_public_is_never_wider_than_global(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> None:
    if is_public(address):
        assert address.is_global and not address.is_multicast


@pytest.mark.parametrize("url", [
    "http://example.org/", "https://example.org:8443/", "https://127.0.0.1/", "https://10.0.0.1/", "https://[::1]/",
    "https://[::ffff:127.0.0.1]/", "https://localhost/", "https://intranet/", "https://db.internal/",
    "https://printer.local/", "https://a.localhost/", "http://127.0.0.1:8080/", "http://example.org:443/",
])
def test_refused_outside_development(url: str) -> None:
    with pytest.raises(Refused):
        check_url(url, NOBODY)


def test_allowed() -> None:
    check_url("https://example.org/users/x?page=1#main-key", NOBODY)
    for url in ("https://bücher.example/", "https://9.9.9.9/", "https://[2620:fe::9]/"):
        check_url(url, NOBODY)
    with pytest.raises(Malformed, match="percent"):
        check_url("https://example.org/ü", NOBODY)


def test_development_peers() -> None:
    dev = DevPeers.parse(["127.0.0.1:8080", "[::1]:9000", "localhost:7000"])
    for url in ("http://127.0.0.1:8080/x", "https://127.0.0.1:8080/", "http://[::1]:9000/", "http://localhost:7000/"):
        check_url(url, dev)
    for url in ("http://127.0.0.1:8081/", "http://127.0.0.2:8080/", "http://localhost:8080/", "http://10.0.0.1:8080/"):
        with pytest.raises(Refused):
            check_url(url, dev)
    assert dev.allows("127.0.0.1", 7000), "the address that the name stands for"


def test_development_networks() -> None:
    dev = DevPeers.parse(["127.0.0.0/8"])
    check_url("http://127.9.9.9:1234/", dev)
    check_url("http://localhost:1234/", dev)
    with pytest.raises(Refused):
        check_url("http://[::1]:1234/", dev)
    with pytest.raises(Refused):
        check_url("http://169.254.169.254/", dev)


@pytest.mark.parametrize("entry", ["10.0.0.0/8", "0.0.0.0/0", "127.0.0.0/7", "example.org:80", "10.0.0.1:80", "x/y",
                                   "127.0.0.1", "127.0.0.1:0", "127.0.0.1:70000", "", "0.0.0.0:80", "[::]:80"])
def test_development_accepts_nothing_but_loopback(entry: str) -> None:
    with pytest.raises(ValueError, match="is not"):
        DevPeers.parse([entry])


def test_no_development_peers_by_default() -> None:
    assert not NOBODY
    assert not NOBODY.allows("127.0.0.1", 80)


@given(st.text(max_size=40))
def test_check_url_raises_only_our_errors(text: str) -> None:
    with pytest.raises(FederationError):
        check_url("http://" + text, NOBODY)


URLS = [url for pair in SAME for url in pair] + MALFORMED + [
    "https://example.org:8443/users/1/notes/2", "https://a_b.example:/x", "https://1.2.3/x", "http://1.2.3.4:80/x;y=1", "https://a.example/x[1]",
    "https://a.example/%zz", "https://xn--bcher-kva.example/x", "https://a.example:443:443/x", "https://a.example//x/../y"]


@given(st.sampled_from(URLS) | st.text("htps:/.-_@?#[]\\%a1 ü\n", max_size=30).map("https://a.example".__add__)
       | st.text("ab1.-_:@[]%xn", max_size=20).map(lambda name: f"https://{name}/path"))
def test_ordinary_urls_are_read_quickly_and_not_otherwise(url: str) -> None:
    def tried(read: Callable[[str], object]) -> object:
        try:
            return read(url)
        except Malformed:
            return None
    slow = tried(Address.read)
    assert tried(Address.parse) == slow
    assert tried(host_of) == (slow.netloc if isinstance(slow, Address) else None)
    assert tried(origin_of) == (slow.origin if isinstance(slow, Address) else None)
