"""Withdrawal notices: what a member takes back is named to the servers that have it, and they sign that it is erased.

    Withdraw     our instance actor -> theirs: these objects of ours are no longer to be held
    Acknowledge  their instance actor -> ours: that notice is carried out; with a proof, so that the answer can be kept

The community speaks for the member: a member's own document is gone as soon as the yes is, so that nobody could read the key.
A notice is signed on its way and holds no proof: a proof can be shown to anybody for ever, and this would prove that somebody
was here and took something back. The answer needs one, because the member keeps it; it names no object, only their digest.
"""
from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence

from federation import audience, instances, outbox
from federation.addresses import name_in, origin_of, same_origin
from federation.render import instant
from models import Actor, ConsentRecord, Delivery, Disclosure, ErasureRequest, Host, Q, Withdrawal, clock
from models.consent import Purpose
from models.ids import new_key

WITHDRAW, ACKNOWLEDGE = "Withdraw", "Acknowledge"
OBJECTS_LIMIT = 100  # of one notice
CONSENTS_LIMIT = 20
ERASED = "erased"


def digest_of(uris: Iterable[str]) -> str:
    """SHA-256 of the ids that a notice names, in its order, one a line."""
    return hashlib.sha256("\n".join(uris).encode()).hexdigest()


def speaks(host: Host | None, actor: Actor) -> bool:
    """Whether this is the instance actor of a server that exchanges these notices: nobody else on that server speaks for it."""
    return host is not None and host.takes_withdrawals and instances.speaks(host, actor)


async def ask(actor: Actor, uris: Collection[str] | None = None, record: ConsentRecord | None = None,
              but: Collection[str] = ()) -> set[str]:
    """Name what a member of ours takes back to those servers that have it and answer such notices. Inside the act's transaction,
    before anything else is asked back.

    `uris`: of these objects; None: of all, because `record` ended the yes. `but`: these may keep it. Returns the servers that
    were asked.
    """
    held = await _who_has(actor, uris)
    asked, answering = set[str](), await Host.filter(name__in=list(held.keys() - set(but)) or [""], takes_withdrawals=True)
    for host in answering:
        theirs = sorted(held[host.name])
        for at in range(0, len(theirs), OBJECTS_LIMIT):
            if await _write(actor, host, theirs[at:at + OBJECTS_LIMIT], record):
                asked.add(host.name)
    return asked


async def _who_has(actor: Actor, uris: Collection[str] | None) -> Mapping[str, set[str]]:
    """What each server has of a member, or may have got without our learning of it: the hosts of the ledger and no others."""
    which = {} if uris is None else {"object_uri__in": list(uris)}
    told = Disclosure.filter(actor_id=actor.id, ended_at__isnull=True, **which)
    no_answer = Q(status=0) | Q(status__gte=500)
    tried = Delivery.filter(no_answer, activity__actor_id=actor.id, attempts__gt=0, **which)
    held: dict[str, set[str]] = defaultdict(set)
    for query in (told, tried):
        for uri, host in await query.values_list("object_uri", "host"):
            if same_origin(str(uri), actor.uri):  # an answer of ours to a Follow of theirs is under their id
                held[str(host)].add(str(uri))
    return held


async def _write(actor: Actor, host: Host, uris: Sequence[str], record: ConsentRecord | None) -> bool:
    """False if nobody is there to be asked."""
    them = await Actor.get_or_none(uri=host.instance_uri)
    if them is None or them.is_gone:
        return False
    us, key = await Actor.instance(), new_key()
    uri = uri_of(key, us)
    await Withdrawal.create(key=key, actor=actor, host=host.name, object_uris=list(uris), purpose=Purpose.SHARED_OUT,
                            consent_id=record.id if record else None)
    extra = {"published": instant(clock.now())} | ({"consent": await _ended(actor)} if record else {})
    await outbox.send(WITHDRAW, us, list(uris), about=uri, uri=uri, goes_to=audience.servers_of(them), to=[them.uri],
                      extra=extra)
    return True


async def _ended(actor: Actor) -> list[str]:
    """The names of the yeses under which things left, the newest first."""
    given = ConsentRecord.filter(actor_id=actor.id, purpose=Purpose.SHARED_OUT, granted=True).exclude(key=None)
    return [str(key) for key in await given.order_by("-id").limit(CONSENTS_LIMIT).values_list("key", flat=True)]


def uri_of(key: str, us: Actor) -> str:
    """The id of the notice with this key."""
    return f"{origin_of(us.uri)}/activities/{key}"


def key_in(uri: str | None, us: Actor) -> str:
    """The key in the id of a notice of ours; "" if it is none."""
    return name_in(uri, uri_of("", us))


async def acknowledge(us: Actor, request: ErasureRequest) -> None:
    """Sign that what a notice named is erased here, with its files. Inside the act's transaction."""
    them = await Actor.get_or_none(uri=request.sender_uri)
    if them and not them.is_gone:
        await outbox.send(ACKNOWLEDGE, us, request.uri, about=request.uri, goes_to=audience.servers_of(them),
                          to=[them.uri], is_proven=True, extra={"outcome": ERASED, "digest": request.digest,
                                                                "published": instant(clock.now())})
    await ErasureRequest.filter(id=request.id).update(answered_at=clock.now())
