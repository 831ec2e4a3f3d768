"""draft-cavage-http-signatures-12 as the fediverse speaks it: RSA with SHA-256, whatever `algorithm` says.

The draft's appendix C vectors and the rules of the profile (spec: fediverse §1.3) are in the tests.
"""
from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from functools import lru_cache
from types import MappingProxyType
from urllib.parse import urlsplit

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from federation.addresses import Address, host_of
from federation.digests import check_digest, digest
from federation.errors import Malformed, Unproven
from federation.keys import PublicKey
from federation.requests import CONTENT_TYPE, MAX_KEY_ID_CHARS, Key, Request, check_fresh

MAX_HEADER_CHARS = 8000
MAX_COVERED = 30
#: `hs2019` means "as the key says", and the keys of the fediverse are RSA; an HMAC can thus never be chosen.
_ALGORITHMS = frozenset({"rsa-sha256", "hs2019"})
_PARAMETER = re.compile(r'\s*([A-Za-z]{1,32})\s*=\s*(?:"([^"\\]*)"|([0-9]{1,12}(?:\.[0-9]{1,9})?))\s*(,|$)')


def sign(method: str, url: str, body: bytes | None, key: Key, now: datetime, *,
         with_query: bool = True) -> dict[str, str]:
    """The headers to send with the request. CPU-heavy: call in a thread.

    `url` is signed in its canonical spelling, which is the one that the client requests. `with_query=False` is
    for the old servers that leave the query out of `(request-target)`. Raises Malformed for a bad URL.
    """
    address = Address.parse(url)
    headers = {"Host": address.netloc, "Date": format_datetime(now.astimezone(UTC), usegmt=True)}
    if body is not None:
        headers |= {"Digest": digest(body), "Content-Type": CONTENT_TYPE}
    if not isinstance(key.private, rsa.RSAPrivateKey):
        raise Malformed("draft-cavage needs an RSA key")
    covered = ["(request-target)", *(name.lower() for name in headers)]
    target = address.target if with_query else address.target.partition("?")[0]
    fields = {name.lower(): text for name, text in headers.items()}
    fields["(request-target)"] = f"{method.lower()} {target}"
    text = "\n".join(f"{name}: {fields[name]}" for name in covered)
    proof = key.private.sign(text.encode("latin-1"), padding.PKCS1v15(), hashes.SHA256())
    headers["Signature"] = (f'keyId="{key.id}",algorithm="rsa-sha256",headers="{" ".join(covered)}",'
                            f'signature="{base64.b64encode(proof).decode("ascii")}"')
    return headers


@lru_cache(maxsize=64)  # of each request it is read for who signed, and then for the proof
def parse_parameters(header: str) -> Mapping[str, str]:
    """The parameters of a Signature header, split at commas outside quotes; Unproven if it is anything else.

    Two signatures in one header repeat a name and are refused: nobody can say which one was meant.
    """
    parameters: dict[str, str] = {}
    position, more = 0, ","
    header = header.strip()
    while more == ",":
        if len(header) > MAX_HEADER_CHARS or not (match := _PARAMETER.match(header, position)):
            raise Unproven("the signature header is unreadable")
        name, quoted, number, more = match.groups()
        if name.lower() in parameters:
            raise Unproven("more than one signature")
        parameters[name.lower()] = quoted if quoted is not None else number
        position = match.end()
    key_id = parameters.get("keyid", "")
    if not 0 < len(key_id) <= MAX_KEY_ID_CHARS or not key_id.isascii() or not parameters.get("signature"):
        raise Unproven("the signature header is incomplete")
    return MappingProxyType(parameters)


def verify(request: Request, public_key: PublicKey, now: datetime, skew_seconds: float) -> None:
    """Raise Unproven unless the signature is right, fresh, and covers target, host, time and body."""
    fields = request.fields()
    parameters = parse_parameters(fields.get("signature", ""))
    covered = covered_names(parameters)
    check_coverage(request, fields, covered)
    check_time(fields, parameters, covered, now, skew_seconds)
    authenticate(request, fields, parameters, public_key)
    if request.has_body:
        check_digest(fields["digest"], request.body)


def covered_names(parameters: Mapping[str, str]) -> list[str]:
    """What was signed, in order; without a list the draft means the date alone."""
    covered = parameters.get("headers", "date").lower().split()
    if len(covered) > MAX_COVERED or len(set(covered)) != len(covered):
        raise Unproven("the list of signed headers is unusable")
    return covered


def check_coverage(request: Request, fields: dict[str, str], covered: list[str]) -> None:
    """Raise Unproven unless enough is signed that it cannot be replayed to another path, host or body."""
    needed = {"(request-target)", "host"} | ({"digest"} if request.has_body else set())
    if missing := needed - set(covered):
        raise Unproven(f"not signed: {' '.join(sorted(missing))}")
    if not {"date", "(created)"} & set(covered):
        raise Unproven("no time is signed")
    scheme = urlsplit(request.url).scheme
    try:
        ours = host_of(f"{scheme}://{fields.get('host', '')}") == host_of(request.url)
    except Malformed:
        ours = False
    if not ours:
        raise Unproven("signed for another host")


def check_time(fields: dict[str, str], parameters: Mapping[str, str], covered: list[str], now: datetime,
               skew_seconds: float) -> None:
    """Raise Unproven if any signed time, or a stated expiry, is not in bounds."""
    expires = _instant(parameters["expires"]) if "expires" in parameters else None
    if "(created)" in covered:
        check_fresh(_instant(parameters.get("created", "")), expires, now, skew_seconds)
    if "date" in covered:
        check_fresh(_date(fields.get("date", "")), expires, now, skew_seconds)


def authenticate(request: Request, fields: dict[str, str], parameters: Mapping[str, str], public_key: PublicKey) -> None:
    """Raise Unproven unless the key made this signature: the arithmetic alone, with and without the query."""
    if parameters.get("algorithm", "hs2019").lower() not in _ALGORITHMS or not isinstance(public_key, rsa.RSAPublicKey):
        raise Unproven("this algorithm is not accepted")
    try:
        proof = base64.b64decode(parameters["signature"], validate=True)
    except (binascii.Error, ValueError) as error:
        raise Unproven("the signature is not base64") from error
    parts, covered = urlsplit(request.url), covered_names(parameters)
    path = parts.path or "/"
    for target in (f"{path}?{parts.query}", path) if parts.query else (path,):
        text = _signing_string(request.method, target, fields, parameters, covered)
        try:
            public_key.verify(proof, text.encode("utf-8", "surrogateescape"), padding.PKCS1v15(), hashes.SHA256())
        except InvalidSignature:
            continue
        return
    raise Unproven("the signature is wrong")


def _signing_string(method: str, target: str, fields: dict[str, str], parameters: Mapping[str, str],
                    covered: list[str]) -> str:
    pseudo = {"(request-target)": f"{method.lower()} {target}"}
    if parameters.get("algorithm", "hs2019").lower() == "hs2019":  # draft §2.3: not with the older names
        pseudo |= {f"({name})": parameters[name] for name in ("created", "expires") if name in parameters}
    lines = []
    for name in covered:
        value = pseudo.get(name) if name.startswith("(") else fields.get(name)
        if value is None:
            raise Unproven("a signed header is missing")
        lines.append(f"{name}: {value}")
    return "\n".join(lines)


@lru_cache(maxsize=64)  # what comes in within a second names one time
def _date(text: str) -> datetime:
    try:
        date = parsedate_to_datetime(text)
        return date.astimezone(UTC) if date.tzinfo else date.replace(tzinfo=UTC)
    except (ValueError, TypeError, IndexError, OverflowError) as error:
        raise Unproven("the date is unreadable") from error


def _instant(seconds: str) -> datetime:
    try:
        return datetime.fromtimestamp(float(seconds), UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise Unproven("a time of the signature is unreadable") from error
