"""Both schemes prove who sent what, and nothing that is unsigned, stale or for someone else passes."""
import base64
import hashlib
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta, timezone
from email.utils import format_datetime
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from http_message_signatures import HTTPMessageSigner
from hypothesis import given
from hypothesis import strategies as st
from multidict import CIMultiDict

from federation import cavage, digests, keys, proofs, rfc9421, rfc9421_plain, signatures
from federation.addresses import canonical
from federation.digests import check_digest, content_digest, digest
from federation.errors import Malformed, Unproven
from federation.keys import PublicKey
from federation.requests import Manner, Scheme
from federation.signatures import Claim, Key, Request, sign_cavage, sign_rfc9421

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
URL = "https://here.test/inbox?a=1&b=2"
BODY = b'{"type":"Like"}'
RSA = Key("https://peer.test/users/otto#main-key", keys.make_rsa())
ED25519 = Key("https://peer.test/users/otto#ed25519-key", keys.make_ed25519())
OTHER = keys.make_rsa().public_key()

Sign = Callable[[str, str, bytes | None, Key, datetime], dict[str, str]]


def verify(request: Request, key: PublicKey | None = None, now: datetime = NOW) -> None:
    signatures.verify(request, signatures.parse(request), key or RSA.private.public_key(), now)


def posted(sign: Sign = sign_cavage, key: Key = RSA, *, now: datetime = NOW) -> Request:
    return Request("POST", URL, sign("POST", URL, BODY, key, now), BODY)


def changed(request: Request, headers: Mapping[str, str | None] | None = None, **parts: Any) -> Request:
    kept = {name: text for name, text in (dict(request.headers) | dict(headers or {})).items() if text is not None}
    fields = {"method": request.method, "url": request.url, "headers": kept, "body": request.body}
    return Request(**(fields | parts))


def cavage_signed(covered: str, *, headers: dict[str, str], method: str = "POST", target: str = "/inbox?a=1&b=2",
                  parameters: str = 'algorithm="rsa-sha256",', pseudo: dict[str, str] | None = None) -> Request:
    """A request signed by hand, as other software might sign it."""
    values = {name.lower(): text for name, text in headers.items()} | {"(request-target)": f"{method.lower()} {target}"}
    values |= pseudo or {}
    text = "\n".join(f"{name}: {values[name]}" for name in covered.split())
    assert isinstance(RSA.private, rsa.RSAPrivateKey)
    proof = base64.b64encode(RSA.private.sign(text.encode(), padding.PKCS1v15(), hashes.SHA256())).decode()
    header = f'keyId="{RSA.id}",{parameters}headers="{covered}",signature="{proof}"'
    return Request(method, URL, headers | {"Signature": header}, BODY if method == "POST" else b"")


HEADERS = {"Host": "here.test", "Date": format_datetime(NOW, usegmt=True), "Digest": digest(BODY)}
FULL = "(request-target) host date digest"


class TestRoundTrip:
    @pytest.mark.parametrize(("sign", "key"), [(sign_cavage, RSA), (sign_rfc9421, RSA), (sign_rfc9421, ED25519)])
    @pytest.mark.parametrize("body", [None, b"", BODY])
    def test_what_we_sign_verifies(self, sign: Sign, key: Key, body: bytes | None) -> None:
        method = "GET" if body is None else "POST"
        request = Request(method, URL, sign(method, URL, body, key, NOW), body or b"")
        assert signatures.parse(request).key_id == key.id
        verify(request, key.private.public_key())

    def test_the_outgoing_profile(self) -> None:
        headers = sign_cavage("POST", "https://HERE.test:443/inbox?a=1#x", BODY, RSA, NOW)
        assert headers["Host"] == "here.test"
        assert headers["Date"] == "Sat, 21 Nov 2026 12:00:00 GMT"
        assert headers["Digest"].startswith("SHA-256=")
        assert headers["Content-Type"] == "application/activity+json"
        assert 'headers="(request-target) host date digest content-type"' in headers["Signature"]
        assert 'algorithm="rsa-sha256"' in headers["Signature"]
        get = sign_cavage("GET", URL, None, RSA, NOW)
        assert set(get) == {"Host", "Date", "Signature"}
        assert 'headers="(request-target) host date"' in get["Signature"]
        verify(Request("POST", "https://here.test/inbox?a=1", headers, BODY))

    def test_rfc9421_profile(self) -> None:
        headers = sign_rfc9421("POST", URL, BODY, ED25519, NOW)
        assert headers["Signature-Input"] == (
            f'sig1=("@method" "@target-uri" "content-digest");created={int(NOW.timestamp())};keyid="{ED25519.id}";alg="ed25519"')
        assert headers["Content-Digest"].startswith("sha-256=:")

    def test_an_algorithm_that_is_not_that_of_the_key_is_refused(self) -> None:
        """Whoever names one names the one that the key has; whoever names none is heard as before."""
        for alg, is_right in ((';alg="rsa-v1_5-sha256"', True), ("", True), (';alg="ed25519"', False), (';alg="none"', False)):
            said = f'("@method" "@target-uri");created={int(NOW.timestamp())};keyid="{RSA.id}"{alg}'
            assert isinstance(RSA.private, rsa.RSAPrivateKey)
            proof = RSA.private.sign(rfc9421_plain._base("GET", URL, None, said), padding.PKCS1v15(), hashes.SHA256())
            headers = {"Signature-Input": f"sig1={said}", "Signature": f"sig1=:{base64.b64encode(proof).decode()}:"}
            with nullcontext() if is_right else pytest.raises(Unproven):
                verify(Request("GET", URL, headers, b""))

    @pytest.mark.parametrize("key", [RSA, ED25519])
    @pytest.mark.parametrize("body", [None, b"", BODY])
    def test_the_library_signs_the_same(self, key: Key, body: bytes | None) -> None:
        headers = CIMultiDict({"Host": "here.test"} | ({} if body is None else {"Content-Type": "application/activity+json"}))
        message, method = rfc9421._Message("GET" if body is None else "POST", URL, headers), "GET" if body is None else "POST"
        signer = HTTPMessageSigner(signature_algorithm=rfc9421._algorithm(key.private), key_resolver=rfc9421._OneKey(key.private))
        signer.sign(message, key_id=key.id, created=NOW, label="sig1", include_alg=True, body=body,
                    covered_component_ids=("@method", "@target-uri"))
        assert dict(message.headers) == sign_rfc9421(method, URL, body, key, NOW)

    @given(key=st.sampled_from([RSA, ED25519]), body=st.sampled_from([None, b"", BODY]), at_the_start=st.booleans(),
           part=st.sampled_from(["", "Signature", "Signature-Input", "Content-Digest", "method", "url", "body", "key", "late",
                                 "early"]),
           more=st.sampled_from(["", "x", ", x", "A", ';alg="ed25519"', ";expires=1795263600", "=", ":", "sha-256=:AAAA:"]))
    def test_the_library_judges_the_same(self, key: Key, body: bytes | None, part: str, more: str, at_the_start: bool) -> None:
        method = "GET" if body is None else "POST"
        now = NOW + {"late": timedelta(hours=13), "early": -timedelta(hours=2)}.get(part, timedelta())
        request = Request(method, URL, sign_rfc9421(method, URL, body, key, NOW), body or b"")
        if part in request.headers:
            request = changed(request, {part: more + request.headers[part] if at_the_start else request.headers[part] + more})
        elif part in ("method", "url", "body"):
            request = changed(request, **{part: {"method": "PUT", "url": URL + more, "body": more.encode()}[part]})
        public = OTHER if part == "key" else key.private.public_key()

        def proven(judge: Callable[..., object], **more: Any) -> bool:
            try:
                judge(request, public, now, 3600.0, **more)
            except Unproven:
                return False
            return True
        whole = proven(rfc9421.authenticate, require=("@method", "@target-uri"), body=request.body if request.has_body else None)
        assert proven(rfc9421.verify) == whole

    @pytest.mark.parametrize("proof", ["AAAAA", "AAAA=", "", "AA==", "A" * 88, "é"])
    def test_a_broken_proof_is_no_error_of_ours(self, proof: str) -> None:
        request = changed(posted(sign_rfc9421, ED25519), {"Signature": f"sig1=:{proof}:"})
        with pytest.raises(Unproven):
            verify(request, ED25519.private.public_key())

    def test_a_url_that_rfc9421_cannot_sign(self) -> None:
        with pytest.raises(Malformed):
            sign_rfc9421("GET", "https://here.test/é", None, RSA, NOW)

    def test_only_rsa_signs_draft_cavage(self) -> None:
        with pytest.raises(Malformed):
            sign_cavage("GET", URL, None, ED25519, NOW)

    def test_old_servers_leave_the_query_out(self) -> None:
        for url in (URL, URL.partition("?")[0]):
            verify(Request("POST", url, sign_cavage("POST", URL, BODY, RSA, NOW, with_query=False), BODY))

    @given(path=st.lists(st.sampled_from("ab/@~.-_:;!") | st.just("%C3"), max_size=20).map("".join),
           query=st.lists(st.sampled_from("ab=&?/+") | st.just("%20"), max_size=20).map("".join),
           body=st.binary(max_size=40))
    def test_any_target_and_body(self, path: str, query: str, body: bytes) -> None:
        url = f"https://here.test/{path}?{query}"
        for sign in (sign_cavage, sign_rfc9421):
            headers = sign("POST", url, body, RSA, NOW)
            verify(Request("POST", canonical(url), headers, body))


TAMPERED: dict[str, Callable[[Request], Request]] = {
    "body": lambda request: changed(request, body=BODY + b" "),
    "no body": lambda request: changed(request, body=b""),
    "method": lambda request: changed(request, method="PUT"),
    "path": lambda request: changed(request, url="https://here.test/other?a=1&b=2"),
    "query": lambda request: changed(request, url="https://here.test/inbox?a=2"),
    "host": lambda request: changed(request, url="https://elsewhere.test/inbox?a=1&b=2"),
    "no signature": lambda request: changed(request, {"Signature": None}),
    "empty signature": lambda request: changed(request, {"Signature": ""}),
    "cut signature": lambda request: changed(request, {"Signature": request.headers["Signature"][:-8]}),
    "two signatures": lambda request: changed(
        request, {"Signature": f"{request.headers['Signature']},{request.headers['Signature']}"}),
}


@pytest.mark.parametrize(("sign", "key"), [(sign_cavage, RSA), (sign_rfc9421, RSA), (sign_rfc9421, ED25519)])
class TestBothSchemes:
    @pytest.mark.parametrize("tamper", TAMPERED.values(), ids=TAMPERED.keys())
    def test_tampered(self, sign: Sign, key: Key, tamper: Callable[[Request], Request]) -> None:
        with pytest.raises(Unproven):
            verify(tamper(posted(sign, key)), key.private.public_key())

    def test_another_key(self, sign: Sign, key: Key) -> None:
        for other in (OTHER, keys.make_ed25519().public_key()):
            with pytest.raises(Unproven):
                verify(posted(sign, key), other)

    @pytest.mark.parametrize(("offset", "right"), [
        (timedelta(0), True), (timedelta(minutes=59), True), (timedelta(minutes=-59), True),
        (timedelta(minutes=61), False), (timedelta(minutes=-61), False), (timedelta(hours=13), False),
    ])
    def test_time(self, sign: Sign, key: Key, offset: timedelta, right: bool) -> None:
        request = posted(sign, key)
        if right:
            verify(request, key.private.public_key(), NOW + offset)
        else:
            with pytest.raises(Unproven):
                verify(request, key.private.public_key(), NOW + offset)

    def test_twelve_hours_are_the_end_whatever_is_tolerated(self, sign: Sign, key: Key) -> None:
        request = posted(sign, key)
        with pytest.raises(Unproven):
            signatures.verify(request, signatures.parse(request), key.private.public_key(),
                              NOW + timedelta(hours=13), skew_seconds=1e6)

    def test_the_claim_must_be_that_of_the_request(self, sign: Sign, key: Key) -> None:
        request = posted(sign, key)
        wrong = Claim("https://peer.test/users/vera#main-key", signatures.parse(request).scheme)
        with pytest.raises(Unproven):
            signatures.verify(request, wrong, key.private.public_key(), NOW)

    def test_repeated_headers_are_seen(self, sign: Sign, key: Key) -> None:
        request = posted(sign, key)
        twice = CIMultiDict(request.headers)
        twice.add("Signature", request.headers["Signature"])
        with pytest.raises(Unproven):
            verify(Request("POST", URL, twice, BODY), key.private.public_key())


class TestCavage:
    @pytest.mark.parametrize("covered", [FULL, "digest date host (request-target)"])
    def test_covered_in_any_order(self, covered: str) -> None:
        verify(cavage_signed(covered, headers=HEADERS))

    @pytest.mark.parametrize("covered", [
        "(request-target) host date", "(request-target) date digest", "host date digest", "(request-target) host digest",
        "date",
    ])
    def test_too_little_is_signed(self, covered: str) -> None:
        with pytest.raises(Unproven):
            verify(cavage_signed(covered, headers=HEADERS))

    def test_a_get_needs_no_digest(self) -> None:
        request = cavage_signed("(request-target) host date", headers=HEADERS, method="GET")
        verify(request)
        with pytest.raises(Unproven):
            verify(changed(request, body=b"but one that brings something does"))

    def test_a_date_of_another_zone(self) -> None:
        there = format_datetime(NOW.astimezone(timezone(timedelta(hours=5))))
        for date in (there, there.replace(there[-14:], NOW.strftime("%H:%M:%S -0000"))):
            verify(cavage_signed(FULL, headers=HEADERS | {"Date": date}))

    @pytest.mark.parametrize("parameters", ['algorithm="hs2019",', 'algorithm="RSA-SHA256",', "",
                                            'algorithm="hs2019" , created=1,'])
    def test_algorithm_names_that_mean_rsa(self, parameters: str) -> None:
        verify(cavage_signed(FULL, headers=HEADERS, parameters=parameters))

    @pytest.mark.parametrize("name", ["hmac-sha256", "none", "ed25519", "rsa-sha1", "rsa-sha512", "ecdsa-sha256"])
    def test_other_algorithms(self, name: str) -> None:
        with pytest.raises(Unproven):
            verify(cavage_signed(FULL, headers=HEADERS, parameters=f'algorithm="{name}",'))

    def test_a_public_key_is_no_shared_secret(self) -> None:
        secret = keys.public_pem(RSA.private.public_key()).encode()
        request = cavage_signed(FULL, headers=HEADERS)
        text = "\n".join((f"(request-target): post /inbox?a=1&b=2\nhost: here.test\ndate: {HEADERS['Date']}",
                          f"digest: {HEADERS['Digest']}"))
        mac = hmac.HMAC(secret, hashes.SHA256())
        mac.update(text.encode())
        for name in ("hmac-sha256", "hs2019"):
            forged = (f'keyId="{RSA.id}",algorithm="{name}",headers="{FULL}",'
                      f'signature="{base64.b64encode(mac.copy().finalize()).decode()}"')
            with pytest.raises(Unproven):
                verify(changed(request, {"Signature": forged}))

    def test_created_and_expires(self) -> None:
        created, expires = int(NOW.timestamp()), int(NOW.timestamp()) + 300
        covered = "(request-target) (created) (expires) host digest"
        request = cavage_signed(covered, headers=HEADERS, parameters=f'algorithm="hs2019",created={created},'
                                f'expires={expires},', pseudo={"(created)": f"{created}", "(expires)": f"{expires}"})
        verify(request)
        with pytest.raises(Unproven, match="expired"):
            verify(request, now=NOW + timedelta(minutes=7))

    def test_what_ends_before_it_began_is_no_signature(self) -> None:
        created, expires = int(NOW.timestamp()), int(NOW.timestamp()) - 10
        covered = "(request-target) (created) (expires) host digest"
        with pytest.raises(Unproven, match="expired"):
            verify(cavage_signed(covered, headers=HEADERS, parameters=f'algorithm="hs2019",created={created},expires={expires},',
                                 pseudo={"(created)": f"{created}", "(expires)": f"{expires}"}))

    def test_created_belongs_to_hs2019(self) -> None:
        created = f"{int(NOW.timestamp())}"
        with pytest.raises(Unproven):
            verify(cavage_signed("(request-target) (created) host digest", headers=HEADERS, pseudo={"(created)": created},
                                 parameters=f'algorithm="rsa-sha256",created={created},'))

    def test_a_long_life_is_honoured_up_to_twelve_hours(self) -> None:
        created = int(NOW.timestamp())
        def signed(hours: int) -> Request:
            return cavage_signed("(request-target) (created) (expires) host digest", headers=HEADERS,
                                 parameters=f'algorithm="hs2019",created={created},expires={created + 3600 * hours},',
                                 pseudo={"(created)": f"{created}", "(expires)": f"{created + 3600 * hours}"})
        verify(signed(11), now=NOW + timedelta(hours=10))
        with pytest.raises(Unproven, match="old"):
            verify(signed(48), now=NOW + timedelta(hours=13))

    @pytest.mark.parametrize("date", ["", "yesterday", "Sat, 99 Nov 2026 12:00:00 GMT", "Sat, 21 Nov 99999 1:1:1 GMT",
                                      "Mon, 01 Jan 0001 00:00:00 +2300"])
    def test_unreadable_dates(self, date: str) -> None:
        with pytest.raises(Unproven):
            verify(cavage_signed(FULL, headers=HEADERS | {"Date": date}))

    @pytest.mark.parametrize("created", ["", "x", "9" * 400, "1e5", "-1", "nan"])
    def test_unreadable_created(self, created: str) -> None:
        with pytest.raises(Unproven):
            verify(cavage_signed("(request-target) (created) host digest", headers=HEADERS, pseudo={"(created)": created},
                                 parameters=f'algorithm="hs2019",created="{created}",'))

    @pytest.mark.parametrize("host", ["elsewhere.test", "", "here.test@evil.test", "here.test:8443", "here.test/x y"])
    def test_signed_for_another_host(self, host: str) -> None:
        with pytest.raises(Unproven):
            verify(cavage_signed(FULL, headers=HEADERS | {"Host": host}))

    def test_one_host_in_another_spelling(self) -> None:
        verify(cavage_signed(FULL, headers=HEADERS | {"Host": "HERE.test:443"}))

    @pytest.mark.parametrize("name", ["host", "date", "digest", "x-odd", "signature"])
    def test_bytes_that_are_no_text(self, name: str) -> None:
        """The web server hands over undecodable bytes as lone surrogates."""
        request = cavage_signed(FULL + " x-odd", headers=HEADERS | {"X-Odd": "1"})
        original = request.fields()[name]
        kept = {other: text for other, text in request.fields().items() if other != name}
        with pytest.raises(Unproven):
            verify(Request("POST", URL, kept | {name: original + "\udcff"}, BODY))

    def test_an_odd_key_id(self) -> None:
        with pytest.raises(Unproven):
            signatures.parse(Request("POST", URL, {"Signature": 'keyId="k\udcff",signature="eA=="'}, BODY))

    def test_a_header_that_is_signed_but_missing(self) -> None:
        request = cavage_signed(FULL + " x-gone", headers=HEADERS | {"X-Gone": "None"})
        with pytest.raises(Unproven):
            verify(changed(request, {"X-Gone": None}))

    @pytest.mark.parametrize("header", [
        'keyId="k"', 'signature="eA=="', 'keyId="",signature="eA=="', 'keyId="k",signature="eA==",', "x", ",,,",
        'keyId="k",keyid="l",signature="eA=="', 'keyId=k,signature="eA=="', 'keyId="k" signature="eA=="',
        'keyId="k,signature="eA=="', f'keyId="{"k" * 600}",signature="eA=="', 'keyId="k\\"",signature="eA=="',
        'keyId="k",signature="eA==",' + ",".join(f'a="{"x" * 500}"' for _ in range(20)),
    ])
    def test_unreadable_headers(self, header: str) -> None:
        with pytest.raises(Unproven):
            signatures.parse(Request("POST", URL, {"Signature": header}, BODY))

    @pytest.mark.parametrize("covered", [f"{FULL} host", FULL + "".join(f" x-{number}" for number in range(30))])
    def test_a_list_that_is_signed_and_unusable(self, covered: str) -> None:
        more = {f"X-{number}": "1" for number in range(30)}
        with pytest.raises(Unproven, match="list"):
            verify(cavage_signed(covered, headers=HEADERS | more))

    @pytest.mark.parametrize("parameters", ["", 'headers="",', 'headers="date date",', 'headers="' + "a " * 40 + '",'])
    def test_unusable_lists(self, parameters: str) -> None:
        request = Request("GET", URL, HEADERS | {"Signature": f'keyId="k",{parameters}signature="eA=="'}, b"")
        with pytest.raises(Unproven):
            verify(request)

    def test_commas_and_spaces_in_quotes(self) -> None:
        parsed = cavage.parse_parameters('keyId="https://a.test/k?x=1,2" , x="a, b=c",  signature="eA=="')
        assert parsed == {"keyid": "https://a.test/k?x=1,2", "x": "a, b=c", "signature": "eA=="}

    @given(st.text(max_size=100) | st.text('keyId="signature,= \\', max_size=100))
    def test_any_header_is_unproven_or_has_a_key_id(self, header: str) -> None:
        try:
            assert signatures.parse(Request("POST", URL, {"Signature": header}, BODY)).key_id
        except Unproven:
            pass


class TestDigest:
    def test_several_values(self) -> None:
        strong = base64.b64encode(hashlib.sha512(BODY).digest()).decode()
        check_digest(f"SHA-512={strong}, {digest(BODY)},MD5=x", BODY)
        check_digest(digest(BODY).replace("SHA", "sha"), BODY)

    @pytest.mark.parametrize("header", ["", "MD5=x", "SHA-256", "SHA-256=", "SHA-256=!!", "SHA-256=eA==",
                                        digest(b"other"), f"{digest(BODY)},{digest(b'other')}", ",".join(["a=b"] * 20)])
    def test_not_bound(self, header: str) -> None:
        with pytest.raises(Unproven):
            check_digest(header, BODY)


class TestRfc9421:
    @pytest.mark.parametrize("header", [
        "", "x", "sig1", "sig1=()", 'sig1=();keyid=""', "sig1=();keyid=1", 'sig1=("@method";keyid="k"', 'a=();keyid="k", '
        'b=();keyid="l"', f'sig1=();keyid="{"k" * 600}"', 'sig1=();keyid="é"', "sig1=" + "(" * 9000, "[]", 'sig1;keyid="k',
    ])
    def test_unreadable(self, header: str) -> None:
        with pytest.raises(Unproven):
            signatures.parse(Request("POST", URL, {"Signature-Input": header, "Signature": "sig1=:eA==:"}, BODY))

    @pytest.mark.parametrize("parameters", [
        'created=1;alg="hmac-sha256"', "created=x", 'created="1"', "created=99999999999999", "", "created=1.5",
        "created=-99999999999999", "created=1;expires=true", 'created=1;unknown="x"', 'created=1;alg="none"',
    ])
    def test_bad_parameters(self, parameters: str) -> None:
        signature_input = f'sig1=("@method" "@target-uri" "content-digest");{parameters};keyid="k"'.replace(";;", ";")
        request = changed(posted(sign_rfc9421), {"Signature-Input": signature_input})
        with pytest.raises(Unproven):
            verify(request, now=datetime(1970, 1, 1, tzinfo=UTC))

    def test_signed_without_a_time(self) -> None:
        bound = content_digest(BODY)
        parameters = f'("@method" "@target-uri" "content-digest");keyid="{ED25519.id}"'
        text = f'"@method": POST\n"@target-uri": {URL}\n"content-digest": {bound}\n"@signature-params": {parameters}'
        proof = base64.b64encode(ED25519.private.sign(text.encode())).decode()  # type: ignore[call-arg]
        headers = {"Content-Digest": bound, "Signature-Input": f"sig1={parameters}", "Signature": f"sig1=:{proof}:"}
        with pytest.raises(Unproven, match="time"):
            verify(Request("POST", URL, headers, BODY), ED25519.private.public_key())

    def test_a_target_that_is_no_ascii(self) -> None:
        with pytest.raises(Unproven):
            verify(changed(posted(sign_rfc9421), url=f"{URL}\u00e9"))

    @pytest.mark.parametrize("digest_header", [None, "", "x", "sha-256=:eA==:", "md5=:eA==:"])
    def test_content_digest(self, digest_header: str | None) -> None:
        with pytest.raises(Unproven):
            verify(changed(posted(sign_rfc9421), {"Content-Digest": digest_header}))

    @given(st.text(max_size=80) | st.text('sig1=();"@methodkeyid created0', max_size=80))
    def test_any_headers(self, text: str) -> None:
        request = Request("POST", URL, {"Signature-Input": text, "Signature": text}, BODY)
        with pytest.raises(Unproven):
            verify(request)


def test_what_is_tried_after_a_refusal() -> None:
    assert {manner: (manner.scheme, manner.second) for manner in Manner} == {
        Manner.CAVAGE: (Scheme.CAVAGE, Manner.RFC9421), Manner.ONLY_CAVAGE: (Scheme.CAVAGE, Manner.RFC9421),
        Manner.RFC9421: (Scheme.RFC9421, Manner.CAVAGE), Manner.ED25519: (Scheme.RFC9421, Manner.ONLY_CAVAGE)}


PEM, MULTIKEY = keys.public_pem(RSA.private.public_key()), keys.multikey(ED25519.private.public_key())
PROVEN = proofs.sign({"id": "https://peer.test/1"}, ED25519, NOW)
OTHER_LABEL = {"Signature-Input": posted(sign_rfc9421).headers["Signature-Input"].replace("sig1", "sig2")}
LIMITED: dict[str, tuple[Any, str, Callable[[], object]]] = {
    "PEM": (keys, "MAX_PEM_CHARS", lambda: keys.load_public.__wrapped__(PEM)),
    "multikey": (keys, "MAX_MULTIBASE_CHARS", lambda: keys.load_multikey.__wrapped__(MULTIKEY)),
    "proof": (proofs, "MAX_VALUE_CHARS", lambda: proofs.verify(PROVEN, ED25519.private.public_key())),
    "digests": (digests, "MAX_DIGESTS", lambda: check_digest(f"{digest(BODY)},md5=x", BODY)),
    "cavage": (cavage, "MAX_HEADER_CHARS", lambda: cavage.parse_parameters.__wrapped__('keyId="k",signature="eA=="')),
    "rfc9421": (rfc9421, "MAX_HEADER_CHARS", lambda: signatures.parse(changed(posted(sign_rfc9421), OTHER_LABEL)))}


@pytest.mark.parametrize(("module", "limit", "read"), LIMITED.values(), ids=LIMITED.keys())
def test_nothing_is_read_beyond_its_length(
        module: Any, limit: str, read: Callable[[], object], monkeypatch: pytest.MonkeyPatch) -> None:
    """A right one, and the same where it is one longer than may be: it costs time to read."""
    read()
    monkeypatch.setattr(module, limit, 1)
    with pytest.raises((Unproven, Malformed)):
        read()
