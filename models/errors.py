"""The root of every error that we raise on purpose."""


class CommunityError(Exception):
    """Something a person can be told about.

    `safe` is a translation key's English sentence or code: it goes to browsers and peers.
    The message (`str(error)`) goes to the log only, so it must hold no personal data.
    `status` is the HTTP status that goes with it.
    """

    status = 400
    safe = "error.unexpected"


class LedgerIsAppendOnly(CommunityError):
    """Someone tried to change or delete a row of a ledger."""


class NotHere(CommunityError):
    """What was asked for does not exist, or not for the one who asks: both get the same answer."""

    status = 404
    safe = "error.not_here"
