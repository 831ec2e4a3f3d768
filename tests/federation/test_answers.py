"""How long another server asks us to wait, whatever it writes there."""
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from federation.answers import retry_after

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(("header", "seconds"), [
    ("0", 0.0), ("90", 90.0), ("999999999999", 86_400.0), (format_datetime(NOW + timedelta(minutes=1), usegmt=True), 60.0),
    (format_datetime(NOW - timedelta(hours=1), usegmt=True), 0.0), (format_datetime(NOW + timedelta(days=9)), 86_400.0),
    ("", None), ("soon", None), ("-5", None), ("1.5", None), ("²", None), ("Sat, 99 Nov 2026 12:00:00 GMT", None)])
def test_retry_after(header: str, seconds: float | None) -> None:
    assert retry_after(header, NOW) == seconds
