"""Accounts: oneself, and other people as far as the pages show them."""
from __future__ import annotations

from aiohttp import web

from server.api.answers import answer
from server.api.arguments import Takes
from server.api.entities.account import own_account
from server.keys import MEMBER, SETTINGS


async def verify_credentials(request: web.Request, _given: Takes) -> web.Response:
    """GET /api/v1/accounts/verify_credentials: whose token this is."""
    return answer(await own_account(request[MEMBER], request.app[SETTINGS].origin))
