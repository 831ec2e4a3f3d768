"""A browser without JavaScript: cookies, pages, and forms with the hidden fields that pages gave."""
from __future__ import annotations

import io
import re
from html import unescape
from types import TracebackType
from typing import Any, Self

from aiohttp import ClientSession, CookieJar, FormData
from PIL import Image
from yarl import URL

from models import Actor, Member, Session, clock
from models.ids import digest, new_token
from server.entrance import sessions
from tests.live import LiveServer


def picture(kind: str = "JPEG") -> bytes:
    """A small photo with a place hidden in it."""
    exif, body = Image.Exif(), io.BytesIO()
    exif[0x010E] = "secret place"
    Image.new("RGB", (60, 40), (10, 120, 90)).save(body, kind, exif=exif)
    return body.getvalue()


class Browser:
    """One reader of one live server; `actor` is signed in, None is a visitor. `page` and `status` are the last answer's."""

    def __init__(self, server: LiveServer, actor: Actor | None = None) -> None:
        self.server, self.actor = server, actor
        self.status, self.page, self.path, self.place, self.headers = 0, "", "", "", dict[str, str]()

    async def __aenter__(self) -> Self:
        self.http = ClientSession(self.server.origin, cookie_jar=CookieJar(unsafe=True), headers={"Accept-Language": "en"})
        self.csrf = ""
        if self.actor:
            session, token = await self.server.run(self._sign_in(self.actor))
            name = sessions.cookie_name(self.server.settings)
            self.http.cookie_jar.update_cookies({name: token}, URL(self.server.origin))
            self.csrf = sessions.csrf_token(session)
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self.http.close()

    @staticmethod
    async def _sign_in(actor: Actor) -> tuple[Session, str]:
        token, member = new_token(), await Member.get(actor_id=actor.id)
        session = await Session.create(member=member, token_digest=digest(token), expires_at=clock.now().replace(year=2099))
        return session, token

    async def get(self, path: str) -> str:
        """Open a page, following redirects; returns its HTML."""
        async with self.http.get(path) as answer:
            return await self._read(answer)

    async def post(self, path: str, fields: dict[str, Any] | None = None, files: dict[str, bytes] | None = None) -> str:
        """Send a form, as multipart if it has files, and follow the redirect."""
        form: Any = {"csrf": self.csrf, **(fields or {})}
        if files:
            data = FormData(default_to_multipart=True)
            for name, value in form.items():
                data.add_field(name, value)
            for name, body in files.items():
                data.add_field("files", body, filename=name, content_type="application/octet-stream")
            form = data
        async with self.http.post(path, data=form) as answer:
            return await self._read(answer)

    async def _read(self, answer: Any) -> str:
        body = await answer.read()
        self.status, self.path, self.headers = answer.status, answer.url.path_qs, dict(answer.headers)
        self.place = answer.url.fragment or (answer.history[-1].headers["Location"].partition("#")[2] if answer.history else "")
        self.page = body.decode() if "text/html" in self.headers.get("Content-Type", "") else ""
        self.csrf = (self.hidden("csrf") or [self.csrf])[-1]  # of the newest page, as in a browser
        return self.page

    def hidden(self, name: str) -> list[str]:
        """The values of the hidden fields with this name on the page."""
        pattern = rf'<input type="hidden" name="{re.escape(name)}" value="([^"]*)"'
        return [unescape(value) for value in re.findall(pattern, self.page)]

    def key(self) -> str:
        """The key of the message that the page shows: of an address /m/{key}."""
        found = re.match(r"/m/([^/?]+)", self.path)
        assert found, self.path
        return found[1]
