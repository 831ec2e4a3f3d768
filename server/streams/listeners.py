"""Who listens, to what. Everything here has a bound: connections, what they listen to, and what waits for a slow one."""
from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable, Iterator, Set
from contextlib import contextmanager
from dataclasses import dataclass

from federation.errors import Busy
from models import AccessToken, Member
from server.api.tokens import OutOfScope
from server.streams.channels import SCOPES, Channel, UnknownStream
from server.words import scopes

LISTENERS_LIMIT = 2000  # in this process
LISTENERS_OF_ONE = 8  # connections of one member; the oldest ends when there are more
CHANNELS_LIMIT = 20  # of one connection
WAITING_LIMIT = 100  # events that a connection has not taken yet: whoever has more is too slow and is sent away
LATE_SECONDS = 20.0  # nor does it wait for longer: what was visible then may not be any more
REMEMBERED_LIMIT = 200  # messages that went through a connection, so that it hears when one of them is deleted
LIFETIME_SECONDS = 6 * 3600.0  # then apps connect again
FAREWELL_SECONDS = 0.5  # for a connection to end in good order before it is cut


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened. `payload`: JSON, an id, or nothing."""

    channel: Channel
    name: str
    payload: str = ""


class Listener:
    """One connection of an app. `cut` ends it the hard way."""

    def __init__(self, token: AccessToken, member: Member, cut: Callable[[], None]) -> None:
        self.token, self.member = token, member
        self.has_ended = False
        self._channels: dict[Channel, None] = {}  # in the order in which they were asked for
        self._waiting: deque[tuple[float, Event]] = deque()  # since when each waits
        self._passed: deque[int] = deque(maxlen=REMEMBERED_LIMIT)
        self._announces: deque[tuple[int, Channel]] = deque(maxlen=REMEMBERED_LIMIT)  # through which channel each came
        self._news = asyncio.Event()
        self._cut = cut
        self._ends_at = time.monotonic() + LIFETIME_SECONDS

    @property
    def channels(self) -> tuple[Channel, ...]:
        """What it listens to."""
        return tuple(self._channels)

    @property
    def hears_notices(self) -> bool:
        """Whether its token covers notices too."""
        return scopes.covers(self.token.scopes, "read:notifications")

    def listen(self, channel: Channel) -> None:
        """Also to this. Raises: OutOfScope; UnknownStream for one too many."""
        if not scopes.covers(self.token.scopes, SCOPES[channel.name]):
            raise OutOfScope(channel.name)
        if channel not in self._channels and len(self._channels) >= CHANNELS_LIMIT:
            raise UnknownStream("too many")
        self._channels[channel] = None

    def ignore(self, channel: Channel) -> None:
        """No longer to this."""
        self._channels.pop(channel, None)

    @property
    def announces(self) -> set[int]:
        """What was passed on and went through it lately."""
        return {id_ for id_, _ in self._announces}

    def tell(self, event: Event, post_id: int = 0, announce_id: int = 0) -> None:
        """Something for it. It ends if too much waits already. `post_id`: of the message that this shows; `announce_id`: of the
        passing-on, if that is what is shown.
        """
        if self.has_ended:
            return
        if len(self._waiting) >= WAITING_LIMIT or self._is_late():
            self.end()
            return
        if post_id:
            self._passed.append(post_id)
        if announce_id:
            self._announces.append((announce_id, event.channel))
        self._waiting.append((time.monotonic(), event))
        self._news.set()

    def tell_on(self, name: str, event: str) -> None:
        """That something happened, if it listens to the channel of this name."""
        if (channel := Channel(name)) in self._channels:
            self.tell(Event(channel, event))

    def tell_taken_back(self, gone: Set[int]) -> None:
        """That these are not passed on any more, where they came through."""
        heard = [one for one in self._announces if one[0] in gone]
        for one in heard:
            self._announces.remove(one)
            if one[1] in self._channels:
                self.tell(Event(one[1], "delete", str(one[0])))

    def has_passed(self, post_id: int) -> bool:
        """Whether this message went through it lately."""
        return post_id in self._passed

    async def next(self, seconds: float) -> Event | None:
        """What is next for it; None when there was nothing for so long, or it has ended."""
        left = self._ends_at - time.monotonic()
        if left <= 0 or self._is_late():
            self.end()
        if not self._waiting and not self.has_ended:
            self._news.clear()
            try:
                async with asyncio.timeout(min(seconds, left)):
                    await self._news.wait()
            except TimeoutError:
                return None
        return self._waiting.popleft()[1] if self._waiting and not self.has_ended else None

    def _is_late(self) -> bool:
        return bool(self._waiting) and self._waiting[0][0] < time.monotonic() - LATE_SECONDS

    def end(self) -> None:
        """Now: what waits is not sent any more, and a connection that takes nothing is cut."""
        if not self.has_ended:
            self.has_ended = True
            self._waiting.clear()
            self._news.set()
            asyncio.get_running_loop().call_later(FAREWELL_SECONDS, self._cut)


class Listeners:
    """All of one process."""

    def __init__(self) -> None:
        self._present: dict[int, list[Listener]] = {}  # by member; together at most LISTENERS_LIMIT
        self._count = 0
        self._somebody = asyncio.Event()

    def __len__(self) -> int:
        return self._count

    async def somebody(self) -> None:
        """Wait until somebody listens."""
        await self._somebody.wait()

    def by_member(self) -> dict[int, tuple[Listener, ...]]:
        """Who listens now."""
        return {member_id: tuple(listeners) for member_id, listeners in self._present.items()}

    @contextmanager
    def joined(self, listener: Listener) -> Iterator[Listener]:
        """Among those who listen, for as long as the block lasts. Raises: Busy when there are too many."""
        if self._count >= LISTENERS_LIMIT:
            raise Busy("too many listeners")
        own = self._present.setdefault(listener.member.id, [])
        if len(own) >= LISTENERS_OF_ONE:
            own[0].end()
            self._leave(own[0])
        own = self._present.setdefault(listener.member.id, [])
        own.append(listener)
        self._count += 1
        self._somebody.set()
        try:
            yield listener
        finally:
            listener.has_ended = True
            self._leave(listener)

    def _leave(self, listener: Listener) -> None:
        own = self._present.get(listener.member.id, [])
        if listener not in own:
            return
        own.remove(listener)
        self._count -= 1
        if not own:
            del self._present[listener.member.id]
        if not self._present:
            self._somebody.clear()

    def end_all(self) -> None:
        """The server stops."""
        for listeners in self.by_member().values():
            for listener in listeners:
                listener.end()
