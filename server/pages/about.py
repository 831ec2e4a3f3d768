"""The pages for everybody: who runs this place, its rules, its promises and what it cannot promise."""
from __future__ import annotations

from aiohttp import web
from markupsafe import Markup

from federation.addresses import host_of
from models import Charter, Roster
from models.community import SignUp
from models.errors import NotHere
from moderation import charters, consent
from server.actions import consents, restrictions
from server.appearance import render
from server.community.house import House, rules_of, team_of
from server.display import promises
from server.doors import see
from server.keys import COMMUNITY, LANGUAGE, MEMBER, SETTINGS
from server.words import markdown
from server.words.language import gettext_for


async def front(request: web.Request) -> web.Response:
    """GET /: what this place is. Members go home."""
    if MEMBER in request:
        return see("/home")
    community = request.app[COMMUNITY].row
    joinable = community.opened_at is not None and community.sign_up in (SignUp.OPEN, SignUp.APPROVAL)
    return render.page(request, "front.html", house=house(request), joinable=joinable, is_open=community.opened_at is not None)


async def about(request: web.Request) -> web.Response:
    """GET /about: who runs it, where, and who is in the team (for members)."""
    house_ = house(request)
    people = await team_of(request[LANGUAGE]) if MEMBER in request else ()
    words = Markup(markdown.render(house_.about, {}, request.app[SETTINGS].origin).html)  # noqa: S704 - moderation.markup cleaned it
    charter, roster = await Charter.newest(), await Roster.newest()
    promised = promises.lines(charters.of_row(charter), gettext_for(request[LANGUAGE])) if charter else ()
    shows_servers = restrictions.may_read(request.app[COMMUNITY].row, MEMBER in request)
    return render.page(request, "about.html", here="about", house=house_, words=words, team=people, charter=charter,
                       shows_servers=shows_servers,
                       promises=promised, roster=roster, fellows=[host_of(uri) for uri in roster.members] if roster else (),
                       source_url=request.app[SETTINGS].source_url)


async def rules(request: web.Request) -> web.Response:
    """GET /rules."""
    return render.page(request, "rules.html", here="rules", rules=rules_of(request.app[COMMUNITY].row, request[LANGUAGE]),
                       house=house(request))


async def help_(request: web.Request) -> web.Response:
    """GET /help: short answers, and a person to write to."""
    return render.page(request, "help.html", here="help", house=house(request))


async def privacy(request: web.Request) -> web.Response:
    """GET /privacy: what is kept, where, how long, and who can read it."""
    lang, community = request[LANGUAGE], request.app[COMMUNITY].row
    texts = [consents.words(purpose, lang, community) for purpose in consent.offered()]
    days = request.app[SETTINGS].session_seconds // (24 * 3600)
    return render.page(request, "privacy.html", house=house(request), texts=texts, session_days=days)


async def accessibility(request: web.Request) -> web.Response:
    """GET /accessibility: what was checked, and whom to tell."""
    return render.page(request, "accessibility.html", house=house(request))


async def nothing(request: web.Request) -> web.Response:
    """GET of an address that nobody has: the same page as for what one may not see."""
    raise NotHere("no such page")


def house(request: web.Request) -> House:
    """Who runs this community, in the reader's language."""
    home = request.app[COMMUNITY]
    row = home.row
    return House(name=row.name, association=row.association, place=row.place, contact=row.contact,
                 condition=row.condition_in(request[LANGUAGE]), about=home.text(row.about, request[LANGUAGE]))
