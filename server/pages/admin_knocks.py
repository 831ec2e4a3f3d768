"""/admin/knocks: servers that knocked and that nobody has decided about."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from aiohttp import web

from federation.errors import FederationError
from models import Knock
from models.host import RESTRICTED, Standing
from moderation.domain_names import Alike, Likeness
from server.actions import knocks
from server.actions.domains import NothingToLimit
from server.actions.partners import StillRestricted
from server.appearance import render
from server.doors import see
from server.entrance.forms import whole_number
from server.keys import FORM, INSTANCE, LANGUAGE, MEMBER
from server.views import FieldError, Pager
from server.words.language import Words, gettext_for

HERE = "/admin/knocks"
ON_A_PAGE = 50
ADDRESSES_LIMIT = 300


@dataclass(frozen=True, slots=True)
class KnockView:
    """A server that knocked, and what to beware of."""

    row: Knock
    warnings: Sequence[str]


async def show(request: web.Request) -> web.Response:
    """GET /admin/knocks."""
    return await _page(request)


async def decide(request: web.Request) -> web.Response:
    """POST /admin/knocks/{host}: open, limit, suspend, ignore."""
    form, _ = request[FORM], gettext_for(request[LANGUAGE])
    do, name = form.get("do"), request.match_info["host"]
    try:
        await knocks.decide(request.app[INSTANCE], name, do, request[MEMBER].actor, form.text("reason"),
                            form.text("addresses", ADDRESSES_LIMIT))
    except (NothingToLimit, StillRestricted) as error:
        return await _page(request, (FieldError("", f"{name}: {_(error.safe)}"),))
    except FederationError:
        return await _page(request, (FieldError("", f"{name}: {_('Write the domain as in an address: example.org.')}"),))
    return see(f"{HERE}?done={do}")


async def _page(request: web.Request, errors: tuple[FieldError, ...] = ()) -> web.Response:
    skip = min(whole_number(request.query.get("skip", "")), 100_000)
    rows = await knocks.waiting(ON_A_PAGE + 1, skip)
    page = rows[:ON_A_PAGE]
    alike = await knocks.likenesses(request.app[INSTANCE], [row.name for row in page])
    _ = gettext_for(request[LANGUAGE])
    return render.page(request, "admin_knocks.html", here="partners", status=422 if errors else 200, errors=errors,
                       knocks=[KnockView(row, warnings(alike[row.name], _)) for row in page], done=request.query.get("done", ""),
                       pager=Pager(older_url=f"{HERE}?skip={skip + ON_A_PAGE}" if len(rows) > ON_A_PAGE else ""))


def warnings(found: Sequence[tuple[Alike, Standing]], _: Words) -> list[str]:
    """Whom a server could be taken for, in words."""
    said = []
    for one, standing in found:
        restricted = standing in RESTRICTED
        who = (_("%(name)s, which you restrict", name=one.name) if restricted
               else _("%(name)s, which you know", name=one.name))
        said.append({
            Likeness.LOOK: _("Its name can be taken for that of %(who)s.", who=who),
            Likeness.ENDING: _("It has the same name as %(who)s, with another ending.", who=who),
            Likeness.NEAR: _("Its name differs by one letter from that of %(who)s.", who=who)}[one.how])
    return said
