"""The words in an address, such as the key in /m/{key}: what can name nothing here is answered before the database is asked."""
from __future__ import annotations

from aiohttp import web

from models.errors import NotHere
from models.parts import END_OF_TIME

#: The longest that each can be, in characters, by its name in ROUTES: keys as `models.ids.new_key` makes them, names and hosts
#: as their columns hold them.
LIMITS = {"key": 22, "group_key": 100, "name": 100, "host": 255, "address": 320, "token": 100}
OTHER_LIMIT = 200
IDS = frozenset({"id", "number", "event"})  # of rows, by ROUTES digits alone
WHOLE_PATHS = frozenset({"path"})  # files of the theme, and addresses that are nobody's


def check(request: web.Request) -> None:
    """NotHere where a word of the address is too long, or has characters that nothing is named with, or where NUL stands in what
    is asked for: PostgreSQL takes it in no text.
    """
    if "%00" in request.rel_url.raw_query_string:
        raise NotHere("an address that nothing has")
    for name, word in request.match_info.items():
        is_one = len(word) <= LIMITS.get(name, OTHER_LIMIT) and word.isprintable()
        if name not in WHOLE_PATHS and not is_one or name in IDS and word.isdecimal() and int(word) > END_OF_TIME:
            raise NotHere("an address that nothing has")
