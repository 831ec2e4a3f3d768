"""Growing up: what was agreed and written for a young person, for them to decide; and the host's table of ages."""
from __future__ import annotations

from aiohttp import web

from models import Community
from models.consent import Purpose
from models.errors import NotHere
from models.member import Role
from moderation import ages
from server.actions import community, consents, handovers
from server.appearance import render
from server.display import cards
from server.doors import see
from server.entrance.forms import whole_number
from server.keys import COMMUNITY, FORM, LANGUAGE, MEDIA, MEMBER, SETTINGS
from server.pages.guardians import managed
from server.views import FieldError, Pager
from server.words.language import gettext_for

PAGE = 20


async def show(request: web.Request) -> web.Response:
    """GET /growing: every message about me, the oldest first, to keep or to erase; then my own yes."""
    member, _ = request[MEMBER], gettext_for(request[LANGUAGE])
    if member.grew_up_at is None:
        raise NotHere("nothing was handed over")
    rows = await handovers.written(member.actor, whole_number(request.query.get("after", "")), PAGE + 1)
    shown = await cards.posts([cards.Entry(post) for post in rows[:PAGE]], member, _, with_hidden=True)
    ids = {post.key: str(post.id) for post in rows}
    pager = Pager(older_url=f"/growing?after={rows[PAGE - 1].id}" if len(rows) > PAGE else "")
    return render.page(
        request, "growing.html", here="data", posts=[(ids[card.key], card, card.is_mine) for card in shown], pager=pager,
        is_done=member.took_over_at is not None,
        words=consents.words(Purpose.MEMBERSHIP, request[LANGUAGE], request.app[COMMUNITY].row))


async def decide(request: web.Request) -> web.Response:
    """POST /growing: for each message of the page, `m-<id>` is "keep" or "erase"; what is not answered waits."""
    member, form = request[MEMBER], request[FORM]
    if member.grew_up_at is None:
        raise NotHere("nothing was handed over")
    said = {name.removeprefix("m-"): form.text(name, 5) for name in form.fields if name.startswith("m-")}
    await handovers.keep(member, [whole_number(id_) for id_, word in said.items() if word == "keep"])
    await handovers.erase(member, [whole_number(id_) for id_, word in said.items() if word == "erase"], request.app[MEDIA])
    return see("/growing")


async def take_over(request: web.Request) -> web.Response:
    """POST /growing/take-over: yes to being a member, by myself."""
    member = request[MEMBER]
    if member.role is not Role.MANAGED or member.grew_up_at is None:
        raise NotHere("not their time")
    await handovers.take_over(member, request[LANGUAGE], request.app[COMMUNITY].row)
    return see("/data")


async def link(request: web.Request) -> web.Response:
    """POST /admin/members/{name}/link: how the young person signs in for the first time; shown once."""
    subject = await managed(request)
    token = await handovers.link_for(subject, request[MEMBER].actor)
    return render.page(request, "growing_link.html", here="members", name=subject.actor.name,
                       display_name=subject.actor.shown_name, link=f"{request.app[SETTINGS].origin}/signin/link/{token}")


async def show_ages(request: web.Request) -> web.Response:
    """GET /admin/ages: from which age somebody agrees themselves, by country."""
    row = await Community.current()
    table = ages.AGES if row.ages is None else row.ages
    return _ages(request, "\n".join(f"{country} {table[country]}" for country in sorted(table)), row.assent_age)


async def save_ages(request: web.Request) -> web.Response:
    """POST /admin/ages."""
    form, _ = request[FORM], gettext_for(request[LANGUAGE])
    table, wrong = ages.read_table(form.get("table"))
    asked = whole_number(form.text("assent", 3))
    errors = [FieldError("table", _("This line says no age: %(line)s", line=line)) for line in wrong[:5]]
    if not 6 <= asked <= ages.ADULT:
        errors.append(FieldError("assent", _("Write a number from %(least)s to %(most)s.", least=6, most=ages.ADULT)))
    if errors:
        return _ages(request, form.get("table"), asked, tuple(errors))
    await community.change(request[MEMBER].actor, "community.ages", ages=None if table == ages.AGES else table, assent_age=asked)
    await request.app[COMMUNITY].load()
    return see("/admin/ages?saved=1")


def _ages(request: web.Request, table: str, asked: int, errors: tuple[FieldError, ...] = ()) -> web.Response:
    return render.page(request, "admin_ages.html", status=422 if errors else 200, here="community", errors=errors, table=table,
                       asked=str(asked), saved="saved" in request.query and not errors, otherwise=ages.OTHERWISE)
