"""What an app may be allowed to do: the OAuth scopes of the Mastodon API (docs.joinmastodon.org/api/oauth-scopes)."""
from __future__ import annotations

from collections.abc import Iterable, Sequence

_READ = ("accounts", "blocks", "bookmarks", "favourites", "filters", "follows", "lists", "mutes", "notifications", "search",
         "statuses")
_WRITE = ("accounts", "blocks", "bookmarks", "conversations", "favourites", "filters", "follows", "lists", "media", "mutes",
          "notifications", "reports", "statuses")
_ADMIN = ("accounts", "reports", "domain_allows", "domain_blocks", "ip_blocks", "email_domain_blocks", "canonical_email_blocks")
#: Every scope that there is, in the order in which documents list them.
SCOPES: tuple[str, ...] = (
    "profile", "read", *(f"read:{noun}" for noun in _READ), "write", *(f"write:{noun}" for noun in _WRITE), "follow", "push",
    "admin:read", *(f"admin:read:{noun}" for noun in _ADMIN), "admin:write", *(f"admin:write:{noun}" for noun in _ADMIN))
#: What the old scope "follow" stands for.
FOLLOW = frozenset({"read:follows", "write:follows", "read:blocks", "write:blocks", "read:mutes", "write:mutes"})
DEFAULT = ("read",)
TEXT_LIMIT = 2000  # characters


def parse(text: str) -> list[str] | None:
    """The scopes in "read write:media", each once; DEFAULT for none, None if one is unknown."""
    named = list(dict.fromkeys(text[:TEXT_LIMIT].replace("+", " ").split())) or list(DEFAULT)
    return named if all(name in SCOPES for name in named) else None


def covers(granted: Iterable[str], wanted: str) -> bool:
    """Whether somebody with these scopes has `wanted`; of several, with spaces between them, one is enough."""
    return any(_covers(scope, one) for scope in granted for one in wanted.split())


def within(wanted: Sequence[str], granted: Sequence[str]) -> bool:
    """Whether all these scopes lie within those."""
    return all(covers(granted, scope) for scope in wanted)


def _covers(scope: str, wanted: str) -> bool:
    return wanted == scope or wanted.startswith(f"{scope}:") or (scope == "follow" and wanted in FOLLOW)
