"""From whom notices are kept apart, and what such people ask (docs.joinmastodon.org/methods/notifications)."""
from __future__ import annotations

from typing import Literal, NotRequired, TypedDict

from aiohttp import web

from models import Actor, Notification, NotificationPolicy, NotificationSender, Post, Q
from models.errors import NotHere
from models.notification import Sender
from moderation import notices
from moderation.visibility import visible_to
from server.actions import notices as acts
from server.api.answers import Nothing, answer, instant
from server.api.arguments import Id, Takes
from server.api.door import number
from server.api.entities.account import Account, accounts_of
from server.api.entities.notification import TYPES
from server.api.entities.status import Status, statuses
from server.api.paging import Window, listed
from server.api.readers import Reader, reader_of
from server.display.cards import Entry
from server.display.timelines import END_OF_TIME
from server.keys import MEMBER

Choice = Literal["accept", "filter", "drop"]
COUNTED = 1000
#: The columns of NotificationPolicy that version 1 can say, and how.
OLD_NAMES = {"filter_not_following": "not_following", "filter_not_followers": "not_followers",
             "filter_new_accounts": "new_accounts", "filter_private_mentions": "private_mentions"}


class Policy(Takes):
    """What to do with notices of these people; what is not said stays."""

    for_not_following: Choice | None = None
    for_not_followers: Choice | None = None
    for_new_accounts: Choice | None = None
    for_private_mentions: Choice | None = None
    for_limited_accounts: Choice | None = None


class OldPolicy(Takes):
    """The same in version 1: kept apart or not."""

    filter_not_following: bool | None = None
    filter_not_followers: bool | None = None
    filter_new_accounts: bool | None = None
    filter_private_mentions: bool | None = None


class Senders(Takes):
    """Whose requests."""

    id: list[Id] = []


class Summary(TypedDict):
    """How much is kept apart."""

    pending_requests_count: int
    pending_notifications_count: int


class ShownPolicy(TypedDict):
    """What is done with notices of these people."""

    for_not_following: str
    for_not_followers: str
    for_new_accounts: str
    for_private_mentions: str
    for_limited_accounts: str
    summary: Summary


class ShownOldPolicy(TypedDict):
    """The same in version 1."""

    filter_not_following: bool
    filter_not_followers: bool
    filter_new_accounts: bool
    filter_private_mentions: bool
    summary: Summary


class Request(TypedDict):
    """Somebody whose notices are kept apart. `id` is that of the person."""

    id: str
    created_at: str
    updated_at: str
    account: Account
    notifications_count: str
    last_status: NotRequired[Status]


class Merged(TypedDict):
    """Whether what was let in stands among the other notices."""

    merged: bool


async def show(request: web.Request, _given: Takes) -> web.Response:
    """GET /api/v2/notifications/policy."""
    return answer(await _policy(request))


async def change(request: web.Request, given: Policy) -> web.Response:
    """PATCH /api/v2/notifications/policy."""
    await acts.choose(request[MEMBER].actor, {
        name.removeprefix("for_"): choice for name, choice in given.model_dump().items() if choice is not None})
    return answer(await _policy(request))


async def show_old(request: web.Request, _given: Takes) -> web.Response:
    """GET /api/v1/notifications/policy."""
    return answer(await _old_policy(request))


async def change_old(request: web.Request, given: OldPolicy) -> web.Response:
    """PUT /api/v1/notifications/policy."""
    await acts.choose(request[MEMBER].actor, {
        OLD_NAMES[name]: "filter" if said else "accept" for name, said in given.model_dump().items() if said is not None})
    return answer(await _old_policy(request))


async def requests(request: web.Request, window: Window) -> web.Response:
    """GET /api/v1/notifications/requests: whose notices are kept apart, the newest first."""
    senders = await _waiting(request, before=window.max_id or END_OF_TIME, size=window.size)
    return listed(request, window, [one.last_id for one in senders], await _requests(senders, reader_of(request)))


async def one_request(request: web.Request, _given: Takes) -> web.Response:
    """GET /api/v1/notifications/requests/{id}."""
    senders = await _waiting(request, Q(actor_id=number(request)))
    if not (found := await _requests(senders, reader_of(request))):
        raise NotHere("no such request")
    return answer(found[0])


async def accept(request: web.Request, given: Senders) -> web.Response:
    """POST /api/v1/notifications/requests/accept: these people are heard from now on."""
    return await _accept(request, given.id)


async def accept_one(request: web.Request, _given: Takes) -> web.Response:
    """POST /api/v1/notifications/requests/{id}/accept."""
    return await _accept(request, [number(request)])


async def dismiss(request: web.Request, given: Senders) -> web.Response:
    """POST /api/v1/notifications/requests/dismiss: what came so far of these people needs no answer."""
    return await _dismiss(request, given.id)


async def dismiss_one(request: web.Request, _given: Takes) -> web.Response:
    """POST /api/v1/notifications/requests/{id}/dismiss."""
    return await _dismiss(request, [number(request)])


async def merged(_request: web.Request, _given: Takes) -> web.Response:
    """GET /api/v1/notifications/requests/merged: always, because nothing is moved when somebody is let in."""
    return answer(Merged(merged=True))


async def _accept(request: web.Request, senders: list[int]) -> web.Response:
    await acts.let_in(request[MEMBER].actor, senders)
    return answer(Nothing())


async def _dismiss(request: web.Request, senders: list[int]) -> web.Response:
    found = await _waiting(request, Q(actor_id__in=senders)) if senders else []
    await acts.put_requests_away(request[MEMBER].actor, {one.actor_id: one.last_id for one in found})
    return answer(Nothing())


async def _policy(request: web.Request) -> ShownPolicy:
    policy = await notices.policy_of(request[MEMBER].actor_id)
    return {"for_not_following": policy.not_following, "for_not_followers": policy.not_followers,
            "for_new_accounts": policy.new_accounts, "for_private_mentions": policy.private_mentions,
            "for_limited_accounts": policy.limited_accounts, "summary": await _summary(request)}


async def _old_policy(request: web.Request) -> ShownOldPolicy:
    policy: NotificationPolicy = await notices.policy_of(request[MEMBER].actor_id)
    chosen = {name: getattr(policy, column) != "accept" for name, column in OLD_NAMES.items()}
    return {"filter_not_following": chosen["filter_not_following"], "filter_not_followers": chosen["filter_not_followers"],
            "filter_new_accounts": chosen["filter_new_accounts"],
            "filter_private_mentions": chosen["filter_private_mentions"], "summary": await _summary(request)}


async def _summary(request: web.Request) -> Summary:
    senders = await _waiting(request, size=COUNTED)
    return {"pending_requests_count": len(senders), "pending_notifications_count": sum(one.count for one in senders)}


async def _waiting(request: web.Request, condition: Q | None = None, *, before: int = END_OF_TIME,
                   size: int = 40) -> list[Sender]:
    """Whose notices are kept apart and need an answer."""
    owner_id = request[MEMBER].actor_id
    if (apart := await notices.apart(owner_id)) is None:
        return []
    asked = Q(recipient_id=owner_id, kind__in=list(TYPES)) & apart
    senders = await Notification.by_sender(asked & condition if condition else asked, before=before, size=size)
    answered = {row.sender_id: row.dismissed_id for row in await NotificationSender.filter(owner_id=owner_id)}
    return [one for one in senders if answered.get(one.actor_id, 0) < one.last_id]


async def _requests(senders: list[Sender], reader: Reader) -> list[Request]:
    people = {actor.id: actor for actor in await Actor.filter(Actor.present(), id__in=[one.actor_id for one in senders])}
    accounts = {int(one["id"]): one for one in await accounts_of(list(people.values()), reader)}
    shown = await _last_statuses(senders, reader)
    ids = [id_ for one in senders for id_ in (one.first_id, one.last_id)]
    when = {row.id: instant(row.created_at) for row in await Notification.filter(id__in=ids)}
    found: list[Request] = []
    for one in senders:
        if one.actor_id in people:
            entity: Request = {
                "id": str(one.actor_id), "created_at": when[one.first_id], "updated_at": when[one.last_id],
                "account": accounts[one.actor_id], "notifications_count": str(one.count)}
            if one.post_id in shown:
                entity["last_status"] = shown[one.post_id]
            found.append(entity)
    return found


async def _last_statuses(senders: list[Sender], reader: Reader) -> dict[int | None, Status]:
    """The newest message of each, by id, as far as the reader may see it."""
    if not (ids := [one.post_id for one in senders if one.post_id]):
        return {}
    posts = await Post.filter(visible_to(reader.viewer), id__in=ids).select_related("author")
    return {int(one["id"]): one for one in await statuses([Entry(post) for post in posts], reader)}
