"""/admin/badges: who asks for a badge, and with what. Two people of the team look before it is given."""
from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from aiohttp import web

from models import Actor, Badge
from models.badge import BadgeState, Evidence
from models.errors import NotHere
from server.actions import accounts, badges, looks
from server.actions.badges import REASON_LIMIT_CHARACTERS
from server.appearance import render
from server.display import cards
from server.doors import see
from server.entrance.forms import whole_number
from server.keys import FORM, LANGUAGE, MEMBER
from server.pages.badges import evidence_name
from server.views import FieldError, Pager, PersonView
from server.words.language import Words, gettext_for
from server.words.wording import badge_name

HERE = "/admin/badges"
ON_A_PAGE = 30
#: Public registers that the team compares a number with, by hand: opened by whoever checks, never by this server.
REGISTERS = {Evidence.RPPS: "https://annuaire.esante.gouv.fr/", Evidence.NPI: "https://npiregistry.cms.hhs.gov/search",
             Evidence.ORCID: "https://orcid.org/"}


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedView:
    """One request as the team sees it. What proves it stands on its own page only."""

    key: str
    person: PersonView
    name: str
    profession: str
    evidence: str
    when: datetime
    state: str
    waits: bool = False  # for the mailed link, or the colleague
    has_first: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ProofView:
    """What one person of the team has in front of them."""

    number: str
    register: str  # the address of the public register
    email: str
    proof: str
    voucher: PersonView | None
    is_erased: bool
    may_agree: bool
    needs_two: bool
    is_mine: bool  # the reader has said yes already


async def show(request: web.Request) -> web.Response:
    """GET /admin/badges: those that wait, the oldest first, and those in force."""
    after = whole_number(request.query.get("after", ""))
    waiting = await Badge.filter(state=BadgeState.ASKED).order_by("id").limit(ON_A_PAGE).select_related("owner")
    given = await Badge.filter(state=BadgeState.GIVEN, id__gt=after).order_by("id").limit(ON_A_PAGE + 1).select_related("owner")
    pager = Pager(older_url=f"{HERE}?after={given[ON_A_PAGE - 1].id}" if len(given) > ON_A_PAGE else "")
    views = await _views([*waiting, *given[:ON_A_PAGE]], gettext_for(request[LANGUAGE]))
    await looks.note(request[MEMBER].actor, (row.owner_id for row in waiting), "badge.list")
    return render.page(request, "admin_badges.html", here="members", waiting=views[:len(waiting)], given=views[len(waiting):],
                       pager=pager, done=request.query.get("done", ""))


async def show_one(request: web.Request) -> web.Response:
    """GET /admin/badges/{key}: what proves it. That somebody looked stands in the log that its owner reads."""
    return await _one(request, await _badge(request))


async def decide(request: web.Request) -> web.Response:
    """POST /admin/badges/{key}/{agree|refuse|take}."""
    badge, verb, _ = await _badge(request), request.match_info["verb"], gettext_for(request[LANGUAGE])
    reason = request[FORM].text("reason", REASON_LIMIT_CHARACTERS)
    try:
        if verb == "agree":
            await badges.agree(badge, request[MEMBER])
        elif not reason:
            return await _one(request, badge, (FieldError("reason", _("Write the reason.")),))
        else:
            await (badges.refuse if verb == "refuse" else badges.take)(badge, request[MEMBER], reason)
    except (badges.NotByThem, badges.Waits) as error:
        return await _one(request, badge, (FieldError("", _(error.safe)),))
    return see(f"{HERE}?done={verb}")


async def _badge(request: web.Request) -> Badge:
    found = await Badge.get_or_none(key=request.match_info["key"]).select_related("owner")
    if found is None or found.state not in (BadgeState.ASKED, BadgeState.GIVEN):
        raise NotHere("badge")
    return found


async def _views(rows: list[Badge], _: Words) -> list[AskedView]:
    people = await cards.people([row.owner for row in rows])
    return [AskedView(key=row.key, person=person, name=badge_name(row.kind, False, _), profession=row.profession,
                      evidence=evidence_name(row.evidence, _), when=row.decided_at or row.created_at, state=row.state,
                      waits=not row.is_shown_enough, has_first=row.first_by_id is not None)
            for row, person in zip(rows, people, strict=True)]


async def _one(request: web.Request, badge: Badge, errors: tuple[FieldError, ...] = ()) -> web.Response:
    me, _ = request[MEMBER], gettext_for(request[LANGUAGE])
    await looks.note(me.actor, [badge.owner_id], "badge.open")
    voucher = await Actor.get_or_none(id=badge.voucher_id) if badge.voucher_id else None
    others = [one for one in await accounts.team() if one.actor_id not in (badge.owner_id, me.actor_id)]
    asked = badge.state is BadgeState.ASKED
    proof = ProofView(
        number=badge.number, register=REGISTERS.get(badge.evidence, ""), email=badge.email, proof=badge.proof,
        voucher=(await cards.people([voucher]))[0] if voucher else None, is_erased=badge.evidence_erased_at is not None,
        may_agree=asked and badge.is_shown_enough and badge.owner_id != me.actor_id and badge.first_by_id != me.actor_id,
        needs_two=badge.first_by_id is None and bool(others), is_mine=badge.first_by_id == me.actor_id)
    [view] = await _views([badge], _)
    return render.page(request, "admin_badge.html", status=422 if errors else 200, here="members", errors=errors, badge=view,
                       proof=proof, may_decide=badge.owner_id != me.actor_id, limit=REASON_LIMIT_CHARACTERS,
                       reason=request[FORM].text("reason", REASON_LIMIT_CHARACTERS) if errors else "")
