"""`dazzle consent …`: proving what members said."""
from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Annotated, Any

import typer

from federation import ledger, ledger_head, proofs
from federation.errors import Malformed, Unproven
from federation.keys import load_public
from federation.ledger_head import Head
from models import Actor, ActorKey
from models.actor import KeyKind
from server.background import kept_head
from server.commands.output import Failed, Output
from server.commands.rooms import community
from server.settings import Settings

RECEIPT_BYTES = 100_000


async def verify(settings: Settings, out: Output,
                 receipt: Annotated[str, typer.Option(help="A receipt in a file, to be checked instead of the ledger.")] = "",
                 head: Annotated[str, typer.Option(help="A head of the ledger in a file, as an earlier check told it: the ledger "
                                                        "must still hold what it held then.")] = "") -> int:
    """Prove the ledger of consent: every record follows the one before it and is signed, and the end is not cut off.

    Against cutting off, the server keeps a signed head outside the database (ledger-head.json in its folder). After going
    back to a backup on purpose, remove that file. JSON: {"records", "broken" or null, "why", "head"}; "broken" is the id of the
    first record that is not as it was written, 0 for an end that is gone; "head" is for you to keep elsewhere. Of a receipt:
    {"receipt", "proven"}.
    """
    async with community(settings):
        if receipt:
            return await _receipt(out, receipt)
        await ledger.adopt()
        found, now = await ledger.verify(), await ledger_head.read()
        lost = await _lost(settings, head)
    told = {"records": found.records, "broken": None, "why": "", "head": now.document() if now else None}
    if found.fault is not None:
        out.show(told | {"broken": found.fault.id, "why": found.fault.why, "head": None},
                 f"Record {found.fault.id} is broken: {found.fault.why}. The {found.records} records before it are as they were.")
        return 1
    if lost:
        out.show(told | {"broken": 0, "why": lost},
                 f"The ledger is not whole: {lost}. Its {found.records} records are as they were.")
        return 1
    out.show(told, f"{found.records} records, all as they were written.")
    return 0


async def _lost(settings: Settings, name: str) -> str:
    """What is gone since a head was kept: the one in the server's folder, and the one in the file of this name."""
    try:
        kept = [await asyncio.to_thread(kept_head.read, Path(settings.var_dir))]
    except Malformed:
        return f"{kept_head.FILE} is damaged"
    if name:
        try:
            document = await asyncio.to_thread(_read, name)
            kept.append(Head.parse(document.get("head", document)))
        except Malformed as error:
            raise Failed(f"{name} holds no head of a ledger.") from error
    faults = [await ledger_head.fault(one) for one in kept if one]
    return next((why for why in faults if why), "")


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
        raise Failed(f"{name} is not what it should be.") from error
    if not isinstance(document, dict):
        raise Failed(f"{name} is not what it should be.")
    return document
