"""Rules for other servers as tools of the fediverse name them: blocks of three severities, and allows.

They are the standings of product.md, with what is refused beside them, so that a rule can never say two things.
"""
from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from federation.instance import Instance
from models import Actor, AuditEntry, Host
from models.database import in_transaction
from models.errors import CommunityError
from models.host import PARTNERS, RESTRICTED, Rule, Standing
from moderation import hosts
from server.actions import partners

COMMENT_LIMIT = 500
#: What lists and apps call allowed.
ALLOWED = PARTNERS | {Standing.OPEN}


class Severity(StrEnum):
    """How closed a server is, as files and apps of Mastodon say it."""

    NOOP = "noop"  # only what is refused beside it
    SILENCE = "silence"
    SUSPEND = "suspend"

    @classmethod
    def of(cls, standing: Standing) -> Severity:
        """The word for a standing."""
        return {Standing.SUSPENDED: cls.SUSPEND, Standing.LIMITED: cls.SILENCE}.get(standing, cls.NOOP)


@dataclass(frozen=True, slots=True)
class Restriction:
    """What a host wants of a server. None leaves a comment as it is."""

    severity: Severity
    rejects_media: bool = False
    rejects_reports: bool = False
    obfuscates: bool = False
    reason: str | None = None  # for the team
    public_comment: str | None = None

    @classmethod
    def on(cls, host: Host) -> Restriction:
        """What is decided about a host itself."""
        own = host.own
        return cls(Severity.of(own.standing), own.rejects_media, own.rejects_reports, host.obfuscates, host.reason,
                   host.public_comment)

    @property
    def restricts(self) -> bool:
        """Whether it changes anything."""
        return self.severity is not Severity.NOOP or self.rejects_media or self.rejects_reports


class NothingToLimit(CommunityError):
    """A community that exchanges with partners only: to limit a stranger would open the door to it."""

    status = 422
    safe = "Nothing is exchanged with this server, so that there is nothing to limit. Choose the severity suspend."


class Blocked(CommunityError):
    """To allow what is blocked takes two decisions."""

    status = 422
    safe = "This server is blocked. Remove the block first."


async def restrict(instance: Instance, typed: str, by: Actor | None, wanted: Restriction, list_id: int | None = None) -> Host:
    """Set the rule for a server and its subdomains. `list_id`: the list that it comes from; without one a person decided.

    Raises: Malformed, OurOwnHost; NothingToLimit for strangers.
    """
    name = partners.foreign(instance, typed)
    known = await Host.get_or_none(name=name)
    rule = Rule(await _standing(name, known, wanted.severity), wanted.rejects_media, wanted.rejects_reports)
    columns = {"obfuscates": wanted.obfuscates, "list_id": list_id}
    said = {"reason": wanted.reason, "public_comment": wanted.public_comment}
    columns |= {column: text[:COMMENT_LIMIT] for column, text in said.items() if text is not None}  # type: ignore[misc]
    async with in_transaction():
        host = known or await Host.called(name)
        await partners.set_rule(host, rule, **columns)
        await AuditEntry.create(actor_id=by.id if by else None, action=f"host.{_word(wanted)}", target=f"host:{name}",
                                reason=(wanted.reason or "")[:COMMENT_LIMIT])
    return host


async def _standing(name: str, known: Host | None, severity: Severity) -> Standing:
    """The standing that a severity stands for, with this host."""
    own = known.own.standing if known else Standing.UNKNOWN
    free = Standing((known.standing_before if known else "") or Standing.UNKNOWN) if own in RESTRICTED else own
    if severity is Severity.SUSPEND:
        return Standing.SUSPENDED
    if severity is Severity.NOOP:
        return free
    if own is not Standing.LIMITED and not hosts.is_heard(free if free is not Standing.UNKNOWN else await hosts.of_strangers()):
        raise NothingToLimit(name)
    return Standing.LIMITED


def _word(wanted: Restriction) -> str:
    """What the log of the team calls it."""
    words = {Severity.SUSPEND: Standing.SUSPENDED, Severity.SILENCE: Standing.LIMITED}
    return str(words[wanted.severity]) if wanted.severity in words else "refuses" if wanted.restricts else "lift"


async def allow(instance: Instance, typed: str, by: Actor | None) -> Host:
    """Say yes to a community that asks to be a partner; any other server becomes open: messages for the whole web, both ways.

    Partners stay partners: nobody becomes one without a decision on both sides. Raises: Blocked.
    """
    name = partners.foreign(instance, typed)
    if await hosts.standing(name) in RESTRICTED:
        raise Blocked(name)
    host = await Host.called(name)
    if host.standing in PARTNERS:
        return host
    if host.asked_us_at and host.standing is Standing.UNKNOWN:
        await partners.accept(instance, host, by)
        return host
    return await partners.allow(instance, name, by, Standing.OPEN)
