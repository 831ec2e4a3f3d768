"""RFC 9421 in the one form that we write, and that other servers of our make send: signed and verified by hand.

The library takes ten times as long as the signature. Whatever is written in any other way is for `federation.rfc9421`, and
a test says that both judge alike.
"""
from __future__ import annotations

import base64
import hmac
import re
from datetime import UTC, datetime
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from federation.addresses import Address
from federation.digests import content_digest
from federation.errors import Malformed, Unproven
from federation.keys import PrivateKey, PublicKey
from federation.requests import CONTENT_TYPE, MAX_KEY_ID_CHARS, Key, Request, check_fresh

LABEL: Final = "sig1"
RSA_ALGORITHM: Final = "rsa-v1_5-sha256"
ED25519_ALGORITHM: Final = "ed25519"
_WITHOUT_BODY: Final = '("@method" "@target-uri")'
_WITH_BODY: Final = '("@method" "@target-uri" "content-digest")'
_INPUT = re.compile(r'sig1=((\("@method" "@target-uri"(?: "content-digest")?\));created=([0-9]{1,11});keyid="([ !#-\[\]-~]+)"'
                    r'(?:;alg="(rsa-v1_5-sha256|ed25519)")?)')
_PROOF = re.compile(r"sig1=:((?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?):")
_DIGEST = re.compile(r"sha-256=:[A-Za-z0-9+/]{43}=:")


def sign(method: str, url: str, body: bytes | None, key: Key, now: datetime) -> dict[str, str]:
    """The headers to send with the request. CPU-heavy with RSA: call in a thread. Raises Malformed for a bad URL."""
    address = Address.parse(url)
    if not address.target.isascii():
        raise Malformed("not a URL that can be signed")
    headers = {"Host": address.netloc}
    if body is not None:
        headers |= {"Content-Type": CONTENT_TYPE, "Content-Digest": content_digest(body)}
    covered = _WITHOUT_BODY if body is None else _WITH_BODY
    parameters = f'{covered};created={int(now.timestamp())};keyid="{key.id}";alg="{algorithm(key.private)}"'
    text = _base(method, address.origin + address.target, headers.get("Content-Digest"), parameters)
    proof = (key.private.sign(text, padding.PKCS1v15(), hashes.SHA256()) if isinstance(key.private, rsa.RSAPrivateKey)
             else key.private.sign(text))
    encoded = base64.b64encode(proof).decode("ascii")
    return headers | {"Signature-Input": f"{LABEL}={parameters}", "Signature": f"{LABEL}=:{encoded}:"}


def algorithm(key: PrivateKey | PublicKey) -> str:
    """Its name in the registry of RFC 9421 §6.2. The key says it already: there are programs that want to read it (apsig,
    activitypub.bot).
    """
    return RSA_ALGORITHM if isinstance(key, rsa.RSAPrivateKey | rsa.RSAPublicKey) else ED25519_ALGORITHM


def key_id(fields: dict[str, str]) -> str | None:
    """Whose key signed, by a header in this form; None for any other."""
    stated = _INPUT.fullmatch(fields.get("signature-input", ""))
    return stated[4] if stated and len(stated[4]) <= MAX_KEY_ID_CHARS else None


def verify(request: Request, public_key: PublicKey, now: datetime, skew_seconds: float) -> bool:
    """False if the request is not in this form. True if its signature is right, fresh, and covers method, target and body;
    else it raises Unproven.
    """
    fields = request.fields()
    stated, proof = _INPUT.fullmatch(fields.get("signature-input", "")), _PROOF.fullmatch(fields.get("signature", ""))
    if not stated or not proof or not request.url.isascii():
        return False
    parameters, covered, created = stated[1], stated[2], stated[3]
    digest = fields.get("content-digest", "") if covered == _WITH_BODY else None
    if request.has_body != (digest is not None) or (digest is not None and not _DIGEST.fullmatch(digest)):
        return False
    if stated[5] not in (None, algorithm(public_key)):
        return False
    check_fresh(datetime.fromtimestamp(int(created), UTC), None, now, skew_seconds)
    if digest is not None and not hmac.compare_digest(digest, content_digest(request.body)):
        raise Unproven("the digest does not fit the body")
    _check(public_key, base64.b64decode(proof[1]), _base(request.method, request.url, digest, parameters))
    return True


def _base(method: str, url: str, digest: str | None, parameters: str) -> bytes:
    """The signature base of RFC 9421 §2.5."""
    lines = [f'"@method": {method.upper()}', f'"@target-uri": {url}']
    if digest is not None:
        lines.append(f'"content-digest": {digest}')
    return "\n".join([*lines, f'"@signature-params": {parameters}']).encode("ascii")


def _check(public_key: PublicKey, proof: bytes, text: bytes) -> None:
    try:
        if isinstance(public_key, rsa.RSAPublicKey):
            public_key.verify(proof, text, padding.PKCS1v15(), hashes.SHA256())
        else:
            public_key.verify(proof, text)
    except InvalidSignature as error:
        raise Unproven("the signature is wrong") from error
