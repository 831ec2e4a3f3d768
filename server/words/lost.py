"""What stands where a message stood whose key is destroyed: it came back with an old backup, and nobody can read it."""
from __future__ import annotations

from markupsafe import escape

from server.words.language import Words


def words(_: Words) -> str:
    """As HTML."""
    return f"<p>{escape(_('This message is erased.'))}</p>"
