"""What other people's programs signed, as it came from them: Fedify (Ghost and Hollo speak through it), the library of PeerTube,
apsig, activitypub.bot, pubby and cattle_grid. tests/fixtures/other_programs.json holds what they put out, with keys made for it;
FEDERATION.md says what was tried.
"""
from __future__ import annotations

import json
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from federation import keys, proofs, signatures
from federation.errors import Unproven
from federation.keys import PublicKey
from federation.signatures import Request

Vector = dict[str, Any]
VECTORS: dict[str, list[Vector]] = json.loads((Path(__file__).parents[1] / "fixtures" / "other_programs.json").read_text())
REQUESTS, DOCUMENTS = VECTORS["requests"], VECTORS["documents"]


def verify(vector: Vector, **change: Any) -> None:
    """Judge a request at the time when it was made; `change` is what somebody did to it on the way."""
    sent = vector | change
    request = Request(sent["method"], sent["url"], sent["headers"], sent["body"].encode())
    key = load_pem_public_key(vector["key"].encode())
    assert isinstance(key, PublicKey)
    date = next(text for name, text in vector["headers"].items() if name.lower() == "date")
    signatures.verify(request, signatures.parse(request), key, parsedate_to_datetime(date))


def named(vector: Vector) -> str:
    return f"{vector['by'].split()[0]}-{vector.get('method') or vector['document']['type']}"


@pytest.mark.parametrize("vector", [one for one in REQUESTS if "refused" not in one], ids=named)
def test_a_request_of_theirs_is_proven_and_a_changed_one_is_not(vector: Vector) -> None:
    verify(vector)
    changes = {"url": f"{vector['url']}/more", "method": "DELETE"} | ({"body": f"{vector['body']} "} if vector["body"] else {})
    for name, change in changes.items():
        with pytest.raises(Unproven):
            verify(vector, **{name: change})


@pytest.mark.parametrize("vector", [one for one in REQUESTS if "refused" in one], ids=named)
def test_who_signs_too_little_is_asked_for_more(vector: Vector) -> None:
    with pytest.raises(Unproven):
        verify(vector)


@pytest.mark.parametrize("vector", DOCUMENTS, ids=named)
def test_a_proof_of_theirs_is_good_and_for_nothing_else(vector: Vector) -> None:
    document, key = vector["document"], keys.load_multikey(vector["key"])
    assert proofs.verify(document, key).year == 2026
    for change in ({"actor": "https://evil.example/"}, {"object": "https://evil.example/1"}, {"extra": 1}):
        with pytest.raises(Unproven):
            proofs.verify(document | change, key)


def test_a_signature_of_linked_data_beside_a_proof_was_put_on_after_it() -> None:
    """Fedify puts both on whatever it sends. Whatever that signature says, and without it, the proof is as good as before."""
    document, key = next((one["document"], keys.load_multikey(one["key"])) for one in DOCUMENTS if "signature" in one["document"])
    made = proofs.verify(document, key)
    assert proofs.verify({name: value for name, value in document.items() if name != "signature"}, key) == made
    assert proofs.verify(document | {"signature": {"type": "RsaSignature2017", "signatureValue": "lie"}}, key) == made
