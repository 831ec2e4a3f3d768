"""What another server answers: which of it counts, and how long it asks us to wait, whatever it writes there."""
from datetime import UTC, datetime, timedelta, timezone
from email.utils import format_datetime

import pytest

from federation.answers import ACTIVITY, JRD, NODEINFO, Answer, Kind, check_content_type, check_found, check_status, retry_after
from federation.errors import FederationError, Gone, Malformed, Refused, Unreachable

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(("header", "seconds"), [
    ("0", 0.0), ("90", 90.0), ("999999999999", 86_400.0), ("9" * 5000, 86_400.0),
    (format_datetime(NOW + timedelta(minutes=1), usegmt=True), 60.0),
    (format_datetime(NOW - timedelta(hours=1), usegmt=True), 0.0), (format_datetime(NOW + timedelta(days=9)), 86_400.0),
    (format_datetime((NOW + timedelta(minutes=1)).astimezone(timezone(timedelta(hours=5)))), 60.0),
    (format_datetime((NOW + timedelta(minutes=1)).replace(tzinfo=None)), 60.0),
    ("", None), ("soon", None), ("-5", None), ("1.5", None), ("²", None), ("Sat, 99 Nov 2026 12:00:00 GMT", None)])
def test_retry_after(header: str, seconds: float | None) -> None:
    assert retry_after(header, NOW) == seconds


@pytest.mark.parametrize(("status", "error", "wait"), [
    (200, None, None), (204, None, None), (299, None, None), (101, Refused, None), (300, Refused, None), (302, Refused, None),
    (400, Refused, None), (401, Refused, None), (403, Refused, None), (407, Refused, None), (409, Refused, None),
    (404, Gone, None), (410, Gone, None), (408, Unreachable, 90.0), (429, Unreachable, 90.0), (500, Unreachable, 90.0),
    (503, Unreachable, 90.0), (599, Unreachable, 90.0)])
def test_what_a_status_means(status: int, error: type[FederationError] | None, wait: float | None) -> None:
    try:
        check_status(status, {"Retry-After": "90"}, "peer.test", NOW)
        check_found(Answer("https://peer.test/1", status, {}, b"{}"), "peer.test")
    except FederationError as raised:
        assert (type(raised), raised.http_status, raised.host) == (error, status, "peer.test")
        assert getattr(raised, "retry_after_seconds", None) == wait
    else:
        assert error is None


@pytest.mark.parametrize(("content_type", "kinds"), [
    ("application/activity+json", {ACTIVITY}), ("Application/Activity+JSON; charset=utf-8", {ACTIVITY}),
    ('application/ld+json; profile="https://www.w3.org/ns/activitystreams"', {ACTIVITY}),
    ('application/ld+json; profile="https://example.org/x https://www.w3.org/ns/activitystreams"', {ACTIVITY}),
    ('application/activity+json; profile="https://example.org/x"', {ACTIVITY}),
    ("application/ld+json", set()), ('application/ld+json; profile="https://www.w3.org/ns/activitystreams#x"', set()),
    ("application/json", {JRD, NODEINFO}), ("application/jrd+json", {JRD}), ("text/html", set()), (None, set()), ("", set()),
    ('application/ld+json; charset=utf-8; profile="https://x.test/ https://www.w3.org/ns/activitystreams"', {ACTIVITY}),
    ("application/ld+json; profile=x", set()), ("image/png", set()), ("application/octet-stream", set()),
    ('application/json; profile="http://nodeinfo.diaspora.software/ns/schema/2.1#"', {JRD, NODEINFO}),
    ("text/plain; application/activity+json", set()), ('text/plain; x="application/activity+json"', set()),
    ("application/activity+json-patch", set()), ("application/activity+jsonx", set())])
def test_only_what_says_that_it_is_such_a_document_is_read(content_type: str | None, kinds: set[Kind]) -> None:
    """CVE-2024-25623: a file that somebody uploaded to a server is not what the server says."""
    answer = Answer("https://peer.test/1", 200, {} if content_type is None else {"Content-Type": content_type}, b"{}")
    for kind in (ACTIVITY, JRD, NODEINFO):
        if kind in kinds:
            check_content_type(answer, kind, "peer.test")
        else:
            with pytest.raises(Malformed):
                check_content_type(answer, kind, "peer.test")
