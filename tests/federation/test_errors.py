"""Every failure says what we answer, in a word of our own, and whether to try again."""
from federation.errors import Gone, Malformed, Refused, Unproven, Unreachable


def test_every_error_has_a_status_and_a_safe_text() -> None:
    kinds = (Malformed, Unproven, Refused, Unreachable, Gone)
    assert [kind.status for kind in kinds] == [400, 401, 403, 502, 410]
    assert len({kind.safe for kind in kinds}) == 5
    assert [kind for kind in kinds if kind.retry] == [Unreachable]
