"""The community itself: what apps ask before anybody has signed in, and its documents. Never about its members."""
from __future__ import annotations

from typing import Any, TypedDict

from aiohttp import web

from models.errors import CommunityError, NotHere
from moderation import consent
from server.actions import consents, restrictions
from server.api import pushes
from server.api.answers import answer, midnight
from server.api.arguments import Takes
from server.api.entities.instance import instance_v1, instance_v2, paragraphs, rules_in
from server.api.tokens import BadToken
from server.community.house import rules_of
from server.keys import COMMUNITY, LANGUAGE, MEMBER, SETTINGS
from server.words import markdown
from server.words.language import LANGUAGES, gettext_for, name_of


class ExtendedDescription(TypedDict):
    """What the community says of itself."""

    updated_at: str
    content: str


class TermsOfService(TypedDict):
    """The rules, as one text."""

    effective_date: str
    effective: bool
    content: str
    succeeded_by: str | None


class Locale(TypedDict):
    """A language of the pages."""

    code: str
    name: str


class RestrictedDomain(TypedDict):
    """A server that is restricted (docs.joinmastodon.org/entities/DomainBlock)."""

    domain: str
    digest: str
    severity: str
    comment: str


class JoinOnThePages(CommunityError):
    """An app wants to make an account."""

    status = 422

    def __init__(self, language: str, origin: str) -> None:
        super().__init__("sign-up by an app")
        self.safe = gettext_for(language)("People join here: %(address)s", address=f"{origin}/join")


async def show_v1(request: web.Request, _given: Takes) -> web.Response:
    """GET /api/v1/instance."""
    return answer(instance_v1(request))


async def show_v2(request: web.Request, _given: Takes) -> web.Response:
    """GET /api/v2/instance."""
    return answer(instance_v2(request, await pushes.public_key()))


async def rules(request: web.Request, _given: Takes) -> web.Response:
    """GET /api/v1/instance/rules."""
    return answer(rules_in(request.app[COMMUNITY].row, request[LANGUAGE]))


async def extended_description(request: web.Request, _given: Takes) -> web.Response:
    """GET /api/v1/instance/extended_description."""
    home = request.app[COMMUNITY]
    html = markdown.render(home.text(home.row.about, request[LANGUAGE]), {}, request.app[SETTINGS].origin).html
    told: ExtendedDescription = {"updated_at": _since(request), "content": html}
    return answer(told)


async def privacy_policy(request: web.Request, _given: Takes) -> web.Response:
    """GET /api/v1/instance/privacy_policy: what members are asked, word for word, and the page with everything else."""
    community, lang = request.app[COMMUNITY].row, request[LANGUAGE]
    texts = [consents.words(purpose, lang, community) for purpose in consent.offered()]
    told: ExtendedDescription = {
        "updated_at": _since(request), "content": paragraphs([*texts, f"{request.app[SETTINGS].origin}/privacy"])}
    return answer(told)


async def terms_of_service(request: web.Request, _given: Takes) -> web.Response:
    """GET /api/v1/instance/terms_of_service, and of the day on which they began."""
    since = _since(request)[:10]
    if request.match_info.get("date", since) != since:
        raise NotHere("no terms of that day")
    told: TermsOfService = {"effective_date": since, "effective": True, "succeeded_by": None,
                            "content": paragraphs(rules_of(request.app[COMMUNITY].row, request[LANGUAGE]))}
    return answer(told)


async def languages(_request: web.Request, _given: Takes) -> web.Response:
    """GET /api/v1/instance/languages."""
    found: list[Locale] = [{"code": code, "name": name_of(code, code)} for code in LANGUAGES]
    return answer(found)


async def none(_request: web.Request, _given: Takes) -> web.Response:
    """Lists that are documented and stay empty here: which servers we exchange with, how much is written, our own pictures
    for texts, news of the team.
    """
    empty: list[Any] = []
    return answer(empty)


async def domain_blocks(request: web.Request, _given: Takes) -> web.Response:
    """GET /api/v1/instance/domain_blocks: the same list as on /about/servers. 404 where the host shows it to nobody, 401 for
    visitors where it is for members.
    """
    community = request.app[COMMUNITY].row
    if not restrictions.may_read(community, MEMBER in request):
        raise BadToken("none") if restrictions.may_read(community, True) else NotHere("shown to nobody")
    found: list[RestrictedDomain] = [{"domain": rule.name, "digest": rule.digest, "severity": str(rule.severity),
                                      "comment": rule.comment} for rule in await restrictions.public_list()]
    return answer(found)


async def no_translations(_request: web.Request, _given: Takes) -> web.Response:
    """GET /api/v1/instance/translation_languages: none, as no text leaves this server for that."""
    empty: dict[str, list[str]] = {}
    return answer(empty)


async def nothing_there(_request: web.Request, _given: Takes) -> web.Response:
    """What names one of a kind that there is none of here."""
    raise NotHere("none of that kind")


async def sign_up(request: web.Request, _given: Takes) -> web.Response:
    """POST /api/v1/accounts: only on the pages, which say first what the address of this community tells about somebody."""
    raise JoinOnThePages(request[LANGUAGE], request.app[SETTINGS].origin)


def _since(request: web.Request) -> str:
    row = request.app[COMMUNITY].row
    return midnight((row.opened_at or row.created_at).date())
