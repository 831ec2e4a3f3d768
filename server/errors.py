"""What a person is told when a page cannot be shown.

CommunityError
  x SignInFirst   the page is for members                            sent to the sign-in page
  x StaffOnly     the page is for the team                           the same answer as for a page that is not there
  x Forged        the form was not made by this server for this session   asked to send it again
  x BadRequest    the request cannot be read
"""
from models.errors import CommunityError, NotHere


class SignInFirst(CommunityError):
    """The page is for members, and nobody is signed in."""

    status = 403
    safe = "error.sign_in_first"


class StaffOnly(NotHere):
    """The page is for the team. Said as "not here": what there is to see is nobody else's business."""


class Forged(CommunityError):
    """The form comes from another site, or is older than the session."""

    status = 403
    safe = "error.forged"


class BadRequest(CommunityError):
    """The request cannot be read."""

    safe = "error.bad_request"


class Unavailable(CommunityError):
    """The database is locked, full or away. Nothing was changed; in a moment it may work."""

    status = 503
    safe = "error.unavailable"
    retry_after_seconds = 5


class Refused(CommunityError):
    """A rule says no; `reason` is that of `moderation.policy`, and the sentence goes with it."""

    status = 403

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.safe = f"refused.{reason}"
