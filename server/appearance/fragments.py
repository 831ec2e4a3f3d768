"""Parts of pages that were rendered a moment ago: the cards of messages, and the frame around every page.

A part is kept under all that it shows, in one language: a card under the whole view of the message as this reader sees it, the
heading, whether there are buttons, and the words for its age. Whoever sees something else, however little, is shown another
part; what was edited is another view; and what may no longer be seen is in no list, so that nothing has to be forgotten for
anybody's sake. Only the token against forged forms and the way back are put in afterwards.
"""
from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from datetime import datetime
from typing import Any

import jinja2
from markupsafe import Markup, escape

from models.ids import new_token
from server.views import PostView

FRAGMENTS_LIMIT = 2_000  # some KiB each
FRAGMENT_SECONDS = 300.0

Key = tuple[str, tuple[Hashable, ...], bool]


class Fragments:
    """The parts of one language."""

    def __init__(self, environment: jinja2.Environment) -> None:
        self._environment = environment
        self._ago: Callable[[datetime], str] = dict[str, Any](environment.globals)["ago"]
        self._csrf, self._back = new_token(), new_token()  # stand for what is put in; nobody can write them into a message
        self._kept: OrderedDict[Key, tuple[float, str]] = OrderedDict()

    def card(self, post: PostView, csrf: str, back: str, heading: str, actions: bool) -> Markup:
        """A message as HTML; see the macro `post_card` of themes/base/templates/parts/post.html."""
        return self.part("parts/post.html whole_card", csrf, back, post, self._ago(post.when), heading, actions)

    def part(self, name: str, csrf: str, back: str, *shown: Hashable) -> Markup:
        """What a macro ("template macro") makes of these values, which are all that it may show, and of `csrf` and `back`."""
        key = (name, shown, bool(back))
        kept, now = self._kept.get(key), time.monotonic()
        if kept is None or kept[0] < now:
            kept = (now + FRAGMENT_SECONDS, self._rendered(key))
            self._keep(key, kept)
        html = kept[1].replace(self._csrf, str(escape(csrf))).replace(self._back, str(escape(back)))
        return Markup(html)  # noqa: S704 - rendered by a template, and escaped

    def forget(self) -> None:
        """Drop all: what somebody took back is not even in memory."""
        self._kept.clear()

    def __len__(self) -> int:
        return len(self._kept)

    def _rendered(self, key: Key) -> str:
        name, shown, has_back = key
        template, _, macro = name.partition(" ")
        parts: Any = self._environment.get_template(template).module
        return str(getattr(parts, macro)(*shown, csrf=self._csrf, back=self._back if has_back else ""))

    def _keep(self, key: Key, made: tuple[float, str]) -> None:
        self._kept.pop(key, None)
        self._kept[key] = made
        while len(self._kept) > FRAGMENTS_LIMIT or next(iter(self._kept.values()))[0] < time.monotonic():
            self._kept.popitem(last=False)
