"""/settings/badge: a badge for professionals and researchers; and saying of a colleague that one knows them."""
from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from aiohttp import web

from models import Actor, Badge
from models.badge import BadgeKind, BadgeState, Evidence
from models.consent import Purpose
from models.member import LinkPurpose, Role
from models.reach import Reach
from moderation import consent
from moderation import lines as profile_lines
from server.actions import badges, consents, links
from server.actions.badges import PROFESSION_LIMIT_CHARACTERS, PROOF_LIMIT_CHARACTERS, Asked
from server.appearance import render
from server.display import cards
from server.doors import see
from server.entrance.forms import Form
from server.errors import BadRequest
from server.keys import COMMUNITY, FORM, LANGUAGE, LIMITS, MEMBER, SETTINGS
from server.members.emails import normal
from server.views import FieldError, Option, PersonView
from server.words.language import Words, gettext_for
from server.words.wording import badge_name, reach_name

HERE = "/settings/badge"
VOUCHERS_LIMIT = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class BadgeView:
    """How it stands with one's badge."""

    state: str  # a models.badge.BadgeState
    name: str  # "Verified health professional"
    profession: str
    evidence: str
    waits_for: str = ""  # "mail", "voucher" or "team" while it is asked for
    has_first: bool = False  # one person of the team has agreed
    by_one: bool = False
    reason: str = ""
    ends_at: datetime | None = None
    is_kept: bool = False  # what proves it is still here


def evidence_name(evidence: Evidence, _: Words) -> str:
    """By what a badge is shown."""
    return {Evidence.RPPS: _("RPPS number (France)"), Evidence.NPI: _("NPI number (United States)"),
            Evidence.ORCID: _("ORCID iD"), Evidence.MAIL: _("An e-mail address at work"),
            Evidence.VOUCHER: _("A colleague who has a badge here")}[evidence]


async def show(request: web.Request) -> web.Response:
    """GET /settings/badge."""
    return await _page(request)


async def save(request: web.Request) -> web.Response:
    """POST /settings/badge: ask, give it back, or answer a colleague who asks."""
    form, member = request[FORM], request[MEMBER]
    match form.get("do"):
        case "ask":
            return await _ask(request)
        case "give-back":
            await badges.give_back(member, request[LANGUAGE], request.app[COMMUNITY].row)
        case "vouch" | "not-known" as said:
            await badges.vouch(member.actor, form.text("key", 22), said == "vouch")
        case _:
            raise BadRequest("do")
    return see(f"{HERE}?saved={form.get('do')}")


async def show_mail(request: web.Request) -> web.Response:
    """GET /settings/badge/mail/{token}: a button, so that no program that looks into mails presses it."""
    await links.find(request.match_info["token"], LinkPurpose.WORK)
    return render.page(request, "badge_mail.html", here="settings", path=request.path)


async def confirm_mail(request: web.Request) -> web.Response:
    """POST /settings/badge/mail/{token}: the address at work is theirs."""
    await badges.confirm(request[MEMBER], request.match_info["token"])
    return see(f"{HERE}?saved=mail")


async def _ask(request: web.Request) -> web.Response:
    form, _ = request[FORM], gettext_for(request[LANGUAGE])
    request.app[LIMITS].take("badge", request[MEMBER].actor.key)
    try:
        asked = _asked(form)
        if asked.evidence is Evidence.MAIL:
            request.app[LIMITS].take("mail_address", normal(asked.email))
        if asked.reach.leaves and not await consent.may_leave(request[MEMBER].actor_id):
            raise badges.BadEvidence("c5")
        await badges.ask(request[MEMBER], asked, request[LANGUAGE], request.app[COMMUNITY].row, request.app[SETTINGS].origin)
    except badges.BadEvidence as error:
        return await _page(request, (_said(error.field, form, _),))
    return see(f"{HERE}?saved=ask")


def _asked(form: Form) -> Asked:
    if form.get("kind") not in set(BadgeKind):
        raise badges.BadEvidence("kind")
    if form.get("evidence") not in set(Evidence):
        raise badges.BadEvidence("evidence")
    if form.get("reach") not in {reach.value for reach in badges.READERS}:
        raise badges.BadEvidence("reach")
    return Asked(
        kind=BadgeKind(form.get("kind")), profession=" ".join(form.get("profession").split()),
        evidence=Evidence(form.get("evidence")), number=form.text("number", 60), email=form.text("email", 254),
        colleague=form.text("colleague", 320),
        proof=form.get("proof").strip(), reach=Reach(form.get("reach")))


def _said(field: str, form: Form, _: Words) -> FieldError:
    numbers = {Evidence.RPPS: _("An RPPS number has 11 digits, and this one has a mistake in it. Look at it again."),
               Evidence.NPI: _("An NPI number has 10 digits, and this one has a mistake in it. Look at it again."),
               Evidence.ORCID: _("An ORCID iD has 16 characters, and this one has a mistake in it. Look at it again.")}
    said = {"kind": _("Say which badge it is."), "evidence": _("Say how the team can check it. Not every way fits every badge."),
            "profession": _("Write your profession, in at most %(n)s characters.", n=PROFESSION_LIMIT_CHARACTERS),
            "proof": _("Write at most %(n)s characters.", n=PROOF_LIMIT_CHARACTERS), "reach": _("Say who may see it."),
            "email": _("This is no e-mail address that we can write to."),
            "colleague": _("Name a member of this community who has a badge, such as @name."),
            "c5": _("For this, first say yes to copies on other servers, on the page My data.")}
    if field == "number":
        return FieldError("number", numbers[Evidence(form.get("evidence"))])
    return FieldError("reach" if field == "c5" else field, said[field])


async def _page(request: web.Request, errors: tuple[FieldError, ...] = ()) -> web.Response:
    _, member, lang = gettext_for(request[LANGUAGE]), request[MEMBER], request[LANGUAGE]
    form = request[FORM] if errors else Form()
    given, newest = await _own(member.actor, _)
    return render.page(
        request, "settings_badge.html", status=422 if errors else 200, here="settings", errors=errors, given=given, newest=newest,
        may_ask=member.role is not Role.MANAGED and not member.actor.organised_as,
        typed={name: form.get(name) for name in ("profession", "number", "email", "colleague", "proof")},
        kinds=_options({kind: badge_name(kind, False, _) for kind in BadgeKind}, form.get("kind")),
        ways=_options({way: evidence_name(way, _) for way in Evidence}, form.get("evidence")),
        readers=_options({reach: reach_name(reach, _) for reach in _offered(request)}, form.get("reach") or _reads_now(request)),
        words=consents.words(Purpose.FIELD, lang, request.app[COMMUNITY].row), asking=await _asking(request),
        saved="" if errors else request.query.get("saved", ""))


async def _own(actor: Actor, _: Words) -> tuple[BadgeView | None, BadgeView | None]:
    """The badge in force, and what was asked for after it."""
    given, newest = await Badge.newest(actor.id, BadgeState.GIVEN), await Badge.newest(actor.id)
    views = [_view(one, actor.badge_checks, _) if one else None for one in (given, newest)]
    return views[0], views[1] if newest != given else None


def _offered(request: web.Request) -> list[Reach]:
    ceiling = request.app[COMMUNITY].row.ceiling
    return [reach for reach in badges.READERS if reach.level <= max(ceiling.level, Reach.COMMUNITY.level)]


def _reads_now(request: web.Request) -> str:
    reach = profile_lines.reach_of(request[MEMBER].actor, profile_lines.BADGE)
    return reach.value if reach in badges.READERS else Reach.COMMUNITY.value


def _options(titles: dict[BadgeKind, str] | dict[Evidence, str] | dict[Reach, str], chosen: str) -> list[Option]:
    return [Option(value=value.value, title=title, checked=value.value == chosen) for value, title in titles.items()]


def _view(badge: Badge, checks: int, _: Words) -> BadgeView:
    waits_for = ""
    if badge.state is BadgeState.ASKED:
        waits_for = "team" if badge.is_shown_enough else str(badge.evidence)
    return BadgeView(
        state=badge.state, name=badge_name(badge.kind, False, _), profession=badge.profession,
        evidence=evidence_name(badge.evidence, _), waits_for=waits_for, has_first=badge.first_by_id is not None,
        by_one=badge.state is BadgeState.GIVEN and checks == 1, reason=badge.reason, ends_at=badge.ends_at,
        is_kept=badge.evidence_erased_at is None)


async def _asking(request: web.Request) -> list[tuple[str, str, PersonView]]:
    """Colleagues who ask me: the key, the profession they named, and who they are."""
    me = request[MEMBER].actor
    rows = await Badge.filter(voucher_id=me.id, state=BadgeState.ASKED, vouched_at__isnull=True
                              ).order_by("id").limit(VOUCHERS_LIMIT).select_related("owner") if me.badge else []
    people = await cards.people([row.owner for row in rows])
    return [(row.key, row.profession, person) for row, person in zip(rows, people, strict=True)]
