"""Real documents of other software, sent to a live server as their own server would: what became of each.

Each file plays in a world of its own: the host of its sender is replaced by a peer on loopback, under a path of its own, and
the peer serves its actor and its objects there. A member of ours follows that actor, so that messages are wanted.
"""
from __future__ import annotations

import json
import re
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from federation import keys, resolve, values
from federation.signatures import Key
from federation.wire import ACTIVITY_TYPES, ACTOR_TYPES, NOTE_TYPES, Activity
from models import (
    Actor,
    Announce,
    Attachment,
    Block,
    Community,
    Follow,
    InboxItem,
    Like,
    Poll,
    Post,
    Recipient,
    Report,
    Tag,
    Tombstone,
    clock,
)
from models.delivery import ItemState
from models.errors import CommunityError
from models.reach import Reach
from moderation import markup
from tests.live import LiveServer, settle
from tests.peer import Peer, PeerActor, rsa_key

OUR_PLACE = "https://SUT"
OUR_MEMBER = "https://SUT/users/alice"
PLAYED_AT_ONCE = 50
WORDS_CHARACTERS = 60
UNKNOWN_ACTORS = frozenset({"odd/delete-unknown-account.json"})  # nobody can read them any more
NOT_FOLLOWED = frozenset({"odd/accept-without-follow.json"})


@dataclass(frozen=True)
class Outcome:
    """What became of one file. `became` begins with taken, ignored, refused or broken; `ms` is the time of the answer."""

    file: str
    kind: str
    status: int
    ms: float
    became: str

    def row(self) -> tuple[str, ...]:
        """For a table."""
        return (self.file, self.kind, str(self.status), f"{self.ms:.0f}", self.became)


@dataclass
class Stage:
    """One server under test, one member, one message of hers, and a peer for each kind of software."""

    server: LiveServer
    alice: Actor
    note: Post
    peers: dict[str, Peer]


@asynccontextmanager
async def staged(server: LiveServer, softwares: Sequence[str], member: str) -> AsyncIterator[Stage]:
    """The stage, with its peers running and taken for partners."""
    async def widen() -> None:
        await (await Community.current()).change(ceiling=Reach.WEB)
    await server.run(widen())
    alice = await server.member(member)
    note = await server.write(alice, "A message that documents answer", Reach.WEB)
    peers: dict[str, Peer] = {}
    try:
        for software in softwares:
            peers[software] = await Peer().__aenter__()
            await peers[software].become(server)
        yield Stage(server, alice, note, peers)
    finally:
        for peer in peers.values():
            await peer.__aexit__()


async def replay(server: LiveServer, folder: Path, only: str = "", member: str = "alice") -> list[Outcome]:
    """Send every document of a folder of folders, and tell what became of each. `member`: a new one of ours, who reads them."""
    files = sorted(path for path in folder.glob("*/*.json") if only in str(path.relative_to(folder)))
    async with staged(server, sorted({path.parent.name for path in files}), member) as stage:
        outcomes: list[Outcome] = []
        for start in range(0, len(files), PLAYED_AT_ONCE):
            batch = files[start:start + PLAYED_AT_ONCE]
            played = [await play(stage, path, number) for number, path in enumerate(batch, start)]
            await settle(server)
            outcomes += [await judge() for judge in played]
        return outcomes


async def play(stage: Stage, path: Path, number: int) -> Any:
    """Send one file; what is given back tells its outcome once it has been carried out."""
    name, peer = f"{path.parent.name}/{path.name}", stage.peers[path.parent.name]
    body = path.read_bytes()
    document = parsed(body)
    sender = sender_of(document)
    world = f"{peer.origin}/{number}"
    body = moved(stage, body, sender, world)
    document = parsed(body)
    sender = sender_of(document)
    sender = sender if sender.startswith(world) else f"{world}/users/otto"
    actor = await introduce(stage, peer, sender, known=name not in UNKNOWN_ACTORS,
                            followed=name not in NOT_FOLLOWED)
    kind = kind_of(document)
    if kind in ACTOR_TYPES:
        return lambda: look_up(stage, peer, name, kind, document)
    if kind in NOTE_TYPES:
        peer.show(document["id"] if isinstance(document.get("id"), str) else world, document)
        document = actor.does("Create", document, to=document.get("to"), cc=document.get("cc"))
        body = json.dumps(document).encode()
    elif isinstance(document, dict):
        serve_object(peer, actor, document.get("object"), world)
    status, ms = await timed(peer, stage.server, body, actor)
    return lambda: judged(stage, name, kind, status, ms, document)


def serve_object(peer: Peer, actor: PeerActor, thing: Any, world: str) -> None:
    """What an activity is about can be read at its own id: as it is embedded, or some message for an id alone."""
    if isinstance(thing, dict) and isinstance(thing.get("id"), str):
        peer.show(thing["id"], thing)
    elif isinstance(thing, str) and thing.startswith(world) and thing != actor.uri:
        peer.show(thing, actor.note("Read at its own id") | {"id": thing})


async def timed(peer: Peer, server: LiveServer, body: bytes, actor: PeerActor) -> tuple[int, float]:
    """Send it; the status, and the milliseconds until the answer."""
    started = time.perf_counter()
    status = await peer.send(server, body, actor)
    return status, (time.perf_counter() - started) * 1000


async def introduce(stage: Stage, peer: Peer, uri: str, *, known: bool, followed: bool) -> PeerActor:
    """The sender, with a key, a document of its own, and our member as a follower."""
    key = Key(f"{uri}#main-key", rsa_key(1))
    public = {"id": key.id, "owner": uri, "publicKeyPem": keys.public_pem(key.private.public_key())}
    name = re.sub("[^A-Za-z0-9_]", "", uri.rpartition("/")[2])[:60] or "otto"
    document = {"@context": "https://www.w3.org/ns/activitystreams", "id": uri, "type": "Person", "preferredUsername": name,
                "inbox": f"{uri}/inbox", "followers": f"{uri}/followers", "publicKey": public}
    if known:
        peer.show(uri, document)
        if followed:
            await stage.server.run(befriend(stage, uri))
    return PeerActor(uri, key, document)


async def befriend(stage: Stage, uri: str) -> None:
    """Our member follows them, and they have said yes."""
    actor = await resolve.actor(stage.server.instance, uri)
    await Follow.get_or_create({"uri": f"{stage.server.origin}/follows/{actor.id}", "accepted_at": clock.now()},
                               follower=stage.alice, target=actor)


async def look_up(stage: Stage, peer: Peer, name: str, kind: str, document: Any) -> Outcome:
    """An actor's document: read as when somebody looks for it."""
    uri = str(document.get("id"))
    peer.show(uri, document)
    peer.show(uri.partition("#")[0], document)
    started = time.perf_counter()
    try:
        actor = await stage.server.run(resolve.actor(stage.server.instance, uri, fresh=True))
        number = await stage.server.ask(lambda: actor.keys.all().count())
        became = f"taken as {actor.kind} with {number} keys: {', '.join(shown_of(actor))}"
    except CommunityError as error:
        became = f"refused: {error}"
    return Outcome(name, kind, 200, (time.perf_counter() - started) * 1000, became)


async def judged(stage: Stage, name: str, kind: str, status: int, ms: float, document: Any) -> Outcome:
    """What the server made of an activity."""
    became = f"refused at the door: {status}" if status != 202 else await stage.server.run(fate(document))
    return Outcome(name, kind, status, ms, became)


async def fate(document: Any) -> str:
    """What stands in the database because of an activity."""
    item = await InboxItem.get_or_none(activity_uri=Activity.parse(document).id)
    if item and item.state is not ItemState.DONE:
        return f"{'refused' if item.state is ItemState.REFUSED else 'broken'}: {item.outcome}"
    thing = values.link(document.get("object")) or ""
    if post := await Post.get_or_none(uri=thing).exclude(author__host=""):  # an ordinary one is its own receipt
        return "taken: erased" if post.deleted_at else f"taken as a message for {post.reach}: {', '.join(await read_in(post))}"
    if item is None:
        return "ignored: not stored"
    for table in (Follow, Like, Announce, Block, Report):
        if await table.exists(uri=document.get("id", "")):
            return f"taken as {table.__name__}"
    if await Actor.exists(uri=thing, deleted_at__isnull=False):
        return "taken: somebody is gone"
    return "taken: its object stays dead" if await Tombstone.exists(uri=thing) else f"ignored: {item.outcome}"


def shown_of(actor: Actor) -> list[str]:
    """What a page says of somebody."""
    found = [f'"{actor.shown_name}"', f"{len(actor.details)} lines" if actor.details else "", "image" if actor.icon_uri else "",
             "asks" if actor.approves_followers else "", "moved" if actor.moved_to_uri else ""]
    return [words for words in found if words]


async def read_in(post: Post) -> list[str]:
    """What a reader is shown of a message, in short."""
    poll = await Poll.get_or_none(post_id=post.id)
    named = await Recipient.filter(post_id=post.id).count()
    parts = ((post.kind or "Note", True), (f'"{post.title}"', post.title), (f"folded: {post.warning}", post.warning),
             ("sensitive", post.sensitive and not post.warning), ("answer", post.parent_uri), ("quotes", post.quote_uri),
             (f"{await Attachment.filter(post_id=post.id).count()} pictures", await Attachment.exists(post_id=post.id)),
             (f"{len(poll.options) if poll else 0} answers", poll), (f"{await Tag.filter(post_id=post.id).count()} topics",
             await Tag.exists(post_id=post.id)), (f"to {named} of us", named), (f"in {post.language}", post.language),
             (f"{len(post.translations or ())} languages", post.translations), (f"on {post.starts_at:%Y-%m-%d}"
             if post.starts_at else "", post.starts_at), (f"at {post.place}", post.place), ("edited", post.edited_at))
    shown = [*(name for name, there in parts if there), f"«{markup.plain(post.html)[:WORDS_CHARACTERS]}»"]
    return [" ".join(words.split()) for words in shown]


def parsed(body: bytes) -> Any:
    """What the file holds for a lenient reader, to play its sender; {} if nobody can read it."""
    try:
        return json.loads(body)
    except ValueError:
        return {}


def kind_of(document: Any) -> str:
    """The type of a document, among those that matter here."""
    types = document.get("type") if isinstance(document, dict) else None
    names = [name for name in (types if isinstance(types, list) else [types]) if isinstance(name, str)]
    known = ACTIVITY_TYPES | ACTOR_TYPES | NOTE_TYPES
    return next((name for name in names if name in known), names[0] if names else "no type")


def sender_of(document: Any) -> str:
    """Who says this: the actor, the author, or the document itself."""
    if not isinstance(document, dict):
        return ""
    if kind_of(document) in ACTOR_TYPES:
        return values.link(document.get("id")) or ""
    return next((uri for name in ("actor", "attributedTo", "id") if (uri := values.link(document.get(name)))), "")


def moved(stage: Stage, body: bytes, sender: str, world: str) -> bytes:
    """The file with its sender's server played by a peer, and ours by the one under test."""
    if b"\0" in body[:4] or body[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return body  # UTF-16
    origin = "{0.scheme}://{0.netloc}".format(urlsplit(sender or "https://oracle.test/"))
    for old, new in ((OUR_MEMBER, stage.alice.uri), ("{NOTE}", stage.note.uri), (OUR_PLACE, stage.server.origin),
                     ("@SUT", f"@{stage.server.host}"), (origin, world), (origin.replace("/", "\\/"), world)):
        body = body.replace(old.encode(), new.encode())
    return body
