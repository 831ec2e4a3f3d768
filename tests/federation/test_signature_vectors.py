"""Published vectors and those of peers' libraries get the verdict that a sound verifier gives."""
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from federation import cavage, rfc9421, signatures
from federation.errors import Unproven
from federation.keys import PublicKey
from federation.signatures import Claim, Request, Scheme

VECTORS = Path(__file__).parents[3] / "shared/data/vectors/signatures.json"


def vectors() -> list[dict[str, Any]]:
    return json.loads(VECTORS.read_bytes()) if VECTORS.exists() else []


def vector_request(vector: dict[str, Any]) -> Request:
    sent = vector["request"]
    headers = dict(sent["headers"])
    if vector["family"] == "cavage":
        headers["Signature"] = vector["header"]
    elif "signature_input" in vector:
        headers |= {"Signature-Input": vector["signature_input"], "Signature": vector["signature"]}
    return Request(sent["method"], sent.get("url") or f"https://{headers['Host']}{sent['path']}", headers,
                   sent["body"].encode())


@pytest.mark.skipif(not VECTORS.exists(), reason="the signature vectors are not beside this repository")
class TestVectors:
    """draft-cavage-12 appendix C, RFC 9421 appendix B.2.6, and requests as peers send them."""

    @pytest.mark.parametrize("vector", [v for v in vectors() if v["family"] != "fep8b32"], ids=lambda v: v["name"])
    def test_verdict(self, vector: dict[str, Any]) -> None:
        request = vector_request(vector)
        key = load_pem_public_key(vector["public_key_pem"].encode())
        assert isinstance(key, PublicKey)
        if vector["origin"].startswith("published"):
            self.published(vector, request, key)
            return
        now = datetime.fromisoformat(vector["now"])
        claim = signatures.parse(request)
        assert claim == Claim("https://peer.test/users/otto#main-key", Scheme.RFC9421)
        if vector["verdict"] == "valid":
            signatures.verify(request, claim, key, now)
        else:
            with pytest.raises(Unproven):
                signatures.verify(request, claim, key, now)

    @staticmethod
    def published(vector: dict[str, Any], request: Request, key: PublicKey) -> None:
        """The arithmetic is right, and our policy wants more than these old examples cover."""
        assert vector["verdict"].startswith(("valid", "the signature is valid"))
        if vector["family"] == "cavage":
            now = datetime(2014, 1, 5, 21, 31, 40, tzinfo=UTC)
            fields = request.fields()
            cavage.authenticate(request, fields, cavage.parse_parameters(fields["signature"]), key)
        else:
            now = datetime.fromtimestamp(1618884473, UTC)
            rfc9421.authenticate(request, key, now, 60)
        if vector["name"].startswith("C.3"):
            signatures.verify(request, signatures.parse(request), key, now)
        else:
            with pytest.raises(Unproven):
                signatures.verify(request, signatures.parse(request), key, now)

    def test_none_is_overlooked(self) -> None:
        assert {vector["family"] for vector in vectors()} == {"cavage", "rfc9421", "fep8b32"}
