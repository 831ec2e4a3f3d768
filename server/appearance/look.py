"""How somebody likes to read: rest mode, light or dark, text size, language.

A member's choice is kept with the member, a visitor's in a cookie that holds nothing else.
"""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

COOKIE = "look"
LANGUAGE_COOKIE = "language"
COOKIE_SECONDS = 365 * 24 * 3600
MODES = ("", "light", "dark")  # empty: as the system says
TEXT_SIZES = (100, 120, 150)  # per cent


@dataclass(frozen=True, slots=True)
class Look:
    """Rest mode (bigger text, fewer things), colours, text size in per cent."""

    rest: bool = False
    mode: str = ""
    text: int = 100

    @classmethod
    def of(cls, reading: Mapping[str, Any]) -> Look:
        """Out of `Member.reading` or a form; whatever is not understood keeps its default."""
        mode, text = str(reading.get("mode", "")), str(reading.get("text", ""))
        return cls(rest=str(reading.get("rest", "")) in {"1", "True"}, mode=mode if mode in MODES else "",
                   text=int(text) if text in map(str, TEXT_SIZES) else 100)

    @classmethod
    def of_cookie(cls, cookie: str) -> Look:
        """Out of a visitor's cookie: "1.dark.120"."""
        return cls.of(dict(zip(("rest", "mode", "text"), cookie.split("."), strict=False)))

    def cookie(self) -> str:
        """What the visitor's cookie says."""
        return f"{int(self.rest)}.{self.mode}.{self.text}"

    def reading(self) -> dict[str, Any]:
        """What `Member.reading` keeps of it."""
        return asdict(self)


def local_path(wanted: str, otherwise: str = "/") -> str:
    """A path of this server to go back to. Anything that a browser could take for another server is refused."""
    harmless = wanted.startswith("/") and not wanted.startswith("//") and "\\" not in wanted and len(wanted) <= 2000
    return wanted if harmless and wanted.isprintable() else otherwise
