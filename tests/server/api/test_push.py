"""Web push, as a push service and an app see it: a service by hand on this computer, which reads what it is given."""
from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import http_ece
import pytest
from aiohttp import web
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from models import Actor, Community, Member, OutgoingPush, PushSubscription
from models.consent import Purpose
from models.member import MemberState
from models.reach import Reach
from server.actions import consents
from server.api import pushes
from server.api.web_push import from_base64, to_base64
from tests.live import LiveServer
from tests.server.api.client import Api

SECRET = b"sixteen bytes !!"


@dataclass
class Service:
    """A push service with one app behind it. `status` is what it answers."""

    origin: str
    status: int = 201
    taken: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())

    @property
    def public(self) -> bytes:
        return self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)

    def subscription(self, **more: Any) -> dict[str, Any]:
        return {"endpoint": f"{self.origin}/wake/1", "keys": {"p256dh": to_base64(self.public), "auth": to_base64(SECRET)}} | more

    async def take(self, request: web.Request) -> web.Response:
        self.taken.append((dict(request.headers), await request.read()))
        return web.Response(status=self.status)

    async def next(self, server_key: str) -> dict[str, Any]:
        """What the app reads next, after the proof of who sent it has been checked."""
        async with asyncio.timeout(10):
            while not self.taken:
                await asyncio.sleep(0.02)
        headers, body = self.taken.pop(0)
        check_proof(headers, server_key, self.origin)
        if headers["Content-Encoding"] == "aes128gcm":
            clear = http_ece.decrypt(body, private_key=self.key, auth_secret=SECRET, version="aes128gcm")
        else:
            parts = dict(part.split("=", 1) for part in headers["Crypto-Key"].split(";"))
            clear = http_ece.decrypt(body, salt=from_base64(headers["Encryption"].removeprefix("salt=")), private_key=self.key,
                                     dh=from_base64(parts["dh"]), auth_secret=SECRET, version="aesgcm")
        payload: dict[str, Any] = json.loads(clear)
        return payload


def check_proof(headers: dict[str, str], server_key: str, audience: str) -> None:
    """RFC 8292: signed by the key that the app subscribed with, for this very service."""
    kind, _, rest = headers["Authorization"].partition(" ")
    token = rest.removeprefix("t=").split(",")[0] if kind == "vapid" else rest
    assert server_key in (headers["Authorization"] if kind == "vapid" else headers["Crypto-Key"])
    text, _, signature = token.rpartition(".")
    raw = from_base64(signature)
    key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), from_base64(server_key))
    proof = encode_dss_signature(int.from_bytes(raw[:32]), int.from_bytes(raw[32:]))
    key.verify(proof, text.encode(), ec.ECDSA(hashes.SHA256()))
    assert json.loads(from_base64(text.split(".")[1]))["aud"] == audience
    assert "dazzle/" not in headers["User-Agent"]  # says nothing of the community


@pytest.fixture
async def service() -> AsyncIterator[Service]:
    sock = socket.socket()
    sock.bind(("127.0.0.1", 0))
    made = Service(f"http://127.0.0.1:{sock.getsockname()[1]}")
    app = web.Application()
    app.router.add_post("/wake/1", made.take)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.SockSite(runner, sock).start()
    yield made
    await runner.cleanup()


async def send(server: LiveServer) -> None:
    """Do the job now, instead of waiting for it."""
    await server.run(pushes.send_due(server.app))


async def test_an_app_is_woken_and_its_lock_screen_says_nothing(alpha: LiveServer, service: Service) -> None:
    camille, anna = await alpha.member("camille"), await alpha.member("anna")
    async with Api(alpha, camille) as app:
        assert (await app.get("/api/v1/push/subscription")).status == 404
        made = await app.good("POST", "/api/v1/push/subscription", json={
            "subscription": service.subscription(standard=True), "data": {"alerts": {"mention": "true", "admin.report": 1}}})
        assert made["alerts"]["mention"] is True and made["alerts"]["follow"] is False and made["policy"] == "all"
        assert await app.good("GET", "/api/v1/push/subscription") == made
        await alpha.write(anna, "About my illness", reach=Reach.CIRCLE, recipients=(camille,))
        await send(alpha)
        woken = await service.next(made["server_key"])
        assert (woken["title"], woken["body"]) == ("There is something new for you", "")
        assert woken["notification_type"] == "mention"
        assert "anna" not in json.dumps(woken) and camille.key not in woken["icon"] and anna.key not in woken["icon"]
        notice = (await app.good("GET", "/api/v1/notifications"))[0]
        assert woken["notification_id"] == notice["id"]

        await alpha.run(agree(camille))
        old = await app.good("POST", "/api/v1/push/subscription", json={
            "subscription": service.subscription(), "data": {"alerts": {"mention": True}}})
        assert old["standard"] is False and old["id"] != made["id"]
        await alpha.write(anna, "About my day", reach=Reach.CIRCLE, recipients=(camille,))
        await send(alpha)
        woken = await service.next(made["server_key"])
        assert woken["title"] == "anna wrote to you or named you" and woken["body"] == "About my day"
        assert await alpha.ask(lambda: PushSubscription.all().count()) == 1
        changed = await app.good("PUT", "/api/v1/push/subscription", data={
            "data[alerts][favourite]": "1", "data[policy]": "followed"})
        assert changed["policy"] == "followed" and changed["alerts"]["favourite"] and not changed["alerts"]["mention"]
        await alpha.write(anna, "Not worth waking", reach=Reach.CIRCLE, recipients=(camille,))
        await send(alpha)
        assert service.taken == []
        await app.good("DELETE", "/api/v1/push/subscription")
        assert (await app.get("/api/v1/push/subscription")).status == 404


async def agree(actor: Actor) -> None:
    await consents.give(actor, Purpose.CONTENT_IN_MAIL, "en", await Community.current())


async def test_addresses_that_end_and_members_who_may_not(alpha: LiveServer, service: Service) -> None:
    camille, anna = await alpha.member("camille"), await alpha.member("anna")
    wish = {"subscription": service.subscription(), "data": {"alerts": {"mention": True}}}
    async with Api(alpha, camille) as app, Api(alpha, camille, "read") as reading:
        for wrong in ({"endpoint": "https://10.0.0.1/x"}, {"endpoint": "ftp://push.example/x"}, {"endpoint": ""},
                      {"keys": {"p256dh": "AAAA", "auth": to_base64(SECRET)}},
                      {"keys": {"p256dh": to_base64(service.public), "auth": "short"}}):
            refused = await app.post("/api/v1/push/subscription", {"subscription": service.subscription() | wrong})
            assert refused.status == 422, wrong
        assert (await reading.post("/api/v1/push/subscription", wish)).status == 403
        await app.good("POST", "/api/v1/push/subscription", json=wish)
        service.status = 410
        await alpha.write(anna, "Hello", reach=Reach.CIRCLE, recipients=(camille,))
        await send(alpha)
        assert (await app.get("/api/v1/push/subscription")).status == 404  # the service knows it no more

        service.status, key = 201, (await app.good("POST", "/api/v1/push/subscription", json=wish))["server_key"]
        service.taken.clear()
        service.status = 503
        await alpha.write(anna, "Later", reach=Reach.CIRCLE, recipients=(camille,))
        await send(alpha)
        async with asyncio.timeout(10):
            while not (waiting := await alpha.ask(lambda: OutgoingPush.filter(attempts=1))):
                await asyncio.sleep(0.05)  # the job itself may have taken it
        assert waiting[0].due_at > waiting[0].created_at
        service.status = 201
        service.taken.clear()
        await alpha.ask(lambda: OutgoingPush.all().update(due_at=waiting[0].created_at))
        await send(alpha)
        assert (await service.next(key))["notification_type"] == "mention"

        async def suspend() -> None:
            await Member.filter(actor_id=camille.id).update(state=MemberState.SUSPENDED)
        await alpha.run(suspend())
        await alpha.write(anna, "Never", reach=Reach.CIRCLE, recipients=(camille,))
        await send(alpha)
        assert service.taken == []


async def test_the_key_of_a_community_is_made_once(alpha: LiveServer) -> None:
    async with Api(alpha) as nobody:
        asked = await asyncio.gather(*(nobody.good("GET", "/api/v2/instance") for _ in range(4)))
    keys = {one["configuration"]["vapid"]["public_key"] for one in asked}
    assert keys == {await alpha.run(pushes.public_key())} and len(from_base64(keys.pop())) == 65
