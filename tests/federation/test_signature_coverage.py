"""What a signature by RFC 9421 must cover, said in every way that says less (CVE-2026-28432), also past our own form of it."""
from __future__ import annotations

import base64
import hashlib
from datetime import UTC, datetime

import pytest
from multidict import CIMultiDict

from federation import keys, signatures
from federation.errors import Unproven
from federation.signatures import Request

NOW = datetime(2026, 5, 5, 7, 30, tzinfo=UTC)
SECONDS = int(NOW.timestamp())
KEY = keys.make_ed25519()
KEY_ID = "https://peer.example/users/vera#key"
BODY = b'{"type": "Follow"}'
URL = "https://community.example/inbox?x=1"


def digest(body: bytes, name: str = "sha-256") -> str:
    """A Content-Digest."""
    hashed = hashlib.new(name.replace("-", ""), body).digest()
    return f"{name}=:{base64.b64encode(hashed).decode()}:"


GOOD, OTHER = digest(BODY), digest(b"another body")
METHOD, TARGET, DIGEST = ('"@method"', "POST"), ('"@target-uri"', URL), ('"content-digest"', GOOD)
TIME = f";created={SECONDS}"


def signed(covered: list[tuple[str, str]], parameters: str = TIME, digests: tuple[str, ...] = (GOOD,)) -> Request:
    """A request whose signature, good in itself, is over exactly this."""
    parameters = f'({" ".join(name for name, _ in covered)}){parameters};keyid="{KEY_ID}"'
    text = "\n".join([*(f"{name}: {value}" for name, value in covered), f'"@signature-params": {parameters}'])
    headers = CIMultiDict([("Content-Digest", one) for one in digests])
    headers["Signature-Input"] = f"sig1={parameters}"
    headers["Signature"] = f"sig1=:{base64.b64encode(KEY.sign(text.encode())).decode()}:"
    return Request("POST", URL, headers, BODY)


def test_what_covers_enough_is_proven() -> None:
    for request in (signed([METHOD, TARGET, DIGEST]), signed([DIGEST, TARGET, METHOD], TIME + ';tag="app"'),
                    signed([METHOD, TARGET, DIGEST, ('"@authority"', "community.example")])):
        claim = signatures.parse(request)
        assert claim.key_id == KEY_ID
        signatures.verify(request, claim, KEY.public_key(), NOW)


@pytest.mark.parametrize("request_", [
    signed([METHOD, DIGEST]), signed([METHOD, TARGET]), signed([TARGET, DIGEST]), signed([]),
    signed([METHOD, ('"@path"', "/inbox"), ('"@authority"', "community.example"), DIGEST]),
    signed([METHOD, ('"@target-uri";req', URL), DIGEST]), signed([('"@method";req', "POST"), TARGET, DIGEST]),
    signed([METHOD, ('"@target-uri"', "https://other.example/inbox?x=1"), DIGEST]),
    signed([METHOD, ('"@target-uri"', "https://community.example/inbox"), DIGEST]),
    signed([('"@method"', "GET"), TARGET, DIGEST]),
    signed([METHOD, TARGET, ('"content-digest"', OTHER)], digests=(OTHER,)),
    signed([METHOD, TARGET, ('"content-digest"', digest(BODY, "md5"))], digests=(digest(BODY, "md5"),)),
    signed([METHOD, TARGET, ('"content-digest"', f"{GOOD}, {OTHER}")], digests=(GOOD, OTHER)),
    signed([METHOD, TARGET, ('"content-digest"', "")], digests=("",)),
    signed([METHOD, TARGET, DIGEST], digests=(GOOD, OTHER)),
    signed([METHOD, TARGET, ('"content-digest";key="sha-256"', GOOD.partition("=")[2])]),
    signed([METHOD, TARGET, DIGEST], ""), signed([METHOD, TARGET, DIGEST], ";created=1"),
    signed([METHOD, TARGET, DIGEST], f";created={SECONDS + 90_000}"),
    signed([METHOD, TARGET, DIGEST], ";created=999999999999999"),
    signed([METHOD, TARGET, DIGEST], f";created={SECONDS - 90_000};expires={SECONDS + 90_000}"),
    signed([METHOD, TARGET, DIGEST], f";created={SECONDS - 60};expires={SECONDS - 90}"),
    signed([METHOD, TARGET, DIGEST], f';created={SECONDS};alg="hmac-sha256"'),
    signed([METHOD, METHOD, TARGET, DIGEST]),
], ids=lambda request: request.headers["Signature-Input"][5:80])
def test_what_covers_too_little_is_not(request_: Request) -> None:
    with pytest.raises(Unproven):
        signatures.verify(request_, signatures.parse(request_), KEY.public_key(), NOW)
