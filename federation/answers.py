"""What other servers answer: judged by status, by content type, and by how long they ask us to wait."""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import Message
from email.utils import parsedate_to_datetime
from typing import Final

from federation.errors import Gone, Malformed, Refused, Unreachable

MAX_RETRY_AFTER_SECONDS: Final = 86_400.0
REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
AS_PROFILE: Final = "https://www.w3.org/ns/activitystreams"


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP response that was read within its limits."""

    url: str  # the one that answered, after redirects
    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of document: what we ask for, and which content types we take for it."""

    accept: str
    types: frozenset[str]


#: `application/ld+json` counts only with the ActivityStreams profile (CVE-2024-25623); see `check_content_type`.
ACTIVITY: Final = Kind(f'application/activity+json, application/ld+json; profile="{AS_PROFILE}"',
                       frozenset({"application/activity+json", "application/ld+json"}))
JRD: Final = Kind("application/jrd+json, application/json", frozenset({"application/jrd+json", "application/json"}))
NODEINFO: Final = Kind("application/json", frozenset({"application/json"}))


def check_status(status: int, headers: Mapping[str, str], host: str, now: datetime) -> None:
    """Raise Gone for 404 and 410, Unreachable for 408, 429 and 5xx; everything else is the caller's to judge."""
    if status in (404, 410):
        raise Gone(f"answered {status}", host=host, http_status=status)
    if status in (408, 429) or status >= 500:
        raise Unreachable(f"answered {status}", host=host, http_status=status,
                          retry_after_seconds=retry_after(headers.get("Retry-After", ""), now))


def check_found(answer: Answer, host: str) -> None:
    """Raise Refused unless this is the 2xx answer with content that a GET wants."""
    if not 200 <= answer.status < 300:
        raise Refused(f"answered {answer.status}", host=host, http_status=answer.status)


def check_content_type(answer: Answer, kind: Kind, host: str) -> None:
    """Raise Malformed unless the answer says that it is such a document: uploads on the same host never are."""
    header = Message()
    header["Content-Type"] = answer.headers.get("Content-Type", "")
    content_type = header.get_content_type()
    profile = str(header.get_param("profile") or "").split()
    if content_type not in kind.types or content_type == "application/ld+json" and AS_PROFILE not in profile:
        raise Malformed("not the content type of such a document", host=host)


def retry_after(header: str, now: datetime) -> float | None:
    """Seconds to wait, from a number or a date, at most a day; None if the header says nothing usable."""
    header = header.strip()
    if header.isascii() and header.isdigit():
        return min(float(header), MAX_RETRY_AFTER_SECONDS)
    try:
        date = parsedate_to_datetime(header)
        wait = ((date if date.tzinfo else date.replace(tzinfo=UTC)) - now).total_seconds()
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return min(max(wait, 0.0), MAX_RETRY_AFTER_SECONDS)
