"""What can be listened to: the streams of the Mastodon API (docs.joinmastodon.org/methods/streaming)."""
from __future__ import annotations

from dataclasses import dataclass

from models.errors import CommunityError

USER, NOTICES, DIRECT, LIST = "user", "user:notification", "direct", "list"
HASHTAGS = ("hashtag", "hashtag:local")
#: What a token must cover to listen to each.
SCOPES = {
    USER: "read:statuses", NOTICES: "read:notifications", DIRECT: "read:statuses", LIST: "read:lists",
    **dict.fromkeys(HASHTAGS, "read:statuses"),
    **{f"public{whose}{media}": "read:statuses" for whose in ("", ":local", ":remote") for media in ("", ":media")}}


class UnknownStream(CommunityError):
    """There is no such stream, its tag or list was not named, or it is one too many."""

    status = 400
    safe = "Unknown stream type"


@dataclass(frozen=True, slots=True)
class Channel:
    """One stream. `parameter`: the tag without its sign and in lower case, or the id of the list."""

    name: str
    parameter: str = ""

    @property
    def words(self) -> list[str]:
        """How apps know it again: ["hashtag", "mornings"]."""
        return [self.name, self.parameter] if self.parameter else [self.name]

    @property
    def holds_posts(self) -> bool:
        """Whether messages themselves come through it."""
        return self.name not in (NOTICES, DIRECT)

    @property
    def context(self) -> str:
        """Where its messages stand, for the reader's filters."""
        return "home" if self.name in (USER, LIST) else "public"
