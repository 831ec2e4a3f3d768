"""What the author of a message lets others do with it, in the dialects of FEP-044f and GoToSocial.

Says nothing of a message (`interactionPolicy` missing, or without the verb): everybody may, but quote it.
"""
from __future__ import annotations

from typing import Any

from federation import values
from federation.addresses import origin_of, same_origin
from federation.contexts import PUBLIC
from models.post import Permitted, Quotable

MAX_APPROVERS = 20
OLDER = ("always", "approvalRequired", "with_approval")  # terms of GoToSocial before 0.21, which knows no requests
AT_ONCE = ("automaticApproval", "always")
ASKED = ("manualApproval", "approvalRequired", "with_approval")
WITHHELD = ("canReply", "canLike", "canAnnounce")


def quotable(document: dict[str, Any], author_uri: str) -> Quotable:
    """Who may quote it (FEP-044f); nobody where it does not say so. The collection of followers is only known by its name:
    everything of the author's origin that is called so.
    """
    rule = _rule(document, "canQuote")
    if rule is None:
        return Quotable.NOBODY
    at_once, asked = _approvers(rule, AT_ONCE), _approvers(rule, ASKED)
    if PUBLIC in at_once:
        return Quotable.ANYONE
    if PUBLIC in asked:
        return Quotable.ASKED
    return Quotable.FOLLOWERS if any(_is_followers(uri, author_uri) for uri in (*at_once, *asked)) else Quotable.NOBODY


def withheld(document: dict[str, Any], author_uri: str) -> dict[str, str] | None:
    """What not everybody may do, by its name in `interactionPolicy`: a Permitted. None where nothing is withheld, or said.

    Only a no that is sure counts: who is named, or must ask first, or stands in a collection that we cannot read, may try, and
    the author's server decides. Whom a message names may always answer it.
    """
    rules = ((verb, _rule(document, verb)) for verb in WITHHELD)
    found = {verb: str(who) for verb, rule in rules if rule is not None and (who := _alone(rule, author_uri))}
    if _mentioned(document):
        found.pop("canReply", None)
    return found or None


def asks(document: dict[str, Any], author_uri: str) -> dict[str, dict[str, Any]] | None:
    """What not everybody may do without a yes, by its name in `interactionPolicy`: as `moderation.asking` reads it.

    Of a message for partners of another Dazzle they all may: that it names them as readers is enough. Whom a message names may
    always answer it.
    """
    found: dict[str, dict[str, Any]] = {}
    for verb in WITHHELD:
        rule = _rule(document, verb)
        if rule is None or not _says(rule):
            continue
        at_once = _approvers(rule, AT_ONCE)
        if not {PUBLIC, f"{origin_of(author_uri)}/partners"}.isdisjoint(at_once):
            continue
        named = {uri for uri in at_once if uri != author_uri and not _is_followers(uri, author_uri)}
        found[verb] = {"named": sorted(named | (_mentioned(document) if verb == "canReply" else set())),
                       "older": any(name in rule for name in OLDER)}
    return found or None


def _mentioned(document: dict[str, Any]) -> set[str]:
    tags = values.objects(document.get("tag"), MAX_APPROVERS)
    return {href for tag in tags if tag.get("type") == "Mention" and (href := values.link(tag.get("href")))}


def _says(rule: dict[str, Any]) -> bool:
    return any(isinstance(rule.get(name), str | list) for name in (*AT_ONCE, *ASKED))


def _alone(rule: dict[str, Any], author_uri: str) -> Permitted | None:
    """Who alone may; None where that is not sure."""
    if not _says(rule):
        return None
    others = {uri for uri in (*_approvers(rule, AT_ONCE), *_approvers(rule, ASKED)) if uri != author_uri}
    if not all(_is_followers(uri, author_uri) for uri in others):
        return None
    return Permitted.FOLLOWERS if others else Permitted.NOBODY


def _rule(document: dict[str, Any], verb: str) -> dict[str, Any] | None:
    policy = document.get("interactionPolicy")
    rule = policy.get(verb) if isinstance(policy, dict) else None
    return rule if isinstance(rule, dict) else None


def _approvers(rule: dict[str, Any], names: tuple[str, ...]) -> list[str]:
    return [uri for name in names for uri in values.audience(rule.get(name), MAX_APPROVERS)]


def _is_followers(uri: str, author_uri: str) -> bool:
    return same_origin(uri, author_uri) and uri.endswith("/followers")
