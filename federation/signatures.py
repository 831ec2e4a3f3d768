"""Signing what we send and proving who sent what we got: one door to both schemes.

Everything here is pure and synchronous; RSA costs about a millisecond, so callers use a thread.
The proof says which key signed. Whose key that is, and whether its owner may do this, is decided by the inbox.
"""
from __future__ import annotations

from datetime import datetime

from federation import cavage, rfc9421
from federation.cavage import sign as sign_cavage
from federation.errors import Unproven
from federation.keys import PublicKey
from federation.requests import SKEW_SECONDS, Claim, Key, Request, Scheme
from federation.rfc9421_plain import sign as sign_rfc9421

__all__ = ["Claim", "Key", "Request", "Scheme", "parse", "sign_cavage", "sign_rfc9421", "verify"]


def parse(request: Request) -> Claim:
    """Who claims to have signed: cheap, before any key is fetched. Unproven if nothing readable was signed."""
    return request.claim(_claim)


def _claim(fields: dict[str, str]) -> Claim:
    if "signature-input" in fields:
        return Claim(rfc9421.parse_key_id(fields), Scheme.RFC9421)
    if "signature" not in fields:
        raise Unproven("the request is not signed")
    return Claim(cavage.parse_parameters(fields["signature"])["keyid"], Scheme.CAVAGE)


def verify(request: Request, claim: Claim, public_key: PublicKey, now: datetime,
           skew_seconds: float = SKEW_SECONDS) -> None:
    """Raise Unproven unless `public_key` signed this very request, in time.

    `claim` is what `parse` said, its key id the one that `public_key` was found under; `now` is the time of
    receipt, stamped at the door. `skew_seconds` is tolerated both ways, and never more than 12 hours back.
    """
    if parse(request) != claim:
        raise Unproven("this is not the claim of this request")
    check = rfc9421.verify if claim.scheme is Scheme.RFC9421 else cavage.verify
    check(request, public_key, now, skew_seconds)
