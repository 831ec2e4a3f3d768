"""Where an app wants to be woken (docs.joinmastodon.org/methods/push). One address for each token."""
from __future__ import annotations

from typing import Literal, TypedDict

from aiohttp import web

from federation.addresses import check_url
from federation.errors import FederationError
from models import PushSubscription
from models.errors import NotHere
from server.actions import subscriptions
from server.api import pushes
from server.api.answers import Nothing, answer
from server.api.arguments import BadInput, Takes
from server.api.web_push import AppKeys, BadKeys
from server.keys import INSTANCE, MEMBER, TOKEN

#: What an app can be woken for. Of some of these there are no notices here; apps say what they want all the same.
ALERTS = ("mention", "status", "reblog", "follow", "follow_request", "favourite", "poll", "update", "quote", "quoted_update",
          "admin.sign_up", "admin.report")


class Keys(Takes):
    """With which only this app can read what it is sent, in base64url."""

    p256dh: str
    auth: str


class Address(Takes):
    """Where its push service takes things for it. `standard`: it reads RFC 8291, and not the draft before it."""

    endpoint: str
    keys: Keys
    standard: bool = False


class Wish(Takes):
    """For what it wants to be woken, and from whom."""

    alerts: dict[str, bool] = {}
    policy: Literal["all", "followed", "follower", "none"] | None = None


class Subscribing(Takes):
    """A new subscription."""

    subscription: Address
    data: Wish = Wish()
    policy: Literal["all", "followed", "follower", "none"] | None = None


class Changing(Takes):
    """Other wishes."""

    data: Wish = Wish()
    policy: Literal["all", "followed", "follower", "none"] | None = None


class WebPushSubscription(TypedDict):
    """A subscription (docs.joinmastodon.org/entities/WebPushSubscription)."""

    id: str
    endpoint: str
    standard: bool
    server_key: str
    alerts: dict[str, bool]
    policy: str


async def show(request: web.Request, _given: Takes) -> web.Response:
    """GET /api/v1/push/subscription."""
    return answer(await _entity(await _own(request)))


async def subscribe(request: web.Request, given: Subscribing) -> web.Response:
    """POST /api/v1/push/subscription: in place of the one that there was."""
    address = given.subscription
    try:
        check_url(address.endpoint, request.app[INSTANCE].network.dev_peers)
        AppKeys.parse(address.keys.p256dh, address.keys.auth, is_standard=address.standard)
    except FederationError as error:
        raise BadInput("subscription.endpoint: not an address that can be written to") from error
    except BadKeys as error:
        raise BadInput(f"subscription.keys.{error}: not a key") from error
    kept = await subscriptions.subscribe(request[TOKEN], request[MEMBER], {
        "endpoint": address.endpoint, "public_key": address.keys.p256dh, "secret": address.keys.auth,
        "is_standard": address.standard, "alerts": _alerts(given.data), "policy": given.data.policy or given.policy or "all"})
    return answer(await _entity(kept))


async def change(request: web.Request, given: Changing) -> web.Response:
    """PUT /api/v1/push/subscription."""
    kept = await _own(request)
    await subscriptions.change(kept, _alerts(given.data), given.data.policy or given.policy or kept.policy)
    return answer(await _entity(kept))


async def unsubscribe(request: web.Request, _given: Takes) -> web.Response:
    """DELETE /api/v1/push/subscription."""
    await subscriptions.unsubscribe(request[TOKEN])
    return answer(Nothing())


async def _own(request: web.Request) -> PushSubscription:
    """That of the token. Raises: NotHere."""
    kept = await PushSubscription.get_or_none(token_id=request[TOKEN].id)
    if kept is None:
        raise NotHere("no subscription")
    return kept


def _alerts(wish: Wish) -> dict[str, bool]:
    return {name: wish.alerts.get(name, False) for name in ALERTS}


async def _entity(kept: PushSubscription) -> WebPushSubscription:
    return {"id": str(kept.id), "endpoint": kept.endpoint, "standard": kept.is_standard, "server_key": await pushes.public_key(),
            "alerts": {name: bool(kept.alerts.get(name)) for name in ALERTS}, "policy": kept.policy}
