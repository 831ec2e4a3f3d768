# ruff: noqa: E501 - tables and statements read better in one line
"""What an inbox of a community gets: of a hundred activities 40 are ordinary messages, 15 answers that name a member, 25 signs of
sympathy (Like, some as EmojiReact), 10 pass a message of a member on, 5 change a message, and 5 take one, or a sign, back.

Everything is about what is there: who changes or takes back something said it one round before.
"""
from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from federation.contexts import PUBLIC

#: Somebody says one of these in each round. Before "U" (Update) and "D" (Delete) stands "C" (Create), before "N" (Undo) "L".
KINDS = "CLCRLCUACLRCLCDCRALNCERCLCACUCLRCLECACRC"
ORDINARY, ANSWER, LIKE, REACT, ANNOUNCE, UPDATE, DELETE, UNDO = "CRLEAUDN"
TEXT = "<p>Night {number} without sleep. What has helped <em>you</em>? <a href=\"https://example.org/a\" rel=\"nofollow\">A sheet</a></p>"


@dataclass(frozen=True)
class Mix:
    """`about`: ids of messages of ours, one for each round; `member`: whose they are; `people`: how many talk, in turn."""

    about: Sequence[str]
    member: str
    people: int
    first: int = 0  # what has a lower number was not said

    def kind(self, number: int) -> str:
        """What is said at this place; where it would be about something that was never said, an ordinary message."""
        turn, who = divmod(number, self.people)
        kind = KINDS[(turn + who) % len(KINDS)]
        return ORDINARY if kind in (UPDATE, DELETE, UNDO) and number - self.people < self.first else kind

    def counts(self, count: int) -> Counter[str]:
        """How many of each kind are said in all."""
        return Counter(self.kind(self.first + number) for number in range(count))

    def activity(self, number: int, uri: str) -> dict[str, Any]:
        """It, whole; `uri`: who says it. Round by round they speak about another message of ours."""
        kind, earlier, ours = self.kind(number), number - self.people, self._ours(number)
        said: dict[str, Any] = {"@context": "https://www.w3.org/ns/activitystreams", "id": f"{uri}/activities/{number}", "actor": uri}
        if kind in (ORDINARY, ANSWER):
            note = self._note(number, uri, ours if kind == ANSWER else None)
            return said | {"type": "Create", "to": note["to"], "cc": note["cc"], "published": note["published"], "object": note}
        if kind == UPDATE:
            note = self._note(earlier, uri, None) | {"content": TEXT.format(number=number) * 8, "updated": "2026-05-05T08:30:00Z"}
            return said | {"type": "Update", "to": note["to"], "cc": note["cc"], "object": note}
        if kind == DELETE:
            return said | {"type": "Delete", "to": [PUBLIC], "object": {"id": f"{uri}/notes/{earlier}", "type": "Tombstone"}}
        if kind == UNDO:
            return said | {"type": "Undo", "object": {"id": f"{uri}/activities/{earlier}", "type": "Like", "actor": uri, "object": self._ours(earlier)}}
        if kind == ANNOUNCE:
            return said | {"type": "Announce", "to": [PUBLIC], "cc": [f"{uri}/followers", self.member], "published": "2026-05-05T07:30:00Z", "object": ours}
        return said | {"type": "Like", "object": ours} if kind == LIKE else said | {"type": "EmojiReact", "content": "❤", "object": ours}

    def _ours(self, number: int) -> str:
        return self.about[number // self.people % len(self.about)]

    def _note(self, number: int, uri: str, answers: str | None) -> dict[str, Any]:
        named = [{"type": "Mention", "href": self.member, "name": "@alice"}] if answers else []
        text = TEXT.format(number=number) * 8
        return {"id": f"{uri}/notes/{number}", "type": "Note", "attributedTo": uri, "to": [PUBLIC],
                "cc": [f"{uri}/followers", *(one["href"] for one in named)], "published": "2026-05-05T07:30:00Z",
                "url": f"{uri}/{number}", "content": text, "contentMap": {"en": text}, "summary": None, "sensitive": False,
                "inReplyTo": answers, "conversation": answers or f"{uri}/conversations/{number}", "tag": named, "attachment": []}
