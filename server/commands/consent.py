"""`dazzle consent …`: proving what members said."""
from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Annotated, Any

import typer

from federation import ledger, proofs
from federation.errors import Malformed, Unproven
from federation.keys import load_public
from models import Actor, ActorKey
from models.actor import KeyKind
from server.commands.output import Failed, Output
from server.commands.rooms import community
from server.settings import Settings

RECEIPT_BYTES = 100_000


async def verify(settings: Settings, out: Output,
                 receipt: Annotated[str, typer.Option(help="A receipt in a file, to be checked instead of the ledger.")] = "",
                 ) -> int:
    """Prove the ledger of consent: every record follows the one before it and is signed. JSON: {"records", "broken" or null,
    "why"}; "broken" is the id of the first record that is not as it was written. Of a receipt: {"receipt", "proven"}.
    """
    async with community(settings):
        if receipt:
            return await _receipt(out, receipt)
        await ledger.adopt()
        found = await ledger.verify()
    if found.fault is None:
        out.show({"records": found.records, "broken": None, "why": ""}, f"{found.records} records, all as they were written.")
        return 0
    out.show({"records": found.records, "broken": found.fault.id, "why": found.fault.why},
             f"Record {found.fault.id} is broken: {found.fault.why}. The {found.records} records before it are as they were.")
    return 1


async def _receipt(out: Output, name: str) -> int:
    document = await asyncio.to_thread(_read, name)
    key = await ActorKey.get_or_none(uri=proofs.key_id(document) or "", kind=KeyKind.ED25519,
                                     actor_id=(await Actor.instance()).id)
    number = str(document.get("dct:identifier", ""))
    try:
        if key is None:
            raise Unproven("no key of this community")
        proofs.verify(document, load_public(key.public_pem))
    except (Unproven, Malformed):
        out.show({"receipt": number, "proven": False}, "This receipt is not as this community signed it.")
        return 1
    out.show({"receipt": number, "proven": True}, f"Receipt {number} is as this community signed it.")
    return 0


def _read(name: str) -> dict[str, Any]:
    """The document in a file; Failed if there is none."""
    try:
        with Path(name).open("rb") as file:
            document = json.loads(file.read(RECEIPT_BYTES))
    except (OSError, ValueError, RecursionError) as error:
        raise Failed(f"{name} holds no receipt.") from error
    if not isinstance(document, dict):
        raise Failed(f"{name} holds no receipt.")
    return document
