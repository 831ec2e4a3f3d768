"""The servers that are restricted here: for the team all of it, for others as far as the host shows it."""
from __future__ import annotations

from dataclasses import dataclass

from models import Community, Host, Q
from models.community import Shown
from models.host import RESTRICTED
from models.ids import digest
from server.actions.domains import Restriction, Severity

LIST_LIMIT = 20_000
#: The hosts with a rule of their own, as a condition; those that a domain above them covers are not named again.
DECIDED = Q(ruled_by="") & (Q(standing__in=list(RESTRICTED)) | Q(rejects_media=True) | Q(rejects_reports=True))


@dataclass(frozen=True, slots=True)
class PublicRule:
    """One line of the public list. `name` may have stars in it, `digest` is that of the whole name."""

    name: str
    digest: str
    severity: Severity
    comment: str


def may_read(community: Community, is_member: bool) -> bool:
    """Whether this reader may see the list."""
    return community.restrictions_shown is Shown.EVERYONE or (is_member and community.restrictions_shown is Shown.MEMBERS)


async def public_list() -> list[PublicRule]:
    """The servers that are suspended or limited, with what the team says about it; the harshest first, then by name."""
    hosts = await Host.filter(ruled_by="", standing__in=list(RESTRICTED)).order_by("name").limit(LIST_LIMIT)
    rules = [PublicRule(shown_name(host), digest(host.name), Severity.of(host.standing), host.public_comment) for host in hosts]
    return sorted(rules, key=lambda rule: rule.severity is not Severity.SUSPEND)


def shown_name(host: Host) -> str:
    """The name as others read it: with stars in its middle if the team wants no advertisement for it (as Mastodon does)."""
    if not host.obfuscates:
        return host.name
    quarter = len(host.name) // 4
    return "".join("*" if quarter < at < len(host.name) - quarter and letter != "." else letter
                   for at, letter in enumerate(host.name))


async def all_decided() -> list[Host]:
    """Every host with a rule of its own, also where a domain above it covers that for now: what an export holds."""
    found = await Host.filter(DECIDED | ~Q(ruled_by="")).order_by("name").limit(LIST_LIMIT)
    return [host for host in found if Restriction.on(host).restricts]
