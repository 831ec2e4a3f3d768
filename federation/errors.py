"""Why talking to another server failed.

FederationError
  x Malformed      what they sent is not what the specification says   they are told 400
  x Unproven       the signature is missing, wrong or too old          they are told 401
  x Refused        a rule of ours says no                              they are told 403
  x Unreachable    their server did not answer                         we try again
  x Gone           their server says it no longer exists               we forget it
  x Busy           they ask more of us than we do at a time             they are told 503

`status` is what we answer to whoever asked us; `http_status` is what their server answered to us.
"""
from __future__ import annotations

from models.errors import CommunityError


class FederationError(CommunityError):
    """Base of the above. `host` is the other server, never a person; `detail` never quotes what they sent."""

    retry = False
    safe = "error.federation"

    def __init__(self, detail: str, *, host: str = "", http_status: int | None = None) -> None:
        super().__init__(detail)
        self.detail = detail
        self.host = host
        self.http_status = http_status


class Malformed(FederationError):
    """What they sent is not what the specification says."""

    status = 400
    safe = "error.malformed"


class Unproven(FederationError):
    """The signature is missing, wrong or too old."""

    status = 401
    safe = "error.unproven"


class Refused(FederationError):
    """A rule of ours, or of theirs (`http_status` is set), says no; `detail` is the reason."""

    status = 403
    safe = "error.refused"


class Unreachable(FederationError):
    """Their server did not answer in time, or answered 429 or 5xx; they may have said when to come back."""

    status = 502
    safe = "error.unreachable"
    retry = True

    def __init__(self, detail: str, *, host: str = "", http_status: int | None = None,
                 retry_after_seconds: float | None = None) -> None:
        super().__init__(detail, host=host, http_status=http_status)
        self.retry_after_seconds = retry_after_seconds


class Gone(FederationError):
    """Their server says that it no longer exists: `http_status` is 404 (perhaps never did) or 410 (did once)."""

    status = 410
    safe = "error.gone"


class Busy(FederationError):
    """They ask more of us than we do at a time; later it may work."""

    status = 503
    retry = True
    retry_after_seconds = 60
