"""Whatever reads what strangers write, as functions of bytes. A target raises when a promise is broken, and never otherwise.

To add one: a function, a line in TARGETS, a file with something ordinary in corpus/<name>/.
"""
# ruff: noqa: E501 - the lists of words
from __future__ import annotations

import io
import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from html.parser import HTMLParser
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from yarl import URL

from federation import (
    censuses,
    charters,
    domain_lists,
    instances,
    json_gate,
    keys,
    negotiation,
    report_responses,
    signatures,
    webfinger,
)
from federation.addresses import Address, check_url, host_of, same_origin
from federation.dev_peers import DevPeers
from federation.errors import FederationError, Malformed
from federation.signatures import Key, Request
from federation.wire import Activity, ActorDocument, Note
from models import Actor
from models.actor import KeyKind
from models.catalogue import nomenclature
from models.catalogue.records import BadCatalogue
from moderation import distress, markup
from moderation.charters import weaker
from moderation.counts import Band
from moderation.domain_names import alike
from server.actions import outside_reports
from server.api import streaming, web_push
from server.api.arguments import BadInput, nested
from server.api.client_to_server.markdown_of import markdown_of
from server.api.oauth import is_redirect
from server.api.web_push import AppKeys, BadKeys
from server.api.writing import PostStatus
from server.members import takeout
from server.words.markdown import render
from tests.peer import rsa_key

NOW = datetime(2026, 11, 21, tzinfo=UTC)
LIMIT_BYTES = 100_000
INBOX = "https://a.example/inbox"
PUSH_KEY = web_push.new_key()
ED25519 = keys.make_ed25519()


@dataclass(frozen=True)
class Target:
    """`check` is given any bytes; `words` are pieces that it knows, from which inputs are put together."""

    check: Callable[[bytes], None]
    words: tuple[bytes, ...]


def cavage(data: bytes) -> None:
    """A made-up Signature header proves nothing, and raises nothing but our errors."""
    _unproven({"Host": "a.example", "Date": "Sat, 21 Nov 2026 00:00:00 GMT", "Digest": "SHA-256=x",
               "Signature": data.decode("latin-1")})


def rfc9421(data: bytes) -> None:
    """The same for Signature-Input and Signature, which a NUL separates."""
    stated, _, proof = data.partition(b"\0")
    _unproven({"Host": "a.example", "Signature-Input": stated.decode("latin-1"), "Signature": proof.decode("latin-1")})


def _unproven(headers: dict[str, str]) -> None:
    request = Request("POST", INBOX, headers, b"{}")
    try:
        signatures.verify(request, signatures.parse(request), rsa_key(1).public_key(), NOW)
    except FederationError:
        return
    raise AssertionError("a made-up signature was believed")


def wish(data: bytes) -> None:
    """What an answer asks of a signature: nothing, or one that we can make and that still fits its own request alone."""
    asked = negotiation.wish_in({negotiation.HEADER: data.decode("latin-1")})
    if asked is None or not asked.may_use("https://b.example/u#k"):
        return
    url, private = "https://a.example/inbox?x", rsa_key(1) if asked.kind is KeyKind.RSA else ED25519
    headers = negotiation.sign(asked, "POST", url, b"{}", Key("https://b.example/u#k", private), NOW)
    request = Request("POST", url, headers, b"{}")
    signatures.verify(request, signatures.parse(request), private.public_key(), NOW)


def json_text(data: bytes) -> None:
    """Refused as Malformed, or read to a value that can be written and read again."""
    with suppress(Malformed):
        document = json_gate.loads(data, max_bytes=LIMIT_BYTES)
        assert json_gate.loads(json_gate.dumps(document), max_bytes=10 * LIMIT_BYTES) == document
        assert json.loads(data) == document


def url(data: bytes) -> None:
    """One canonical origin or refusal; what we and the client library understand is one host; no way round the gate."""
    text = data.decode("utf-8", "replace")
    with suppress(FederationError):
        address = Address.parse(text)
        spelled = address.origin + address.target
        assert Address.parse(spelled).origin == address.origin and same_origin(text, spelled)
        assert URL(spelled, encoded=True).raw_host == urlsplit(spelled).hostname, spelled
        check_url(text, DevPeers())
        host = host_of(text)
        assert host == host.lower() and "@" not in host and text.strip().lower().startswith("https:"), text


def html(data: bytes) -> None:
    """Cleaning is done after one time, and a second parser finds nothing but what is on the list."""
    cleaned = markup.clean(data.decode("utf-8", "replace"))
    assert markup.clean(cleaned) == cleaned
    assert not _Strangers.in_(cleaned), cleaned


def danger(data: bytes) -> None:
    """What a member types is looked through for words of distress, in little time; what stands as a quote is not theirs."""
    text = data.decode("utf-8", "replace")[:5000]
    distress.speaks_of_danger([text])
    assert not distress.speaks_of_danger(["".join(f"> {line}\n" for line in text.split("\n"))]), text


def markdown(data: bytes) -> None:
    """What a member types comes out as clean HTML."""
    made = render(data.decode("utf-8", "replace")[:5000], {}, "https://a.example").html
    assert not _Strangers.in_(made), made


def client_html(data: bytes) -> None:
    """What a member's own client sends as HTML is kept as Markdown, and comes out as clean HTML."""
    text = markdown_of(data.decode("utf-8", "replace")[:5000], {"https://a.example/u": "@u@a.example"})
    made = render(text[:5000], {}, "https://a.example").html
    assert not _Strangers.in_(made), made


class _Strangers(HTMLParser):
    """Collects elements, attributes and addresses that are not on the list."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    @classmethod
    def in_(cls, text: str) -> list[str]:
        parser = cls()
        parser.feed(text)
        parser.close()
        return parser.found

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        allowed = {*markup.ATTRIBUTES.get(tag, set()), *({"rel"} if tag == "a" else set())}
        if tag not in markup.TAGS or any(name not in allowed for name, _ in attrs):
            self.found.append(f"{tag} {attrs}")
        for name, value in attrs:
            if name == "href" and urlsplit(value or "").scheme not in markup.SCHEMES:
                self.found.append(f"{tag} {value}")
            if name == "class" and set((value or "").split()) - markup.CLASSES:
                self.found.append(f"{tag} {value}")

    def handle_comment(self, data: str) -> None:
        self.found.append(f"<!--{data}")

    def handle_decl(self, decl: str) -> None:
        self.found.append(f"<!{decl}")

    def unknown_decl(self, data: str) -> None:
        self.found.append(f"<![{data}")


def wire(data: bytes) -> None:
    """Any document is read as what it says it is, or Malformed."""
    with suppress(Malformed):
        document = json_gate.loads(data, max_bytes=LIMIT_BYTES)
        for kind in (Activity, Note, ActorDocument):
            with suppress(Malformed):
                kind.parse(document)


def stream(data: bytes) -> None:
    """What an app says over a WebSocket is understood, or refused with our error."""
    with suppress(BadInput):
        streaming.understood(data.decode(errors="replace"))


def push_keys(data: bytes) -> None:
    """The keys of an app, which a NUL separates, fit, or are refused with our error."""
    public, _, secret = data.decode("latin-1").partition("\0")
    with suppress(BadKeys):
        web_push.seal(b"{}", AppKeys.parse(public, secret, is_standard=True), INBOX, PUSH_KEY, "https://a.example", NOW)


def form(data: bytes) -> None:
    """Whatever an app's form is called becomes what the endpoint takes, or is refused; never deeper than allowed."""
    pairs: dict[str, list[str]] = {}
    for name, value in parse_qsl(data.decode("utf-8", "replace"), keep_blank_values=True):
        pairs.setdefault(name, []).append(value)
    with suppress(BadInput):
        given = PostStatus.filled(nested(pairs))
        assert "\0" not in given.status
        assert all(isinstance(id_, int) for id_ in given.media_ids or ())


def redirect(data: bytes) -> None:
    """An address to which a code may go can stand in headers, and is none that a browser runs."""
    text = data.decode("utf-8", "replace")
    if is_redirect(text):
        parts = urlsplit(text)
        assert text.isprintable() and not set(" #") & set(text) and not set(";,'\"\\@") & set(parts.netloc if parts.scheme in ("http", "https") else "")
        assert parts.scheme not in ("javascript", "data", "vbscript", "file", "blob", "about")


def brought(data: bytes) -> None:
    """A file that somebody brings along is read within its limits, or refused with our error."""
    for kind in (None, *takeout.FILES.values()):
        with suppress(takeout.BadTakeout):
            lines = takeout.read(io.BytesIO(data), kind, messages=True)
            assert len(lines) <= takeout.LINES_LIMIT and all(len(line.value) <= takeout.VALUE_LIMIT_CHARACTERS for line in lines)
            assert not any("\0" in line.value or "\0" in str(line.details.get("text", "")) for line in lines)


def _object(data: bytes) -> dict[str, Any]:
    """What the input says as a JSON object; an empty one if it says none."""
    with suppress(ValueError, RecursionError):
        given = json.loads(data)
        return given if isinstance(given, dict) else {}
    return {}


def charter(data: bytes) -> None:
    """A charter is whole, with promises that can be compared and shown, or Malformed; never anything else."""
    owner, given = Actor(uri="https://a.example/actor", host="a.example"), _object(data)
    with suppress(Malformed):
        terms = charters.read({"id": "https://a.example/charter/1", "attributedTo": owner.uri, **given}, owner)
        assert weaker(terms, terms) == () and 1 <= terms.withdrawal_days <= 36_500 and terms.owner.strip()
        assert len(charters.digest(given)) == 64


def census(data: bytes) -> None:
    """A census holds countries and bands that may be told and ends within days, or is Malformed; never anything else."""
    owner, given = Actor(uri="https://a.example/actor", host="a.example"), _object(data)
    with suppress(Malformed):
        bands, said, ends = censuses.read({"id": "https://a.example/census", "attributedTo": owner.uri, **given}, owner)
        assert len(bands) <= censuses.COUNTRIES_LIMIT and ends - said <= censuses.LASTS
        assert all(len(country) == 2 and Band(band) is not Band.FEW for country, band in bands.items())


def finger(data: bytes) -> None:
    """What WebFinger or NodeInfo of others names is text, and a domain is one that a request could go to, or nothing."""
    with suppress(Malformed):
        given = json_gate.loads(data, max_bytes=LIMIT_BYTES)
        assert all(isinstance(link["href"], str) for link in webfinger.links(given, webfinger.SELF))
        assert isinstance(instances.of_origin(given) + instances.of_nodeinfo(given) + instances.of_account(given, "acct:a@b.example"), str)
        domain = webfinger.domain_in(given.get("subject"), "alice")
        assert not domain or host_of(f"https://{domain}") == domain


def response(data: bytes) -> None:
    """What another server says about a report is an outcome that we know, or words that fit, or Malformed."""
    with suppress(Malformed):
        said = report_responses.read(json.dumps(_object(data)))
        assert said.outcome or said.words.strip()
        assert len(said.words) <= report_responses.WORDS_LIMIT_CHARACTERS


def reported(data: bytes) -> None:
    """An address that somebody without an account reports is of this community, or is not; nothing else comes of it."""
    typed = data.decode("utf-8", "replace")
    if outside_reports.is_of("https://a.example", typed):
        assert urlsplit(typed).netloc == "a.example"


def orphanet(data: bytes) -> None:
    """A file that a host imports makes names of conditions, or is refused in words."""
    with suppress(BadCatalogue):
        for entry in nomenclature.parse(io.BytesIO(data)):
            said = str(entry)
            assert "ORPHA:" in said or "Orphanet" in said
            assert len(said) < 2000


def domains(data: bytes) -> None:
    """A list of servers gives names that are their own canonical form, and can be written and read again; nothing is lost unseen."""
    with suppress(domain_lists.TooLong):
        found = domain_lists.parse(data.decode("utf-8", "replace"))
        assert len(found.bad) <= domain_lists.BAD_LIMIT and len(found.lines) <= domain_lists.LINES_LIMIT
        assert all(domain_lists.domain_named(line.name) == line.name for line in found.lines)
        again = domain_lists.parse(domain_lists.written(found.lines))
        assert [(line.name, line.severity) for line in again.lines] == [(line.name, line.severity) for line in found.lines]
        for line in found.lines:
            alike([line.name], ("melorin.example",))


TARGETS: dict[str, Target] = {
    "domains": Target(domains, (
        b"#domain", b",#severity", b",#reject_media", b",#public_comment", b"\n", b"\r\n", b",", b'"', b'""', b"a.example", b"*.b.example", b"b**.example",
        b"suspend", b"silence", b"noop", b"true", b"false", b"xn--mstodon-2fg.social", b"xn--", b"# ", b"\xef\xbb\xbf", b"\0", b"[::1]", b":8080", b" ", b".")),
    "response": Target(response, (b"{", b"}", b"[", b"]", b",", b":", b'"', b'"outcome":"removed"', b'"outcome":[]', b'"content":"x"', b'"content":" "', b"null", b"1")),
    "reported": Target(reported, (b"https://", b"http:", b"a.example", b"@", b":", b"/", b"\\", b"?", b"#", b"%", b"/m/x", b"/@a", b"[::1", b"\t", b" ")),
    "orphanet": Target(orphanet, (b"<JDBOR date='1'>", b"<Disorder id='1'>", b"</Disorder>", b"<OrphaCode>324</OrphaCode>", b"<Name lang='fr'>", b"</Name>", b"<SynonymList>", b"<!DOCTYPE a [<!ENTITY b 'c'>]>", b"&b;", b"<FlagValue>8193</FlagValue>", b"</JDBOR>")),
    "finger": Target(finger, (
        b"{", b"}", b"[", b"]", b",", b":", b'"', b'"subject":', b'"acct:alice@b.example"', b'"links":[', b'"rel":"self"', b'"type":"application/activity+json"',
        b'"href":"https://a.example/actor"', b'"https://www.w3.org/ns/activitystreams#Service"', b'"properties":{', b"null", b"[]", b"@", b"[::1]", b"%00", b"xn--")),
    "census": Target(census, (b'"Census"', b'"bands":{', b'"FR":', '"11–25"'.encode(), b'"<11"', b'"published":', b'"endTime":')),
    "charter": Target(charter, (
        b"{", b"}", b"[", b"]", b",", b":", b'"', b'"version":1', b'"legalOwner":"A"', b'"fundedBy":[]', b'"country":"FR"', b'"moderationContact":""',
        b'"retentionDays":null', b'"minimumAge":16', b'"minors":"none"', b'"withdrawalDays":7', b'"leastOutside":11', b'"leastInside":5', b"true", b"-1",
        b"1.5", b"1e9", b"9007199254740993", b'"id":', b'"attributedTo":', b'"https://b.example/x"', b"{}", b'"minors":[]', b'"\\ud800"')),
    "takeout": Target(brought, (
        b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06", b"\0" * 18, b"actor.json", b"lists.csv", b"{}", b'{"orderedItems":[', b",", b'"', b"\n", b"\r",
        b"Account address", b"@a@b.example", b"https://a.example/1", b"\xff", b"\xef\xbb\xbf", b"\0", b"../", b"=cmd()", b"true")),
    "form": Target(form, (
        b"status=", b"a", b"&", b"=", b"[", b"]", b"[]", b"[0]", b"[1]", b"poll", b"[options]", b"[multiple]=true", b"media_ids[]=1", b"media_ids=1",
        b"%00", b"%0d", b"%5b", b"sensitive=", b"in_reply_to_id=", b"9" * 20, b"[a][b][c]", b"\xff", b"visibility=public", b"media_attributes[][id]=1")),
    "redirect": Target(redirect, (
        b"https://", b"http://", b"a.example", b"localhost", b"/", b"?", b"#", b"@", b":80", b";", b",", b"'", b" ", b"javascript:", b"data:", b"JaVaScRiPt:",
        b"ivory://auth", b"urn:ietf:wg:oauth:2.0:oob", b"\\", b"%00", b"\n", b"[::1]", b"\xe2\x80\xae", b"com.example:/cb", b"\xff")),
    "cavage": Target(cavage, (
        b'keyId="', b'"', b",", b"=", b'headers="', b"(request-target) host date digest", b"(created)", b"(expires)", b'signature="',
        b"QUJD", b'algorithm="', b"rsa-sha256", b"hs2019", b"hmac-sha256", b"created=", b"expires=", b"1795219200", b"9" * 30, b"\\",
        b'keyId="https://b.example/u#k",headers="(request-target) host date digest",signature="QUJD"', b"\xff", b" ", b"\t", b"-1", b"1e9")),
    "rfc9421": Target(rfc9421, (
        b"sig1=(", b")", b'"@method"', b'"@target-uri"', b'"content-digest"', b";keyid=\"https://b.example/u#k\"", b";created=1795219200",
        b";alg=\"ed25519\"", b"\0", b"sig1=:QUJD:", b",", b";", b"=", b"?1", b":", b'"', b"sig2=", b"9" * 16, b"-", b"\xff", b";req", b";bs",
        b'sig1=("@method" "@target-uri" "content-digest");created=1795219200;keyid="https://b.example/u#k"\0sig1=:QUJD:')),
    "wish": Target(wish, (
        b"sig1=(", b")", b'"@method"', b'"@authority"', b'"@query"', b'"content-digest"', b'"date"', b";created", b";expires", b";nonce=\"", b";tag=\"x\"",
        b";alg=\"ed25519\"", b";alg=\"hmac-sha256\"", b";keyid=\"https://b.example/u#k\"", b'"', b"\\", b",", b";", b"=", b"?0", b":QQ==:", b"\xff", b";req")),
    "json": Target(json_text, (
        b"{", b"}", b"[", b"]", b'"', b":", b",", b"\\", b"\\u0000", b"\\ud800", b"\\udc00", b"NaN", b"1e999", b"9" * 20, b"-0", b"1.5", b"null",
        b"true", b'"a":', b'{"a":1}', b"[" * 33, b"\xef\xbb\xbf", b"\xff", b"\n", b" ", b'"\\\\"', b"-Infinity", b'{"a":[{}]}')),
    "url": Target(url, (
        b"https://", b"http://", b"a.example", b"@", b":", b"/", b"\\", b"?", b"#", b"%", b"%2f", b"%00", b"[::1]", b"[::ffff:7f00:1]", b"127.1",
        b"0x7f.1", b"2130706433", b"\xef\xbc\x8f", b"\xe3\x80\x82", b"\xef\xbd\x81", b"xn--", b"\xc3\x9f", b".", b"..", b":443", b":80", b":0", b" ",
        b"\t", b"\n", b"user:pw@", b"EXAMPLE.org", b"169.254.169.254", b"\xe2\x80\x8b", b"\xe2\x91\xa0", b"https:a.example", b";")),
    "html": Target(html, (
        b"<", b">", b"</", b"/>", b"<a ", b'href="', b"javascript:", b"java\tscript:", b"&#106;avascript:", b"data:", b'"', b"'", b"=", b"<p>", b"</p>",
        b"<svg>", b"<math>", b"<style>", b"</style>", b"<!--", b"-->", b"<![CDATA[", b"]]>", b"<template>", b"<noscript>", b"<title>", b"<table>",
        b"<mglyph>", b"<annotation-xml encoding=text/html>", b"<form>", b"<img src=x onerror=", b"onclick=", b"&lt;", b"&", b"&amp;", b"\0", b"x",
        b"<textarea>", b"<xmp>", b"<plaintext>", b"class=", b"mention", b"<span ", b"<ol start=", b"<base ", b"<li>", b"<ul>", b"`", b" ", b"/")),
    "danger": Target(danger, (b"je ", b"j'ai envie de ", b"mourir", b"me tuer", b"i want to ", b"die", b"kill myself", b"pas ", b" not ", b". ", b"> ", b"\n",
                              "é".encode(), "’".encode(), b"si je mourais ", b"cachets ", b"lol", b"\0")),
    "markdown": Target(markdown, (
        b"*", b"_", b"`", b"[", b"](", b")", b"![", b"<", b">", b"@a", b"@a@b.example", b"#tag", b"https://a.example/", b"javascript:", b"\n", b"\n\n",
        b"- ", b"> ", b"1. ", b"~~~", b"\\", b"&", b"&#x6a;", b"|", b"    ", b"<script>", b"x", b'"', b"'", b"www.a.example", b"a@b.example", b"\xe3\x81\x82")),
    "stream": Target(stream, (
        b'{"type": "subscribe"', b'"unsubscribe"', b', "stream": "hashtag"', b', "tag": "a"', b', "list": "1"', b"}", b"[", b"{", b"null", b'"', b"\\ud800")),
    "push_keys": Target(push_keys, (b"BPx", b"\0", b"AAAAAAAAAAAAAAAAAAAAAA", b"=", b"+", b"/", b"-", b"_", b"\xff")),
    "client_html": Target(client_html, (
        b"<p>", b"</p>", b"<a ", b'href="', b"https://a.example/u", b"javascript:", b'"', b">", b"</a>", b"<br>", b"<ul><li>", b"</ul>",
        b"<blockquote>", b"</blockquote>", b"<pre>", b"<code>", b"</code>", b"<b>", b"</b>", b"`", b"*", b"[", b"](", b")", b"<", b"&lt;",
        b"&gt;", b"\n", b"- ", b"1. ", b"# ", b"\\", b'class="hashtag"', b"#tag", b"@a@b.example", b"<script>", b"x", b"~~", b"_", b"&#42;")),
    "wire": Target(wire, (
        b"{", b"}", b"[", b"]", b",", b":", b'"type":', b'"id":', b'"actor":', b'"object":', b'"to":', b'"cc":', b'"tag":', b'"attachment":', b'"url":',
        b'"content":', b'"contentMap":', b'"attributedTo":', b'"inReplyTo":', b'"publicKey":', b'"endpoints":', b'"published":', b'"updated":',
        b'"oneOf":', b'"replies":', b'"quote":', b'"icon":', b'"Create"', b'"Note"', b'"Person"', b'"Question"', b'"https://a.example/1"', b'"x"', b"null",
        b"1", b"-1", b"true", b'{"type":"Create","id":"https://a.example/1","actor":"https://a.example/u","object":', b'"2026-01-01T00:00:00Z"',
        b'{"type":"Note","id":"https://a.example/n","attributedTo":"https://a.example/u","content":"x",',
        b'{"type":"Person","id":"https://a.example/u","preferredUsername":"u","inbox":"https://a.example/u/inbox",')),
}
