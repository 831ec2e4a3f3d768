"""Themes: where the templates, style sheets and translations of a community come from.

A theme is a folder with a `theme.toml` (`parent`, `hue`) and any of `templates/`, `static/` and
`translations/`. A file that it does not have comes from its parent, in the end from `base`.
"""
from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path
from types import CodeType
from typing import Any

import jinja2
from jinja2.bccache import Bucket
from markupsafe import Markup

from models import clock
from models.errors import CommunityError
from models.post import Voice
from models.reach import Reach
from server.appearance.assets import Asset, address, load_assets
from server.appearance.fragments import Fragments
from server.appearance.palette import DEFAULT_HUE
from server.pictures import world
from server.pictures.coats import coat, herd
from server.words import language, wording

THEMES = Path(__file__).parents[2] / "themes"
ICON_USED = re.compile(r'href="#i-([a-z0-9-]+)"')


class BadTheme(CommunityError):
    """The theme does not exist, or its `theme.toml` is wrong."""

    status = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Theme:
    """A theme, loaded once when the server starts."""

    name: str
    hue: int  # degrees; a community may choose another
    folders: tuple[Path, ...]  # child first, base last
    environments: Mapping[str, jinja2.Environment]  # language -> templates that speak it
    assets: Mapping[str, Asset]  # path below /static/ -> file
    icons: Mapping[str, str]  # name -> SVG shapes
    world: world.World

    @classmethod
    def load(cls, name: str = "base", themes: Path = THEMES) -> Theme:
        """Read a theme and its parents from disk. Raises BadTheme."""
        folders, hue = chain(name, themes)
        assets = load_assets([folder / "static" for folder in folders])
        icons = json.loads(nearest(folders, "icons.json").read_text("utf-8"))
        environments = {code: environment(folders, code, assets, icons) for code in language.LANGUAGES}
        drawn = world.read(assets[world.FILE].body.decode())
        return cls(name=name, hue=hue, folders=folders, environments=environments, assets=assets, icons=icons, world=drawn)

    def render(self, lang: str, template: str, view_data: Mapping[str, Any]) -> str:
        """The HTML of one page, with the icons that it uses. A name it lacks raises UndefinedError."""
        html = self.environments[lang].get_template(template).render(view_data)
        return html.replace("<!--sprite-->", self.sprite(html), 1)

    def forget_parts(self) -> None:
        """Drop what was rendered a moment ago, in every language. Other processes drop it within five minutes."""
        for made in self.environments.values():
            forget: Any = made.globals["forget_parts"]
            forget()

    def sprite(self, html: str) -> str:
        """The shapes of the icons on a page, each once; text from people cannot hold a `<use>`."""
        symbols = (f'<symbol id="i-{name}" viewBox="0 0 24 24">{self.icons[name]}</symbol>'
                   for name in sorted(set(ICON_USED.findall(html)) & self.icons.keys()))
        return f'<svg hidden="" aria-hidden="true">{"".join(symbols)}</svg>'


def chain(name: str, themes: Path = THEMES) -> tuple[tuple[Path, ...], int]:
    """The folders of a theme, child first, and its hue in degrees. Raises BadTheme."""
    folders: list[Path] = []
    hue: int | None = None
    while name:
        folder = themes / name
        if folder in folders or not re.fullmatch(r"[a-z0-9-]+", name):
            raise BadTheme(f"the theme {name!r} cannot be its own parent, and is named in small letters and digits")
        try:
            facts = tomllib.loads((folder / "theme.toml").read_text("utf-8"))
        except (OSError, tomllib.TOMLDecodeError) as error:
            raise BadTheme(f"the theme {name!r} has no theme.toml that can be read: {error}") from error
        folders.append(folder)
        hue = facts.get("hue") if hue is None else hue
        name = facts.get("parent", "")
    return tuple(folders), DEFAULT_HUE if hue is None else hue


def nearest(folders: tuple[Path, ...], path: str) -> Path:
    """The file of the youngest theme that has it. Raises BadTheme."""
    for folder in folders:
        if (folder / path).is_file():
            return folder / path
    raise BadTheme(f"no theme of the chain has {path}")


def icon(icons: Mapping[str, str], name: str, classes: str = "") -> Markup:
    """An icon, drawn from the sprite at the end of the page; always beside its word."""
    if name not in icons:
        raise BadTheme(f"icons.json has no icon {name!r}")
    return Markup('<svg class="{}" viewBox="0 0 24 24" aria-hidden="true" focusable="false"><use href="#i-{}"/></svg>').format(
        f"icon {classes}".rstrip(), name)


class Compiled(jinja2.BytecodeCache):
    """What templates were compiled to, by their text: the same in every language, and compiling one takes some milliseconds."""

    def __init__(self) -> None:
        self._codes: dict[tuple[str, str], CodeType] = {}  # as many as there are templates

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._codes.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        if bucket.code:
            self._codes[bucket.key, bucket.checksum] = bucket.code


@lru_cache(maxsize=1)
def compiled() -> Compiled:
    """The one of this process."""
    return Compiled()


def environment(folders: tuple[Path, ...], lang: str, assets: Mapping[str, Asset],
                icons: Mapping[str, str]) -> jinja2.Environment:
    """Templates in one language. One environment per language needs no context variable."""
    made = jinja2.Environment(
        loader=jinja2.FileSystemLoader([folder / "templates" for folder in folders]), autoescape=True,
        undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True, auto_reload=False, bytecode_cache=compiled(),
        extensions=["jinja2.ext.i18n"])
    words = language.gettext_for(lang, folders)
    made.install_gettext_callables(words.gettext, words.plural, newstyle=True)  # type: ignore[attr-defined]
    functions: dict[str, Callable[..., object]] = {
        "icon": partial(icon, icons), "coat": coat, "herd": herd, "asset": partial(address, assets),
        "number": partial(language.number, lang=lang), "day": partial(language.day, lang=lang),
        "moment": partial(language.moment, lang=lang), "language_name": partial(language.name_of, lang=lang),
        "reach_name": lambda level: wording.reach_name(tuple(Reach)[level - 1], words),
        "voice_name": lambda voice: wording.voice_name(Voice(voice), words),
        "badge_name": lambda kind, elsewhere: wording.badge_name(kind, elsewhere, words),
        "organisation_name": lambda kind: wording.organisation_name(kind, words),
        "ago": lambda then: language.ago(then, clock.now(), lang),
    }
    made.globals.update(functions)
    fragments = Fragments(made)
    made.globals.update(kept_card=fragments.card, kept_part=fragments.part, forget_parts=fragments.forget)
    return made
