"""A receipt for whoever has its link, signed in or not: is it ours, is it unchanged, does it still count?"""
from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from aiohttp import web

from federation import ledger
from models import ConsentRecord, ConsentText
from models.errors import NotHere
from moderation import consent
from server.appearance import render
from server.entrance.proxies import bucket, client_address
from server.errors import BadRequest
from server.keys import LANGUAGE, LIMITS, SETTINGS
from server.members import receipts
from server.views import Fact
from server.words import agreements, profile_words
from server.words.language import Words, gettext_for


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptView:
    """One receipt as pages show it. Of the short form only what says nothing about anybody."""

    number: str
    title: str
    state: str
    counts: bool  # it is the last word, and a yes that counts now
    is_newest: bool
    given: datetime
    until: datetime | None
    words: str
    facts: tuple[Fact, ...]
    proven: bool
    url: str
    short_url: str
    withdraw_url: str = ""


async def view(record: ConsentRecord, _: Words, *, is_mine: bool) -> ReceiptView:
    """A whole receipt, checked; `is_mine`: for the member whose it is."""
    newest = await ConsentRecord.newest(record.actor_id, record.purpose, record.scope)
    text = await ConsentText.get_or_none(digest=record.text_digest)
    counts = newest is not None and newest.id == record.id and consent.is_in_force(record)
    can_stop = counts and record.purpose not in consent.REQUIRED
    return ReceiptView(
        number=record.key or str(record.id), title=agreements.title(record.purpose, _, record.scope),
        state=agreements.state_name(consent.state_of(record), record.event, _), counts=counts,
        is_newest=newest is not None and newest.id == record.id, given=record.created_at, until=record.valid_until,
        words=text.text if text else "", facts=_facts(record, _, is_mine), proven=await ledger.proven(record),
        url=receipts.path(record), short_url=receipts.path(record, short=True),
        withdraw_url=f"/data/withdraw/{record.key}" if can_stop else "")


def _facts(record: ConsentRecord, _: Words, is_mine: bool) -> tuple[Fact, ...]:
    found = (
        (_("Who said it"), agreements.capacity_name(record.capacity, _, is_mine=is_mine)),
        (_("Who answers for it"), record.controllers),
        (_("Where it is kept"), _place(record, _.language)),
        (_("How to take it back"), record.withdrawal_method),
        (_("Version of the words"), f"{record.wording}, {record.language}"),
        (_("Fingerprint"), record.hash))
    return tuple(Fact(term=term, text=text) for term, text in found if text)


def _place(record: ConsentRecord, language: str) -> str:
    """Where it is kept and under which country's law, the country in words and once."""
    country = profile_words.countries(language).get(record.jurisdiction, record.jurisdiction)
    parts = (record.storage_place, "" if country.casefold() in record.storage_place.casefold() else country)
    return ", ".join(part for part in parts if part)


async def show(request: web.Request) -> web.StreamResponse:
    """GET /receipts/{key}/{secret}: a page for people, or the signed document with `?as=json`."""
    record, form = await _asked(request)
    if request.query.get("as") == "json":
        return web.json_response(await receipts.document(record, short=form == "short"), content_type="application/ld+json")
    shown = await view(record, gettext_for(request[LANGUAGE]), is_mine=False)
    template = "receipt_short.html" if form == "short" else "receipt.html"
    return render.page(request, template, receipt=shown, is_mine=False)


async def _asked(request: web.Request) -> tuple[ConsentRecord, str]:
    """The record that the link opens, and in which form. A wrong link and a missing record are one answer."""
    request.app[LIMITS].take("receipt", bucket(client_address(request, request.app[SETTINGS].trusted_proxies)))
    record = await ConsentRecord.get_or_none(key=request.match_info["key"])
    try:
        if record is not None:
            return record, receipts.form_of(record, request.match_info["secret"])
    except BadRequest:
        pass
    raise NotHere("no such receipt")
