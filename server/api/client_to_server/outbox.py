"""POST to a member's own outbox (ActivityPub §6)."""
from __future__ import annotations

from aiohttp import web

from federation.contexts import AS
from models.errors import NotHere
from server.api.arguments import BadInput
from server.api.client_to_server import activities
from server.api.client_to_server.activities import Document
from server.api.client_to_server.verbs import VERBS
from server.api.tokens import OutOfScope
from server.keys import LIMITS, MEMBER, TOKEN
from server.words import scopes

ACTIVITY_TYPE = "application/activity+json"
SCOPES = "write:statuses write:follows write:favourites write:blocks write:accounts"


async def post(request: web.Request, given: Document) -> web.Response:
    """POST /actors/{key}/outbox: 201 with the activity and its id in Location."""
    member = request[MEMBER]
    if request.match_info["key"] != member.actor.key:
        raise NotHere("somebody else's outbox")
    wanted = activities.read(given.document, member.actor)
    verb = VERBS.get(wanted.type)
    if verb is None:
        raise BadInput(f"type: one of {', '.join(VERBS)}, or a Note or a Question")
    if not scopes.covers(request[TOKEN].scopes, verb.scope):
        raise OutOfScope(verb.scope)
    request.app[LIMITS].take("act", member.actor.key)
    done = await verb.act(request, wanted)
    made = {"@context": AS, "id": done.id, "type": wanted.type, "actor": member.actor.uri, "object": done.object}
    return web.json_response(made, status=201, content_type=ACTIVITY_TYPE, headers={"Location": done.id})
