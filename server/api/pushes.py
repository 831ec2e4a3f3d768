"""Sends to apps the notices that are owed to them. A lock screen says that there is something, and no more, unless the member
has said yes to content in mails and pushes (C15).
"""
from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from typing import TypedDict

import orjson
import structlog
from aiohttp import web

from federation.errors import FederationError, Gone
from federation.instance import Instance
from models import F, Follow, Member, Notification, OutgoingPush, PushKey, PushSubscription, clock
from models.consent import Purpose
from models.member import MemberState
from moderation import consent, notices
from server.api import web_push
from server.api.entities.notification import TYPES, standing, teller
from server.api.readers import reader_in
from server.api.web_push import AppKeys
from server.keys import INSTANCE, SETTINGS
from server.pictures import coat_images
from server.words.language import gettext_for
from server.words.wording import excerpt, notice_text

AT_ONCE = 30
TRIES = 5
FIRST_RETRY_SECONDS = 15
LIFETIME = timedelta(days=1)  # then the app has found it by itself
LEASE = timedelta(seconds=120)  # longer than one sending may take
FAILURES_LIMIT = 10  # given up in a row: nobody is there any more
TEXT_LIMIT_CHARACTERS = 200
ONLY = 1  # the id of the one key
log = structlog.get_logger()


class Payload(TypedDict):
    """What an app reads (Mastodon's Web::NotificationSerializer). No token: of tokens we keep only digests."""

    access_token: str
    preferred_locale: str
    notification_id: str
    notification_type: str
    icon: str
    title: str
    body: str


@dataclass(frozen=True, slots=True)
class Envelope:
    """What goes out, and for whom."""

    push: OutgoingPush  # with its subscription
    payload: Payload


async def private_key() -> str:
    """The key of this community, as PEM, made at its first use. It has one place: of two made at once, one stays."""
    key = await PushKey.get_or_none(id=ONLY)
    if key is None:
        made = await asyncio.to_thread(web_push.new_key)
        key, _ = await PushKey.get_or_create(id=ONLY, defaults={"private_pem": made})
    return key.private_pem


async def public_key() -> str:
    """What apps subscribe with."""
    return web_push.public_of(await private_key())


async def send_due(app: web.Application) -> int:
    """A job: send what is due, some at a time; returns how many."""
    now = clock.now()
    due = await OutgoingPush.filter(due_at__lte=now).order_by("due_at", "id").limit(AT_ONCE).select_related(
        "subscription__token__member__actor", "notification__actor")
    leased = [push for push in due if await OutgoingPush.filter(id=push.id, due_at=push.due_at).update(due_at=now + LEASE)]
    envelopes = [envelope for push in leased if (envelope := await _prepared(app, push))]
    await OutgoingPush.filter(id__in=[push.id for push in leased if push.id not in {one.push.id for one in envelopes}]).delete()
    if envelopes:
        pem = await private_key()
        await asyncio.gather(*(_send(app[INSTANCE], one, pem, app[SETTINGS].origin) for one in envelopes))
    return len(due)


async def _prepared(app: web.Application, push: OutgoingPush) -> Envelope | None:
    """What to say. One that cannot be written is dropped: it must not hold up the others."""
    try:
        return await _written(app, push)
    except Exception as error:
        log.error("push not written", exc_info=error)
        return None


async def _written(app: web.Application, push: OutgoingPush) -> Envelope | None:
    """What to say, asked for at this moment; None if there is nothing to say any more."""
    row, member = push.notification, push.subscription.token.member
    if member is None or not _may_listen(member) or not _is_wished(push):
        return None
    reader = reader_in(app, member)
    rows, posts = await standing([row], reader)
    shown = Notification.filter(await notices.wanted(row.recipient_id), id=row.id)
    if not rows or not await shown.exists() or not await _is_let_in(push.subscription, row.actor_id):
        return None
    language = reader.language or app[SETTINGS].language
    title, body, icon = gettext_for(language)("There is something new for you"), "", f"{reader.origin}/favicon.ico"
    if await consent.in_force(row.recipient_id, Purpose.CONTENT_IN_MAIL):
        who = teller(row, posts)
        title, icon = notice_text(row.kind, who.shown_name, gettext_for(language)), coat_images.address(reader.origin, who.key)
        body = excerpt(posts[row.post_id]) if row.post_id else ""
    return Envelope(push, {
        "access_token": "", "preferred_locale": language, "notification_id": str(row.id), "notification_type": TYPES[row.kind],
        "icon": icon, "title": title[:TEXT_LIMIT_CHARACTERS], "body": body[:TEXT_LIMIT_CHARACTERS]})


def _may_listen(member: Member) -> bool:
    return member.state is MemberState.ACTIVE and not member.actor.is_gone


def _is_wished(push: OutgoingPush) -> bool:
    """Whether the app wants to hear of such a thing, in time, and nobody has read it yet."""
    row, is_late = push.notification, push.created_at < clock.now() - LIFETIME
    return not is_late and row.read_at is None and bool(push.subscription.alerts.get(TYPES.get(row.kind, "")))


async def _is_let_in(subscription: PushSubscription, sender_id: int | None) -> bool:
    """Whether the app wants to hear of this person."""
    match subscription.policy:
        case "followed":
            return await Follow.exists(follower_id=subscription.owner_id, target_id=sender_id, accepted_at__isnull=False)
        case "follower":
            return await Follow.exists(target_id=subscription.owner_id, follower_id=sender_id, accepted_at__isnull=False)
        case "none":
            return False
    return True


async def _send(instance: Instance, envelope: Envelope, pem: str, contact: str) -> None:
    """Seal it and hand it over. What fails comes back later, and an address that is no more is forgotten."""
    push, kept = envelope.push, envelope.push.subscription
    keys = AppKeys.parse(kept.public_key, kept.secret, is_standard=kept.is_standard)
    payload = orjson.dumps(envelope.payload)
    try:
        sealed = await asyncio.to_thread(web_push.seal, payload, keys, kept.endpoint, pem, contact, clock.now())
        status = (await instance.client.post(kept.endpoint, sealed.body, sealed.headers)).status
    except Gone:
        await PushSubscription.filter(id=kept.id).delete()
    except FederationError:
        await _later(push)
    else:
        await (_arrived(push) if 200 <= status < 300 else _give_up(push))


async def _arrived(push: OutgoingPush) -> None:
    await OutgoingPush.filter(id=push.id).delete()
    await PushSubscription.filter(id=push.subscription_id, failures__gt=0).update(failures=0)


async def _later(push: OutgoingPush) -> None:
    """Log lines name no service: it tells which phone a member has."""
    attempts = push.attempts + 1
    log.info("push not sent", attempt=attempts)
    if attempts >= TRIES:
        await _give_up(push)
        return
    wait = timedelta(seconds=FIRST_RETRY_SECONDS * 4 ** (attempts - 1))
    await OutgoingPush.filter(id=push.id).update(attempts=attempts, due_at=clock.now() + wait)


async def _give_up(push: OutgoingPush) -> None:
    """One that was refused too often in a row goes, with its address."""
    await OutgoingPush.filter(id=push.id).delete()
    await PushSubscription.filter(id=push.subscription_id).update(failures=F("failures") + 1)
    await PushSubscription.filter(id=push.subscription_id, failures__gte=FAILURES_LIMIT).delete()
