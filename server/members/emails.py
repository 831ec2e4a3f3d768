"""E-mail addresses: which ones we take, and in which spelling.

Mail servers disagree about quotes, comments, "%" and "!" in an address, and have been talked into mailing somebody
else (CVE-2026-41259). So only the plain letters that real mailboxes have are taken.
"""
from __future__ import annotations

import re

EMAIL_LIMIT = 254  # RFC 5321 §4.5.3.1.3, less the angle brackets
LOCAL_LIMIT = 64
_LOCAL = re.compile(r"[a-z0-9_+&'=~-]+(\.[a-z0-9_+&'=~-]+)*")
_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")


def normal(typed: str) -> str:
    """The address in lower case and without spaces around it, or "" if it is none that we take."""
    address = typed.strip().lower()
    local, at, domain = address.partition("@")
    labels = domain.split(".")
    fits = len(address) <= EMAIL_LIMIT and len(local) <= LOCAL_LIMIT and bool(at) and address.isascii()
    if not fits or not _LOCAL.fullmatch(local) or len(labels) < 2 or labels[-1].isdigit():
        return ""
    return address if all(_LABEL.fullmatch(label) for label in labels) else ""
