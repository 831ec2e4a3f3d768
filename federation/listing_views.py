"""Our list as one partner may read it: its own, in pages of a hundred, without a number of people."""
from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

from federation import listing_documents
from federation.addresses import origin_of
from federation.directories import view_of
from federation.disclosure import FETCHED, SAME_TIME
from federation.errors import Malformed
from federation.listing_documents import Document
from federation.render import instant
from models import Actor, DirectoryPeer, OfferedListing, clock, outgoing
from models.outgoing import Told as Disclosed

PAGE = 100
PAGES_A_DAY = 1_000  # of one peer: its whole list some times over
FIRST = "first"
_CURSOR_BITS = 64


async def digest(us: Actor, host: str) -> str:
    """That of the whole list of one partner."""
    rows = await OfferedListing.filter(host=host).values_list("key", "updated_at")
    return listing_documents.digest((listing_documents.uri_of(us, str(key)), updated) for key, updated in rows)


async def collection(us: Actor, host: str) -> Document:
    """The list itself: how to tell whether it is known already, how long it holds, and where it begins. Who finds the same digest
    in what it has may keep all of that until `endTime`.
    """
    view = view_of(us.uri)
    return {"@context": listing_documents.context(origin_of(us.uri)), "id": view, "type": "OrderedCollection",
            "attributedTo": us.uri, "updated": instant(clock.now()), "endTime": instant(listing_documents.ends_at()),
            "digest": await digest(us, host), "first": f"{view}?page={FIRST}"}


async def page(us: Actor, peer: DirectoryPeer, cursor: str) -> tuple[Document, list[OfferedListing]]:
    """One page, in the order of changes, and its rows. Malformed for a cursor that is none."""
    after = 0 if cursor == FIRST else _opened(peer, cursor)
    rows = await OfferedListing.filter(host=peer.host, version__gt=after).order_by("version").limit(PAGE)
    view = view_of(us.uri)
    document: dict[str, Any] = {
        "@context": listing_documents.context(origin_of(us.uri)), "id": f"{view}?page={cursor}", "type": "OrderedCollectionPage",
        "partOf": view, "orderedItems": [listing_documents.document(row, us) for row in rows]}
    if len(rows) == PAGE:
        document["next"] = f"{view}?page={_sealed(peer, rows[-1].version)}"
    return document, rows


async def told(us: Actor, rows: Sequence[OfferedListing]) -> None:
    """Keep in the ledger that a partner has read these, under which yes. Inside a transaction."""
    now = clock.now()
    await outgoing.disclose([Disclosed(listing_documents.uri_of(us, row.key), row.host, row.actor_id, FETCHED, row.consent_id)
                           for row in rows if row.actor_id], now, now - SAME_TIME)


async def count_page(peer: DirectoryPeer) -> bool:
    """Whether a peer may read another page today."""
    today = clock.now().date()
    served = peer.pages_served if peer.pages_on == today else 0
    await peer.change(pages_served=served + 1, pages_on=today)
    return served < PAGES_A_DAY


def _mask(peer: DirectoryPeer) -> int:
    return int.from_bytes(hashlib.sha256(f"cursor {peer.secret}".encode()).digest()[:8])


def _sealed(peer: DirectoryPeer, version: int) -> str:
    """A place in the list as only we can read it: the number behind it counts time."""
    return f"{version ^ _mask(peer):016x}"


def _opened(peer: DirectoryPeer, cursor: str) -> int:
    try:
        return min(int(cursor, 16) ^ _mask(peer), 2**62) if len(cursor) == _CURSOR_BITS // 4 else -1
    except ValueError as error:
        raise Malformed("not a page of ours") from error
