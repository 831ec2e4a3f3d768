"""Blocks by e-mail domain, by e-mail address and by IP address: this server has none, and says so with empty lists.

Whoever asks to join is read by a person or was invited; no IP address is kept that a block could be compared with.
"""
from __future__ import annotations

from aiohttp import web

from server.api.answers import answer
from server.api.paging import Window


async def none(request: web.Request, given: Window) -> web.Response:
    """GET /api/v1/admin/email_domain_blocks, ip_blocks, canonical_email_blocks, and trends, of which there are none."""
    return answer([])
