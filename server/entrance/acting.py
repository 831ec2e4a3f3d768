"""A browser that acts for a managed profile: what it may open, and in whose name it speaks.

Whatever is not named here stays shut: settings, the team's pages, apps and private things of the guardian's own.
"""
from __future__ import annotations

from aiohttp import web

from models import Actor, Member, clock
from models.consent import Capacity
from models.errors import CommunityError
from moderation import ages, guardians
from moderation.ages import Young
from moderation.guardians import Act
from server.actions.consents import OWN, Voice
from server.keys import COMMUNITY, FORM, GUARDIAN, MEMBER, TIE

FREE = frozenset({  # for everybody, or about the browser itself
    "/", "/about", "/rules", "/help", "/crisis", "/privacy", "/accessibility", "/acting", "/acting/stop", "/look", "/signout"})
READS = frozenset({
    "/home", "/home/follows", "/m/{key}", "/m/{key}/history", "/m/{key}/copies", "/m/{key}/held", "/media/{key}", "/emoji/{key}",
    "/tags/{name}", "/notices", "/@{address}", "/data", "/data/receipts/{key}", "/data/copies", "/data/access",
    "/data/export", "/settings/lines", "/settings/lines/{line}"})
COPIES = frozenset({"/data/export", "/data/export/file"})  # of all that a guardian may read
WRITES = frozenset({
    "/compose", "/drafts", "/drafts/{key}/discard", "/m/{key}/edit", "/m/{key}/delete", "/m/{key}/undo", "/m/{key}/send-now",
    "/m/{key}/thanks", "/m/{key}/vote", "/m/{key}/reach", "/notices/read",
    "/settings/lines/{line}"})
AGREES = frozenset({"/data", "/data/pause", "/data/resume", "/data/withdraw/{key}"})


OF_THE_BROWSER = frozenset({"/acting/stop", "/look", "/signout"})


class OtherName(CommunityError):
    """The form was opened to act for somebody for whom this browser acts no more, or not now."""

    status = 409
    safe = "error.other_name"


class NotAsGuardian(CommunityError):
    """One cannot do this for somebody else, or not this guardian."""

    status = 403
    safe = "error.not_as_guardian"


def act_of(method: str, path: str) -> Act | None:
    """What a guardian must be allowed for this route; None where nobody acts for somebody else."""
    if method in ("GET", "HEAD") and path in READS or path in COPIES:
        return Act.VIEW
    if path in WRITES:
        return Act.WRITE
    return Act.CONSENT if path in AGREES else None


def check(request: web.Request) -> None:
    """Raise NotAsGuardian unless the guardian who asks may do this. Nothing to check for those who act for themselves."""
    if GUARDIAN not in request:
        return
    resource = request.match_info.route.resource
    path = resource.canonical if resource else ""
    if path in FREE:
        return
    act = act_of(request.method, path)
    if act is None or not guardians.may(request[TIE], act):
        raise NotAsGuardian(path)


class AskTheChild(CommunityError):
    """A guardian's yes needs the child's own (health.md §3.2, assent)."""

    status = 422
    safe = "error.ask_the_child"


def asks_too(request: web.Request) -> bool:
    """Whether the one for whom a guardian acts is old enough to be asked too."""
    if GUARDIAN not in request:
        return False
    member, community = request[MEMBER], request.app[COMMUNITY].row
    one = Young(member.birth_year, member.country or community.country)
    return ages.is_asked_too(one, community.assent_age, clock.now().date())


def voice_of_yes(request: web.Request) -> Voice:
    """The same as `voice`, for a yes. Raises AskTheChild unless the form says that a child who is asked too agrees."""
    who = voice(request)
    if asks_too(request) and not request[FORM].has("assent"):
        raise AskTheChild("assent")
    return who


def voice(request: web.Request) -> Voice:
    """In whose name a yes or a no is said here. Raises NotAsGuardian for a guardian who may not."""
    if GUARDIAN not in request:
        return OWN
    if not guardians.may(request[TIE], Act.CONSENT):
        raise NotAsGuardian("consent")
    return Voice(request[GUARDIAN].actor_id, Capacity.GUARDIAN)


def one_who_acts(request: web.Request) -> Member:
    """The person at the keyboard."""
    person: Member = request.get(GUARDIAN, request[MEMBER])
    return person


def writer(request: web.Request) -> tuple[Actor | None, str]:
    """Who writes here for the one in whose name it is, and as what; nobody and nothing for oneself."""
    return (request[GUARDIAN].actor, request[TIE].tie.value) if GUARDIAN in request else (None, "")


def is_guardian(request: web.Request) -> bool:
    """Whether somebody acts for somebody else."""
    return GUARDIAN in request and request[MEMBER].actor_id != request[GUARDIAN].actor_id
