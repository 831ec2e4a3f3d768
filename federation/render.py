"""Rows to wire: the documents that others read. Only what `moderation` allows is handed to these functions."""
from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from federation.actor_document import ED25519_REQUESTS
from federation.addresses import host_of
from federation.contexts import AS, CAPABILITY, RESPONSES, actor_context, note_context, own_terms
from federation.keys import load_public, multikey
from federation.wire import PUBLIC
from models import Actor, ActorKey, Attachment, Poll, Post, Recipient, Tag
from models.actor import ActorKind, KeyKind
from models.post import AskedState
from models.reach import Reach
from moderation import counts, lines, markup

Document = dict[str, Any]
#: FEP-844e: what this server understands, said by each of its actors.
SIGNATURES: Final[tuple[Document, ...]] = (
    {"name": "RFC-9421: HTTP Message Signatures", "href": "https://datatracker.ietf.org/doc/html/rfc9421"},
    {"name": "RFC-9421 signatures using the Ed25519 algorithm", "href": ED25519_REQUESTS})


def instant(when: datetime) -> str:
    """A point in time with its zone, as peers expect it: "2026-05-05T07:30:00Z"."""
    return when.strftime("%Y-%m-%dT%H:%M:%SZ")


def exact_instant(when: datetime) -> str:
    """The same with milliseconds, for `updated`: of two edits within a second the later one must win."""
    return f"{when:%Y-%m-%dT%H:%M:%S}.{when.microsecond // 1000:03}Z"


def partners_uri(origin: str) -> str:
    """The collection that stands for the members of partner communities. It cannot be read: it is only an audience."""
    return f"{origin}/partners"


def icon(actor: Actor, origin: str) -> Document:
    """The picture of an actor of ours: the coat, as `server.pictures.coat_images` draws it. Nobody here shows a face to other
    servers.
    """
    return {"type": "Image", "mediaType": "image/png", "url": f"{origin}/coats/{actor.key}.png", "width": 240, "height": 240}


def actor_document(actor: Actor, keys: Sequence[ActorKey], origin: str, readers: Reach) -> Document:
    """An actor of ours, for those who may read it, with the lines that reach them. No e-mail, no real name, no counts."""
    shown = lines.read_by(actor, readers)
    document: Document = {
        "@context": actor_context(origin),
        "id": actor.uri, "type": str(actor.kind), "preferredUsername": actor.name, "name": actor.shown_name,
        "summary": shown.about, "url": actor.url, "published": f"{actor.created_at:%Y-%m-%d}T00:00:00Z",
        "icon": icon(actor, origin),
        "inbox": actor.inbox_uri, "outbox": actor.outbox_uri, "followers": actor.followers_uri, "following": actor.following_uri,
        "featured": actor.featured_uri, "endpoints": endpoints(actor, origin),
        "manuallyApprovesFollowers": actor.approves_followers, "discoverable": actor.discoverable, "indexable": actor.indexable,
        "webfinger": f"{actor.name}@{host_of(origin)}",
        "hidesToPublicFromUnauthedWeb": True, "hidesCcPublicFromUnauthedWeb": True,
        "interactionPolicy": {"canFeature": {"automaticApproval": [actor.uri]}},
        "attachment": [{"type": "PropertyValue", "name": name, "value": value} for name, value in shown.details],
        "partners": partners_uri(origin), "generator": generator(),
    }
    if actor.kind is ActorKind.PERSON:
        document["featuredTags"] = featured_tags_uri(actor)
    if actor.organisation:
        document["organisation"] = str(actor.organisation)
    if badge := lines.badge_of(actor, readers):
        document |= {"badge": badge, "profession": actor.profession}
    if actor.aliases:
        document["alsoKnownAs"] = actor.aliases
    if actor.moved_to_uri:
        document["movedTo"] = actor.moved_to_uri
    return document | key_properties(actor, keys)


def suspended_document(actor: Actor, keys: Sequence[ActorKey], origin: str) -> Document:
    """All that is said of a member of ours who is suspended, to those who knew them: no line of the profile."""
    return {"@context": actor_context(origin), "id": actor.uri, "type": str(actor.kind), "preferredUsername": actor.name,
            "inbox": actor.inbox_uri, "outbox": actor.outbox_uri, "followers": actor.followers_uri,
            "endpoints": endpoints(actor, origin), "suspended": True} | key_properties(actor, keys)


def featured_tags_uri(actor: Actor) -> str:
    """The collection of topics that a member of ours shows on top."""
    return f"{actor.uri}/tags"


def endpoints(actor: Actor, origin: str) -> Document:
    """Where servers deliver, and where the member's own clients get their tokens (ActivityPub §4.1). No proxyUrl: what a
    member reads elsewhere is fetched in the name of the community.
    """
    return {"sharedInbox": actor.shared_inbox_uri, "oauthAuthorizationEndpoint": f"{origin}/oauth/authorize",
            "oauthTokenEndpoint": f"{origin}/oauth/token"}


def key_properties(actor: Actor, keys: Sequence[ActorKey]) -> Document:
    """`publicKey` (the newest RSA key, alone, as some programs cannot read a list of them) and `assertionMethod` (FEP-521a):
    Ed25519, and the RSA keys that the newest one replaces, for as long as they are served.
    """
    newest_first = sorted(keys, key=lambda key: key.id, reverse=True)
    rsa = [key for key in newest_first if key.kind is KeyKind.RSA]
    methods = [key for key in newest_first if key not in rsa[:1]]
    properties: Document = {"assertionMethod": [
        {"id": key.uri, "type": "Multikey", "controller": actor.uri, "publicKeyMultibase": multikey(load_public(key.public_pem))}
        for key in methods]}
    if rsa:
        properties["publicKey"] = {"id": rsa[0].uri, "owner": actor.uri, "publicKeyPem": rsa[0].public_pem}
    return properties


def instance_document(actor: Actor, keys: Sequence[ActorKey], origin: str, title: str) -> Document:
    """The actor of the community itself: the one document that anybody may read without a signature."""
    document = actor_document(actor, keys, origin, Reach.WEB)
    document |= {"name": title or actor.name, "type": str(ActorKind.APPLICATION), "manuallyApprovesFollowers": True,
                 "directory": f"{origin}/directory"}
    document["generator"] = generator({"name": "Withdrawal notices of Dazzle", "href": f"{origin}/ns#{CAPABILITY}"},
                                      {"name": "Answers to reports of Dazzle", "href": f"{origin}/ns#{RESPONSES}"})
    return document


def generator(*more: Document) -> Document:
    """The program, and what it understands (FEP-844e); `more` is what the instance actor alone can say."""
    return {"type": "Application", "name": "Dazzle", "implements": [*SIGNATURES, *more]}


def addressing(post: Post, recipients: Iterable[Recipient], origin: str) -> tuple[list[str], list[str]]:
    """`to` and `cc` of a post of ours (product.md, One scale of reach).

    Followers stand in `to` of a partner message, so that a partner with other software shows it to them (Mastodon takes one
    that has them in `cc` alone for a direct message, which nobody is shown); it is delivered to partners only.
    """
    named = [recipient.actor.uri for recipient in recipients]
    match post.reach:
        case Reach.WEB if not post.is_listed:
            return [post.author.followers_uri], [PUBLIC, *named]
        case Reach.WEB:
            return [PUBLIC], [post.author.followers_uri, *named]
        case Reach.PARTNERS:
            return [partners_uri(origin), post.author.followers_uri, *named], []
        case Reach.CIRCLE:
            return named, []
        case _:
            return [], []


def note_document(post: Post, *, recipients: Sequence[Recipient], tags: Sequence[Tag], attachments: Sequence[Attachment],
                  origin: str, is_closed: bool) -> Document:
    """A post of ours as a Note. Rows come with their actors loaded. `is_closed`: the team lets nobody answer any more."""
    to, cc = addressing(post, recipients, origin)
    warning = post.shown_warning or None
    document: Document = {
        "id": post.uri, "type": "Note", "attributedTo": post.author.uri, "to": to, "cc": cc, "url": post.url,
        "published": instant(post.published_at), "content": content(post), "summary": warning,
        "sensitive": bool(warning) or post.sensitive,
        "inReplyTo": post.parent_uri or None, "conversation": post.conversation, "voice": str(post.voice) or None,
        "tag": [*(mention(recipient.actor) for recipient in recipients), *(hashtag(tag.name, origin) for tag in tags),
                *_quoted(post)],
        "attachment": [image(attachment, origin) for attachment in attachments],
    }
    if to:
        document["interactionPolicy"] = interaction_policy(post, [*to, *cc], is_closed)
    return document | _where_there_is(post)


def content(post: Post) -> str:
    """The words of a post; before them a link to what it quotes, marked so that servers which know `quote` hide it (FEP-044f)."""
    if post.quote_state not in (AskedState.ASKED, AskedState.SHOWN):
        return post.html
    address = markup.escape(post.quote_uri)
    if f'"{address}"' in post.html:
        return post.html
    return f'<p class="quote-inline">RE: <a href="{address}">{address}</a></p>{post.html}'


def _quoted(post: Post) -> list[Document]:
    """What it quotes with leave, for programs that read it from a tag (FEP-e232): they ask nobody, and learn it with the yes."""
    if post.quote_state is not AskedState.SHOWN:
        return []
    return [{"type": "Link", "mediaType": f'application/ld+json; profile="{AS}"', "href": post.quote_uri,
             "name": f"RE: {post.quote_uri}"}]


def _where_there_is(post: Post) -> Document:
    """What only some messages have: a language, an edit, what it quotes, a time after which copies are to go."""
    document: Document = {}
    if post.language:
        document["contentMap"] = {post.language: content(post)}
    if post.edited_at:
        document["updated"] = exact_instant(post.edited_at)
    if post.quote_state in (AskedState.ASKED, AskedState.SHOWN):
        document["quote"] = post.quote_uri
        document |= {"quoteAuthorization": post.quote_stamp_uri} if post.quote_stamp_uri else {}
    if post.quote_state is AskedState.SHOWN:
        document |= {"quoteUri": post.quote_uri, "_misskey_quote": post.quote_uri}
    if post.expires_at and post.reach is not Reach.WEB:
        document["expires"] = instant(post.expires_at)
    return document


def question(poll: Poll, least: int) -> Document:
    """What makes a Note a Question. How many chose what is told when it is over, and never of fewer than `least` people: on
    another server we cannot see to it that only those read it who have chosen (DECISIONS 16).
    """
    told = counts.answers({one["name"]: one["count"] for one in poll.options}, poll.voters, poll.is_multiple, least)
    answers = [{"type": "Note", "name": one["name"],
                "replies": {"type": "Collection"} | _told("totalItems", told.rows[one["name"]], poll)} for one in poll.options]
    document: Document = {"type": "Question", "anyOf" if poll.is_multiple else "oneOf": answers}
    if poll.closes_at:
        document["endTime"] = instant(poll.closes_at)
        document |= {"closed": document["endTime"]} if poll.is_closed else {}
    return document | _told("votersCount", told.total, poll)


def _told(name: str, number: int | None, poll: Poll) -> Document:
    """A number of people under its name, once the question is over."""
    return {name: number} if number is not None and poll.is_closed else {}


def interaction_policy(post: Post, readers: Sequence[str], is_closed: bool) -> Document:
    """What may be done with a post without asking (GoToSocial's terms, and FEP-044f for quotes).

    Its readers may answer, unless the team has closed its conversation, and say that they think of its author. It is passed on
    as far as it went, a circle's not at all. It is quoted only where it is for the whole web and its author lets it:
    `federation.handlers.request` decides.
    """
    me = [post.author.uri]
    is_public = post.reach is Reach.WEB
    everybody = [PUBLIC] if is_public else list(readers)
    allowed = {"canLike": everybody, "canReply": me if is_closed else everybody,
               "canAnnounce": me if post.reach is Reach.CIRCLE else everybody,
               "canQuote": [PUBLIC] if is_public and post.author.allows_quotes else me}
    return {verb: {"automaticApproval": who} for verb, who in allowed.items()}


def mention(actor: Actor) -> Document:
    """A named person: without this tag many servers tell nobody."""
    name = f"@{actor.name}@{actor.server or host_of(actor.uri)}"
    return {"type": "Mention", "href": actor.uri, "name": name}


def hashtag(name: str, origin: str) -> Document:
    """A topic, with its page here."""
    return {"type": "Hashtag", "href": f"{origin}/tags/{name}", "name": f"#{name}"}


def image(attachment: Attachment, origin: str) -> Document:
    """An image; its alternative text twice, because half of the fediverse reads the other place."""
    return {"type": "Document", "mediaType": attachment.media_type, "url": f"{origin}/media/{attachment.key}",
            "name": attachment.description or None, "summary": attachment.description or None,
            "width": attachment.width, "height": attachment.height} | _where_it_matters(attachment)


def _where_it_matters(attachment: Attachment) -> Document:
    """What is shown of the image before it is there, and what matters in it, for those who crop."""
    where = (attachment.focus_x, attachment.focus_y)
    return ({"focalPoint": list(where)} if None not in where else {}) | (
        {"blurhash": attachment.blurhash} if attachment.blurhash else {})


def activity_document(kind: str, uri: str, actor: Actor, thing: object, *, to: Sequence[str] = (), cc: Sequence[str] = (),
                      origin: str, extra: Mapping[str, Any] | None = None) -> Document:
    """The envelope of every activity of ours."""
    document: Document = {"@context": note_context(origin), "id": uri, "type": kind, "actor": actor.uri, "object": thing}
    document |= {name: list(audience) for name, audience in (("to", to), ("cc", cc)) if audience}
    return document | dict(extra or {})


def terms_document(origin: str) -> Document:
    """Our own words on the wire. Other servers need not fetch it: each document of ours carries the same mapping."""
    return {"@context": own_terms(origin)}
