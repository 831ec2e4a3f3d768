"""The address that somebody has, where its domain is another than the host of their id: @alice@example.org, whose id is at
https://social.example.org/ (the LOCAL_DOMAIN and WEB_DOMAIN of Mastodon).

    hint      what the actor's document says (`webfinger`, FEP-2c59); else
    there     WebFinger of acct:alice@social.example.org, whose subject names acct:alice@example.org
    and back  WebFinger of acct:alice@example.org at example.org, whose `self` is the id that we began with

Only when both directions agree the address is shown. What is trusted goes by the host of the id, always. No domain is asked that
we do not exchange with; one that we have suspended counts as soon as it is claimed, so that nobody hides behind another host.
"""
from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from federation import webfinger
from federation.actor_document import ActorDocument
from federation.addresses import host_of
from federation.errors import FederationError, Gone, Malformed, Unreachable
from federation.instance import Instance
from models import Actor
from models.actor import ActorKind
from models.host import Standing
from moderation import hosts

TOTAL_SECONDS = 5.0  # for both directions; somebody waits for it who only wants to say something


async def domain_of(instance: Instance, document: ActorDocument) -> str:
    """The domain of this actor's address if it is another than the host of the id, else "". While it cannot be asked, what is
    known stays, for the same name.

    A suspended domain is given back as soon as it is claimed: `actors.save` knows what follows. Network; raises no error of it.
    """
    host = host_of(document.id)
    if document.type == ActorKind.APPLICATION or not hosts.is_heard(await hosts.standing(host)):
        return ""  # an instance actor speaks for its host
    try:
        async with asyncio.timeout(TOTAL_SECONDS):
            claimed = await _claimed(instance, document, host)
            if claimed in ("", host, instance.network.host):
                return ""
            how = await hosts.standing(claimed)
            if how is Standing.SUSPENDED:
                return claimed
            return claimed if hosts.is_heard(how) and await _agrees(instance, document, claimed) else ""
    except (Unreachable, TimeoutError):
        known = await Actor.get_or_none(uri=document.id)
        return known.domain if known and known.name == document.preferred_username else ""
    except FederationError:
        return ""


def may_have_changed(document: ActorDocument, known: Actor) -> bool:
    """Whether somebody who sends their own document may have another address than before: it is not looked up each time."""
    said = webfinger.domain_in(document.webfinger, document.preferred_username)
    return document.preferred_username != known.name or bool(document.webfinger) and said != known.server


async def _claimed(instance: Instance, document: ActorDocument, host: str) -> str:
    """The domain that the actor's own server says its address has; "" where it says none."""
    if document.webfinger:
        return webfinger.domain_in(document.webfinger, document.preferred_username)
    try:
        return _said_of(await _ask(instance, document, host), document)
    except (Gone, Malformed):  # of somebody who is there; the domain that somebody claims may well not know them
        if not instance.answers_names.has(host):
            instance.answers_names.put(host, False)
        raise


async def _agrees(instance: Instance, document: ActorDocument, claimed: str) -> bool:
    """Whether that domain says that its address leads to exactly this actor, and to no further address."""
    return _said_of(await _ask(instance, document, claimed), document) == claimed


async def _ask(instance: Instance, document: ActorDocument, host: str) -> Mapping[str, Any]:
    """WebFinger of this name. Where it does not answer, or knows none of its own people, nobody is looked up for an hour."""
    if instance.answers_names.known(host) is False:
        raise Unreachable("has no WebFinger", host=host)
    try:
        answer = await webfinger.account(instance, document.preferred_username, host)
    except Unreachable:
        instance.answers_names.put(host, False)
        raise
    instance.answers_names.put(host, True)
    return answer


def _said_of(answer: Mapping[str, Any], document: ActorDocument) -> str:
    """The domain in an answer that is about this very actor; "" if it is about somebody else."""
    found = webfinger.links(answer, webfinger.SELF, webfinger.AS_TYPES)
    is_theirs = bool(found) and found[0]["href"] == document.id
    return webfinger.domain_in(answer.get("subject"), document.preferred_username) if is_theirs else ""
