"""Acknowledge: a server has carried out a withdrawal notice of ours, and signs it (our extension, FEDERATION.md)."""
from __future__ import annotations

import json

from federation import forwarding
from federation.errors import Refused
from federation.incoming import Incoming
from federation.instance import Instance
from federation.withdrawal_notices import digest_of, key_in, speaks
from models import Disclosure, Host, Withdrawal, clock
from models.withdrawal import WithdrawalState
from moderation import withdrawals
from moderation.withdrawals import Asking

OUTCOME_LIMIT = 20


async def prepare(instance: Instance, incoming: Incoming) -> Incoming:
    """The answer is kept, so that it must prove itself: by a proof of the sender's own key, over all that it says."""
    await forwarding.prover(instance, json.loads(incoming.body), incoming.activity)
    return incoming


async def receive(incoming: Incoming) -> None:
    """Note the answer of exactly the server that was asked, about exactly what it was asked."""
    sender, key = incoming.sender, key_in(incoming.activity.object_id, incoming.us)
    asked = await Withdrawal.get_or_none(key=key, host=sender.host)
    host, said = await Host.get_or_none(name=sender.host), json.loads(incoming.body)
    if asked is None or host is None or not speaks(host, sender) or said.get("digest") != digest_of(asked.object_uris):
        raise Refused("answers what it was not asked", host=sender.host)
    if asked.state is WithdrawalState.CONFIRMED:
        return
    now, outcome = clock.now(), str(said.get("outcome"))[:OUTCOME_LIMIT]
    state = withdrawals.state(Asking(answers=True, delivered=True, asked_at=asked.asked_at, said=outcome), now)
    await Withdrawal.filter(id=asked.id).update(state=state, answered_at=now, answer=incoming.body,
                                                delivered_at=asked.delivered_at or now)
    if state is WithdrawalState.CONFIRMED:
        await Disclosure.filter(object_uri__in=asked.object_uris, host=sender.host, ended_at__isnull=True,
                                last_at__lte=asked.delivered_at or now).update(ended_at=now)
    if host.silent_at and not await Withdrawal.exists(host=sender.host, state=WithdrawalState.FAILED):
        await host.change(silent_at=None)
