"""Names and addresses that do not come back after a ban. Marks only, made with a secret that is not in the database:
nobody who has it can read here who it was, or try out who it might be.
"""
from __future__ import annotations

from models import Actor, Barred, Member, Ruling, Subquery, vault
from models.ruling import Act


async def put(ruling: Ruling, subject: Actor) -> None:
    """From now on neither the name nor the address of this member of ours joins again. Inside a transaction."""
    member = await Member.get_or_none(actor_id=subject.id)
    if member is None:
        return
    addresses = {address for address in (member.email, member.new_email) if address}
    for one in (_of_name(subject.name), *map(_of_address, sorted(addresses))):
        await Barred.get_or_create(digest=one, defaults={"ruling_id": ruling.id})


async def lift(subject_id: int) -> None:
    """Both may come again."""
    bans = Subquery(Ruling.filter(subject_id=subject_id, act=Act.BAN).values("id"))
    await Barred.filter(ruling_id__in=bans).delete()


async def covers(name: str = "", address: str = "") -> bool:
    """Whether this name or this address is kept out."""
    asked = [*([_of_name(name)] if name else []), *([_of_address(address)] if address else [])]
    return bool(asked) and await Barred.exists(digest__in=asked)


def _of_name(name: str) -> str:
    return vault.current().mark(f"name:{name.lower()}")


def _of_address(address: str) -> str:
    """The same for all addresses of one mailbox: what stands behind a plus is a note of its owner's, and Gmail reads no dots."""
    box, _, host = address.lower().rpartition("@")
    box = box.partition("+")[0]
    if host in ("gmail.com", "googlemail.com"):
        box, host = box.replace(".", ""), "gmail.com"
    return vault.current().mark(f"mail:{box}@{host}")
