"""The JSON-LD contexts that we write. None is ever fetched or interpreted when it comes from elsewhere:
peers' documents are read by their compact names (CVE-2022-24307, CVE-2026-42462: contexts re-map terms)."""
from __future__ import annotations

from typing import Any, Final

AS: Final = "https://www.w3.org/ns/activitystreams"
SECURITY: Final = "https://w3id.org/security/v1"
MULTIKEY: Final = "https://w3id.org/security/multikey/v1"
DATA_INTEGRITY: Final = "https://w3id.org/security/data-integrity/v2"  # proofs (FEP-8b32)
PUBLIC: Final = f"{AS}#Public"
#: Takahe and activitypub-bot send the compacted name (spec: fediverse §8 rule 3).
_PUBLIC_SPELLINGS: Final = frozenset({PUBLIC, "as:Public", "Public"})

#: Terms outside ActivityStreams, as Mastodon defines them; `schema` has the historic wrong IRI that peers expect.
_TERMS: Final[dict[str, Any]] = {
    "toot": "http://joinmastodon.org/ns#",
    "schema": "http://schema.org#",
    "PropertyValue": "schema:PropertyValue",
    "value": "schema:value",
    "manuallyApprovesFollowers": "as:manuallyApprovesFollowers",
    "sensitive": "as:sensitive",
    "Hashtag": "as:Hashtag",
    "movedTo": {"@id": "as:movedTo", "@type": "@id"},
    "alsoKnownAs": {"@id": "as:alsoKnownAs", "@type": "@id"},
    "discoverable": "toot:discoverable",
    "indexable": "toot:indexable",
    "suspended": "toot:suspended",
    "featured": {"@id": "toot:featured", "@type": "@id"},
    "featuredTags": {"@id": "toot:featuredTags", "@type": "@id"},
    "blurhash": "toot:blurhash",
    "votersCount": "toot:votersCount",
    "Emoji": "toot:Emoji",
    "webfinger": "https://purl.archive.org/socialweb/webfinger#webfinger",
    "ostatus": "http://ostatus.org#",
    "conversation": "ostatus:conversation",
    "gts": "https://gotosocial.org/ns#",
    "interactionPolicy": {"@id": "gts:interactionPolicy", "@type": "@id"},
    "canFeature": {"@id": "https://w3id.org/fep/7aa9#canFeature", "@type": "@id"},
    "automaticApproval": {"@id": "gts:automaticApproval", "@type": "@id"},
    "canLike": {"@id": "gts:canLike", "@type": "@id"},
    "canReply": {"@id": "gts:canReply", "@type": "@id"},
    "canAnnounce": {"@id": "gts:canAnnounce", "@type": "@id"},
    "canQuote": {"@id": "gts:canQuote", "@type": "@id"},
    "quote": {"@id": "https://w3id.org/fep/044f#quote", "@type": "@id"},
    "quoteAuthorization": {"@id": "https://w3id.org/fep/044f#quoteAuthorization", "@type": "@id"},
    "quoteUri": "http://fedibird.com/ns#quoteUri",  # text, as Fedibird and Misskey say: who expects that cannot read an id
    "_misskey_quote": "https://misskey-hub.net/ns#_misskey_quote",
    "QuoteRequest": "https://w3id.org/fep/044f#QuoteRequest",
    "replyAuthorization": {"@id": "gts:replyAuthorization", "@type": "@id"},
    "announceAuthorization": {"@id": "gts:announceAuthorization", "@type": "@id"},
    "likeAuthorization": {"@id": "gts:likeAuthorization", "@type": "@id"},
    "approvedBy": {"@id": "gts:approvedBy", "@type": "@id"},
    "focalPoint": {"@container": "@list", "@id": "toot:focalPoint"},
    "hidesToPublicFromUnauthedWeb": "gts:hidesToPublicFromUnauthedWeb",
    "hidesCcPublicFromUnauthedWeb": "gts:hidesCcPublicFromUnauthedWeb",
    "implements": {"@id": "https://w3id.org/fep/844e#implements", "@type": "@id"},
}
#: Of requests alone, which are few: every other document would carry them for nothing.
_REQUESTS: Final[dict[str, Any]] = {name: f"gts:{name}" for name in ("ReplyRequest", "LikeRequest", "AnnounceRequest")} | {
    "FeatureRequest": "https://w3id.org/fep/7aa9#FeatureRequest"}
#: Of actors alone. The context of Multikey explains what a key is, and not whose (FEP-521a).
_KEYS: Final[dict[str, Any]] = {"assertionMethod": {"@id": "https://w3id.org/security#assertionMethod", "@type": "@id"}}
ACTIVITY_CONTEXT: Final = AS
#: What an instance actor announces whose server exchanges withdrawal notices, in its own namespace: `{origin}/ns#Withdraw`.
CAPABILITY: Final = "Withdraw"
#: The same of one whose server exchanges what became of reports.
RESPONSES: Final = "Respond"


def is_public(uri: str) -> bool:
    """Whether this names the public collection, in any of its three spellings."""
    return uri in _PUBLIC_SPELLINGS


def own_terms(origin: str) -> dict[str, Any]:
    """Our extensions, under a namespace of the instance that serves the document; `{origin}/ns` explains them."""
    return {
        "dazzle": f"{origin}/ns#",
        "voice": "dazzle:voice",
        "partners": {"@id": "dazzle:partners", "@type": "@id"},
        "consent": "dazzle:consent",
        "expires": {"@id": "dazzle:expires", "@type": "http://www.w3.org/2001/XMLSchema#dateTime"},
        "Withdraw": "dazzle:Withdraw",
        "Acknowledge": "dazzle:Acknowledge",
        "outcome": "dazzle:outcome",
        "Respond": "dazzle:Respond",
        "matter": "dazzle:matter",
        "digest": "dazzle:digest",
        "directory": {"@id": "dazzle:directory", "@type": "@id"},
        "organisation": "dazzle:organisation",
        "badge": "dazzle:badge",
        "profession": "dazzle:profession",
    }


def note_context(origin: str) -> list[Any]:
    """The `@context` of a post, or of an activity that carries one."""
    return [AS, _TERMS | own_terms(origin)]


def request_context(origin: str) -> list[Any]:
    """That of a request for a permission, and of what answers it."""
    return [AS, _TERMS | _REQUESTS | own_terms(origin)]


def actor_context(origin: str) -> list[Any]:
    """The `@context` of an actor document, which also holds keys."""
    return [AS, SECURITY, MULTIKEY, _TERMS | _KEYS | own_terms(origin)]
