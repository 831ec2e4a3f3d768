"""Receipts: one record of the ledger as a document that its member can keep, show and have checked.

The document is JSON-LD in the words of the W3C Data Privacy Vocabulary, in the order of ISO/IEC TS 27560:2023 (header,
processing, parties, event), with a proof by the community (FEP-8b32). The short form leaves out everything that tells what
this community is about.
"""
from __future__ import annotations

import hashlib
import hmac
from typing import Any

from federation import proofs
from federation.addresses import origin_of
from models import Actor, ConsentRecord, ConsentText
from models.consent import ConsentEvent, ConsentState
from server.errors import BadRequest

Document = dict[str, Any]
DPV = "https://w3id.org/dpv#"
CONTEXT = {"dpv": DPV, "dct": "http://purl.org/dc/terms/", "dpv-gdpr": "https://w3id.org/dpv/legal/eu/gdpr#",
           "dazzle": "urn:dazzle:consent:"}
STATUS = {
    ConsentState.REQUESTED: "ConsentRequested", ConsentState.GIVEN: "ConsentGiven", ConsentState.REFUSED: "ConsentRefused",
    ConsentState.WITHDRAWN: "ConsentWithdrawn", ConsentState.EXPIRED: "ConsentExpired",
    ConsentState.SUPERSEDED: "ConsentStatusInvalidForProcessing", ConsentState.INVALIDATED: "ConsentInvalidated"}
LEGAL_BASIS = "dpv-gdpr:A9-2-a"
LINK_CHARS = 32


def secret(record: ConsentRecord, *, short: bool = False) -> str:
    """The secret part of the link to a receipt, one for each form: nobody can work it out from a record's name."""
    seed = f"{'short' if short else 'whole'}:{record.key}:{record.signature}"
    return hashlib.sha256(seed.encode()).hexdigest()[:LINK_CHARS]


def path(record: ConsentRecord, *, short: bool = False) -> str:
    """Where a receipt can be read by whoever has the link."""
    return f"/receipts/{record.key}/{secret(record, short=short)}"


def form_of(record: ConsentRecord, given: str) -> str:
    """"whole" or "short", as the link says; BadRequest for a link that is none of this record."""
    for form in ("whole", "short"):
        if hmac.compare_digest(given.encode(), secret(record, short=form == "short").encode()):
            return form
    raise BadRequest("no such receipt")


async def document(record: ConsentRecord, *, short: bool = False) -> Document:
    """The receipt, signed by the community, as of when the record was made."""
    instance = await Actor.instance()
    bare = header(record) if short else header(record) | await body(record, origin_of(instance.uri))
    return await proofs.attested({"@context": [CONTEXT]} | bare, instance, record.created_at)


def header(record: ConsentRecord) -> Document:
    """What says nothing about anybody: which record it is, what it decides, when."""
    return {
        "@type": "dpv:ConsentRecord", "dct:identifier": record.key, "dct:conformsTo": record.schema_version,
        "dpv:hasConsentStatus": f"dpv:{STATUS[record.state or ConsentState.REQUESTED]}",
        "dct:date": record.created_at.isoformat(), "dct:valid": record.valid_until and record.valid_until.isoformat(),
        "dpv:hasPurpose": f"dazzle:{record.purpose}", "dazzle:hash": record.hash, "dazzle:textDigest": record.text_digest}


async def body(record: ConsentRecord, origin: str) -> Document:
    """The rest of what ISO/IEC TS 27560 asks for."""
    text = await ConsentText.get_or_none(digest=record.text_digest)
    return {
        "dpv:hasDataSubject": {"dct:identifier": record.subject},
        "dazzle:actedBy": {"dct:identifier": str(record.acted_by_id or ""), "dpv:hasRole": str(record.capacity or "")},
        "dpv:hasNotice": {"dct:identifier": record.notice, "dct:hasVersion": record.wording, "dct:language": record.language,
                          "dct:description": text.text if text else ""},
        "dpv:hasLegalBasis": LEGAL_BASIS, "dpv:hasPersonalData": record.categories.split(), "dazzle:scope": record.scope,
        "dazzle:audience": record.audience, "dpv:hasDataController": record.controllers.splitlines(),
        "dpv:hasRecipient": record.recipients.split(), "dpv:hasStorageCondition": {
            "dpv:hasLocation": record.storage_place, "dpv:hasDuration": record.retention},
        "dpv:hasJurisdiction": record.jurisdiction, "dazzle:withdrawAt": record.withdrawal_method,
        "dazzle:event": str(record.event or ConsentEvent.ASKED), "dct:publisher": origin}
