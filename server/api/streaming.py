"""Streaming: what apps hear of at once, over a WebSocket or as server-sent events (docs.joinmastodon.org/methods/streaming)."""
from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Literal

import orjson
from aiohttp import web

from models import AccessToken, Actor, Member, PeopleList
from models.errors import CommunityError, NotHere
from server.api import tokens
from server.api.arguments import BadInput, Id, Takes
from server.api.tokens import BadToken, NeedsMember
from server.keys import EXCHANGE, LISTENERS
from server.streams.channels import HASHTAGS, LIST, SCOPES, Channel, UnknownStream
from server.streams.listeners import LIFETIME_SECONDS, Event, Listener
from server.words.markdown import is_tag

HEARTBEAT_SECONDS = 15.0
PING_SECONDS = 30.0
SEND_SECONDS = 10.0  # for one event to be taken
CLOSE_SECONDS = 1.0
MESSAGE_BYTES = 2048  # of what an app says over a WebSocket
MESSAGES_LIMIT = 1000  # of these on one connection: nobody changes their mind so often
SPARE_SECONDS = 60.0
PATHS = {"user": "user", "user/notification": "user:notification", "public": "public", "public/local": "public:local",
         "public/remote": "public:remote", "hashtag": "hashtag", "hashtag/local": "hashtag:local", "list": "list",
         "direct": "direct"}


class Asked(Takes):
    """What an app names to listen to. `access_token`: for browsers, which cannot add a header here."""

    stream: str = ""
    tag: str = ""
    list: Id | None = None
    only_media: bool = False
    access_token: str = ""


class Said(Asked):
    """What an app says over a WebSocket."""

    type: Literal["subscribe", "unsubscribe"]


async def health(_request: web.Request, _given: Takes) -> web.Response:
    """GET /api/v1/streaming/health."""
    return web.Response(text="OK")


async def events(request: web.Request, given: Asked) -> web.StreamResponse:
    """GET /api/v1/streaming/user and the others: server-sent events."""
    token, member = await _who(request, given)
    stream = PATHS[request.path.rpartition("/api/v1/streaming/")[2].strip("/")]
    channel = await _channel(given.model_copy(update={"stream": stream}), member.actor)
    listener = Listener(token, member, cut_of(request))
    listener.listen(channel)
    response = web.StreamResponse(headers={
        "Content-Type": "text/event-stream; charset=utf-8", "Cache-Control": "private, no-store", "X-Accel-Buffering": "no"})
    response.force_close()
    with request.app[LISTENERS].joined(listener):
        _stay(request)
        await response.prepare(request)
        await _send(request, response, b":)\n\n")
        while not listener.has_ended:
            event = await listener.next(HEARTBEAT_SECONDS)
            if not listener.has_ended:
                await _send(request, response, as_text(event) if event else b":thump\n\n")
    return response


async def socket(request: web.Request, given: Asked) -> web.StreamResponse:
    """GET /api/v1/streaming: a WebSocket, on which an app may listen to several streams."""
    token, member = await _who(request, given)
    listener = Listener(token, member, cut_of(request))
    if given.stream:
        listener.listen(await _channel(given, member.actor))
    named = request.headers.get("Sec-WebSocket-Protocol", "")
    response = web.WebSocketResponse(protocols=(named,) if named else (), heartbeat=PING_SECONDS, max_msg_size=MESSAGE_BYTES,
                                     compress=False, timeout=CLOSE_SECONDS)
    if not response.can_prepare(request):
        raise UnknownStream("no WebSocket")
    with request.app[LISTENERS].joined(listener):
        _stay(request)
        await response.prepare(request)
        writer = asyncio.create_task(_write(request, response, listener))
        try:
            await _hear(response, listener)
        finally:
            writer.cancel()
            with suppress(asyncio.CancelledError):
                await writer
    return response


async def _write(request: web.Request, response: web.WebSocketResponse, listener: Listener) -> None:
    """Say what is new, until it ends."""
    while not listener.has_ended:
        if (event := await listener.next(PING_SECONDS)) and not listener.has_ended:
            try:
                async with asyncio.timeout(SEND_SECONDS):
                    await response.send_str(as_message(event))
            except (TimeoutError, ConnectionError):
                cut_of(request)()
                return
    await response.close(drain=False)


async def _hear(response: web.WebSocketResponse, listener: Listener) -> None:
    """Take what the app says, until one of both ends it."""
    for _ in range(MESSAGES_LIMIT):
        message = await response.receive()
        if message.type is not web.WSMsgType.TEXT:
            break
        try:
            await _follow(message.data, listener)
        except CommunityError as error:
            await response.send_str(orjson.dumps({"error": error.safe, "status": error.status}).decode())
    if not response.closed:
        await response.close(drain=False)


async def _follow(text: str, listener: Listener) -> None:
    """Do what an app says. Raises: CommunityError."""
    said = understood(text)
    channel = await _channel(said, listener.member.actor)
    (listener.listen if said.type == "subscribe" else listener.ignore)(channel)


def understood(text: str) -> Said:
    """What an app says over a WebSocket. Raises: BadInput."""
    try:
        return Said.filled(orjson.loads(text))
    except orjson.JSONDecodeError as error:
        raise BadInput("not JSON") from error


async def _who(request: web.Request, given: Asked) -> tuple[AccessToken, Member]:
    """Whose token was shown, in any of the places where apps put it. Raises: BadToken; NeedsMember."""
    text = tokens.bearer(request) or given.access_token or request.headers.get("Sec-WebSocket-Protocol", "")
    token = await tokens.find(text.strip())
    if token is None:
        raise BadToken("unknown" if text else "none")
    if token.member is None:
        raise NeedsMember("client credentials")
    return token, token.member


async def _channel(asked: Asked, owner: Actor) -> Channel:
    """What somebody asks for. Raises: UnknownStream; NotHere for a list that is not theirs."""
    name = asked.stream + (":media" if asked.only_media and asked.stream in ("public", "public:local", "public:remote") else "")
    if name not in SCOPES:
        raise UnknownStream("name")
    if name in HASHTAGS:
        if not is_tag(tag := asked.tag.strip().removeprefix("#").lower()):
            raise UnknownStream("tag")
        return Channel(name, tag)
    if name == LIST:
        if asked.list is None or not await PeopleList.exists(id=asked.list, owner_id=owner.id):
            raise NotHere("no such list of theirs")
        return Channel(name, str(asked.list))
    return Channel(name)


async def _send(request: web.Request, response: web.StreamResponse, data: bytes) -> None:
    try:
        async with asyncio.timeout(SEND_SECONDS):
            await response.write(data)
    except TimeoutError as error:
        cut_of(request)()
        raise ConnectionResetError("too slow") from error


def _stay(request: web.Request) -> None:
    """Listening takes longer than a request; `Listener` ends it in good time."""
    request[EXCHANGE].reschedule(asyncio.get_running_loop().time() + LIFETIME_SECONDS + SPARE_SECONDS)


def cut_of(request: web.Request) -> Callable[[], None]:
    """What ends the connection the hard way. Raises: ConnectionResetError if it has ended already."""
    if request.transport is None:
        raise ConnectionResetError("gone")
    return request.transport.abort


def as_text(event: Event) -> bytes:
    """An event as server-sent events have it. JSON holds no line break."""
    return f"event: {event.name}\ndata: {event.payload or '{}'}\n\n".encode()


def as_message(event: Event) -> str:
    """An event as it goes over a WebSocket: JSON in JSON."""
    message: dict[str, object] = {"stream": event.channel.words, "event": event.name}
    if event.payload:
        message["payload"] = event.payload
    return orjson.dumps(message).decode()
