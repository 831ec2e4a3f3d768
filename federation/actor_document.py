"""An actor as its server describes it (spec: fediverse §1.2)."""
from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from federation import parts, values
from federation.addresses import origin_of, same_origin
from federation.contexts import CAPABILITY, RESPONSES
from federation.errors import Malformed
from federation.parts import Emoji
from models.actor import Organisation
from models.badge import BadgeKind

ACTOR_TYPES: Final = frozenset({"Person", "Service", "Group", "Application", "Organization"})
ORGANISATIONS: Final = frozenset(kind.value for kind in Organisation if kind)
BADGES: Final = frozenset(kind.value for kind in BadgeKind)
MAX_PROFESSION_CHARS = 100
MAX_SUMMARY_CHARS = 20_000
MAX_FIELDS = 16
MAX_FIELD_CHARS = 2000
MAX_ALIASES = 20
MAX_KEYS = 8
MAX_PEM_CHARS = 8000
MAX_MULTIBASE_CHARS = 1601  # one more than a key may have, so that none is cut into another
ED25519_REQUESTS: Final = "https://datatracker.ietf.org/doc/html/rfc9421#name-eddsa-using-curve-edwards25"
MAX_CAPABILITIES = 20
_USERNAME = re.compile(r"[^\s@/\\:?#<>\"'\x00-\x1f\x7f]{1,200}")


@dataclass(frozen=True, slots=True)
class PublicKeyEntry:
    """A key as it is shown: `pem` of a `publicKey`, or `multibase` of an `assertionMethod` (FEP-521a)."""

    id: str
    owner: str
    pem: str | None = None
    multibase: str | None = None


@dataclass(frozen=True, slots=True)
class PropertyValue:
    """One line of a profile; `value` is HTML that nobody has cleaned yet."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class ActorDocument:
    """Somebody elsewhere. `name` is text, `summary` HTML that nobody has cleaned yet."""

    id: str
    type: str
    preferred_username: str
    name: str
    summary: str
    url: str | None
    icon: str | None
    inbox: str
    shared_inbox: str | None
    outbox: str | None
    followers: str | None
    following: str | None
    featured: str | None
    partners: str | None
    directory: str | None  # the actor that keeps the directory of its community
    public_keys: tuple[PublicKeyEntry, ...]
    assertion_methods: tuple[PublicKeyEntry, ...]
    manually_approves_followers: bool
    discoverable: bool
    indexable: bool
    suspended: bool
    also_known_as: tuple[str, ...]
    moved_to: str | None
    published: datetime | None
    webfinger: str | None
    takes_ed25519: bool  # says that its server verifies requests signed so (FEP-844e)
    takes_withdrawals: bool  # says that its server exchanges withdrawal notices
    takes_responses: bool  # and what became of reports
    fields: tuple[PropertyValue, ...]
    emojis: tuple[Emoji, ...]  # of the name and the rest of the profile
    organisation: str  # a models.actor.Organisation, of an Organization of our own kind of server
    badge: str  # a models.badge.BadgeKind that its server says it has checked
    profession: str

    @classmethod
    def parse(cls, document: Any) -> ActorDocument:
        """Read a document; Malformed without id, actor's type, user name, or an inbox on the actor's own origin.

        Only keys on that origin that name this actor as owner are kept (FEP-fe34), and collections and a shared
        inbox elsewhere are dropped: a post sent there would reach another host than the one that was chosen.
        """
        if not isinstance(document, dict):
            raise Malformed("an actor must be an object")
        id_, inbox = values.own_id(document), values.required_link(document, "inbox")
        if not same_origin(id_, inbox):
            raise Malformed("the inbox is on another origin")
        type_, username = _kind_and_name(document)
        keys = tuple(key for key in key_entries(document) if key.owner == id_)
        return cls(
            id=id_, type=type_, preferred_username=username,
            name=_visible(document.get("name")) or username,
            summary=values.text(document.get("summary"), MAX_SUMMARY_CHARS) or "",
            url=_page(document.get("url")),
            icon=_image(document.get("icon")),
            inbox=inbox,
            shared_inbox=_own(id_, _shared_inbox(document)),
            outbox=_own(id_, document.get("outbox")),
            followers=_own(id_, document.get("followers")),
            following=_own(id_, document.get("following")),
            featured=_own(id_, document.get("featured")),
            partners=_own(id_, document.get("partners")),
            directory=_own(id_, document.get("directory")),
            public_keys=tuple(key for key in keys if key.pem),
            assertion_methods=tuple(key for key in keys if key.multibase),
            manually_approves_followers=values.flag(document.get("manuallyApprovesFollowers")),
            discoverable=values.flag(document.get("discoverable")),
            indexable=values.flag(document.get("indexable")),
            suspended=values.flag(document.get("suspended")),
            also_known_as=values.links(document.get("alsoKnownAs"), MAX_ALIASES),
            moved_to=values.link(document.get("movedTo")),
            published=values.instant(document.get("published")),
            webfinger=values.text(document.get("webfinger"), 300),
            takes_ed25519=ED25519_REQUESTS in implemented(document.get("generator")),
            takes_withdrawals=f"{origin_of(id_)}/ns#{CAPABILITY}" in implemented(document.get("generator")),
            takes_responses=f"{origin_of(id_)}/ns#{RESPONSES}" in implemented(document.get("generator")),
            fields=_fields(document.get("attachment")),
            emojis=parts.emojis(values.objects(document.get("tag"), parts.MAX_TAGS)),
            **_standing(document, type_),
        )


def _visible(name: Any) -> str:
    """A name, unless nobody could see it: of blanks and invisible signs alone."""
    text = values.text(name) or ""
    return text.strip() if any(sign.isprintable() and not sign.isspace() for sign in text) else ""


def _standing(document: dict[str, Any], type_: str) -> dict[str, str]:
    """What it says that somebody is: an organisation of a kind, or a person with a badge."""
    badge = _one_of(BADGES, document.get("badge")) if type_ == "Person" else ""
    return {"organisation": _one_of(ORGANISATIONS, document.get("organisation")) if type_ == "Organization" else "",
            "badge": badge, "profession": (values.text(document.get("profession"), MAX_PROFESSION_CHARS) or "") if badge else ""}


def _one_of(known: Collection[str], value: Any) -> str:
    return value if isinstance(value, str) and value in known else ""


def implemented(generator: Any) -> tuple[str, ...]:
    """What the program of an actor says it understands: the addresses of specifications (FEP-844e)."""
    named = [item.get("implements") for item in values.objects(generator, 1)]
    return values.links(named[0], MAX_CAPABILITIES) if named else ()


def key_entries(document: Any) -> tuple[PublicKeyEntry, ...]:
    """The keys in an actor document, in a stub of one (GoToSocial's key id), or in a key that is a document itself.

    Each key is on the origin of the document; its owner is what it says, and whether the owner agrees is for the
    caller to see in the owner's own document. Malformed if the document has no id.
    """
    if not isinstance(document, dict):
        raise Malformed("a key must be in an object")
    id_ = values.own_id(document)
    raw = values.objects(document.get("publicKey"), MAX_KEYS) + values.objects(document.get("assertionMethod"), MAX_KEYS)
    if "publicKeyPem" in document or "publicKeyMultibase" in document:
        raw.append(document)
    entries = (_key_entry(key, owner=None if key is document else id_) for key in raw)
    return tuple(entry for entry in entries if entry and same_origin(entry.id, id_))


def _key_entry(key: dict[str, Any], owner: str | None) -> PublicKeyEntry | None:
    """One key; `owner` is whose document it stands in, for those who do not repeat it."""
    key_id = values.link(key.get("id"))
    owner = values.link(key.get("owner") or key.get("controller")) or owner
    pem, multibase = key.get("publicKeyPem"), values.text(key.get("publicKeyMultibase"), MAX_MULTIBASE_CHARS)
    if not isinstance(pem, str) or len(pem) > MAX_PEM_CHARS:
        pem = None
    return PublicKeyEntry(key_id, owner, pem, multibase) if key_id and owner and (pem or multibase) else None


def _kind_and_name(document: dict[str, Any]) -> tuple[str, str]:
    kind, username = values.type_of(document, ACTOR_TYPES), document.get("preferredUsername")
    if kind not in ACTOR_TYPES or not isinstance(username, str) or not _USERNAME.fullmatch(username):
        raise Malformed("not an actor with a user name")
    return kind, username


def _shared_inbox(document: dict[str, Any]) -> Any:
    """In `endpoints`; some older software puts it beside the inbox."""
    endpoints = document.get("endpoints")
    return endpoints.get("sharedInbox") if isinstance(endpoints, dict) else document.get("sharedInbox")


def _own(id_: str, value: Any) -> str | None:
    """A URL of the actor's own origin."""
    uri = values.link(value)
    return uri if uri and same_origin(id_, uri) else None


def _page(value: Any) -> str | None:
    """The profile page: of several links (PeerTube) the one that is HTML, else the first."""
    pages = [item for item in values.objects(value, 10) if item.get("mediaType") == "text/html"]
    return values.link(pages) or values.link(value)


def _image(value: Any) -> str | None:
    """The address of an Image, of the first of several, or a bare URL."""
    return next((uri for item in values.many(value, 10)
                 if (uri := values.link(item.get("url") if isinstance(item, dict) else item))), None)


def _fields(value: Any) -> tuple[PropertyValue, ...]:
    return tuple(PropertyValue(name, content) for item in values.objects(value, MAX_FIELDS)
                 if item.get("type") == "PropertyValue"
                 and (name := values.text(item.get("name")))
                 and (content := values.text(item.get("value"), MAX_FIELD_CHARS)) is not None)
