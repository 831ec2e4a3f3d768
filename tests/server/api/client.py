"""An app with a token of one member of a live server."""
from __future__ import annotations

from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

from aiohttp import ClientSession, FormData

from models import Actor, Member
from server.actions import apps
from tests.live import LiveServer

ALL = "profile read write follow push"


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. `json` is None where there is no JSON."""

    status: int
    json: Any
    headers: dict[str, str]


class Api:
    """`actor` is whose token it is; None asks without one. `scopes` are those of the token."""

    def __init__(self, server: LiveServer, actor: Actor | None = None, scopes: str = ALL) -> None:
        self.server, self.actor, self.scopes, self.token = server, actor, scopes, ""

    async def __aenter__(self) -> Self:
        if self.actor:
            self.token = await self.server.run(token_for(self.actor, self.scopes))
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        self.http = ClientSession(self.server.origin, headers=headers)
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self.http.close()

    async def get(self, path: str, **query: Any) -> Answer:
        """GET with a query; a list becomes name[]=…"""
        pairs = [(f"{name}[]", str(one)) for name, value in query.items() if isinstance(value, list) for one in value]
        pairs += [(name, str(value)) for name, value in query.items() if not isinstance(value, list)]
        return await self.ask("GET", path, params=pairs)

    async def post(self, path: str, json: Any = None, **more: Any) -> Answer:
        """POST with JSON, or `data=` for a form."""
        return await self.ask("POST", path, json=json, **more)

    async def ask(self, method: str, path: str, **more: Any) -> Answer:
        """Any request, as aiohttp's client takes it."""
        async with self.http.request(method, path, allow_redirects=False, **more) as answer:
            is_json = answer.content_type in ("application/json", "application/activity+json")
            return Answer(answer.status, await answer.json(content_type=None) if is_json else None, dict(answer.headers))

    async def good(self, method: str, path: str, **more: Any) -> Any:
        """The JSON of an answer that must be 200."""
        answer = await self.ask(method, path, **more)
        assert answer.status == 200, (answer.status, answer.json)
        return answer.json


async def token_for(actor: Actor, scopes: str = ALL) -> str:
    """A new token for a member; call it inside the server."""
    app, _ = await apps.register("Test", "", [apps.NOT_HERE], scopes.split())
    _, text = await apps.give(app, scopes.split(), await Member.get(actor_id=actor.id))
    return text


def upload(field: str, body: bytes, name: str = "photo.jpg", **fields: str) -> FormData:
    """A multipart form with one file."""
    form = FormData(fields)
    form.add_field(field, body, filename=name, content_type="image/jpeg")
    return form
