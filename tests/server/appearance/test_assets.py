"""Files of the theme: named by their content, out of memory, nothing else."""
import gzip
from pathlib import Path

import pytest
from aiohttp import web

from server.appearance.assets import ASSET_LIMIT_BYTES, address, asset, load_assets
from server.appearance.theme import Theme
from server.keys import THEME
from server.pages import files


@pytest.fixture
async def client(aiohttp_client):
    """A server of the base theme's files and nothing else."""
    app = web.Application()
    app[THEME] = Theme.load("base")
    app.add_routes([web.get("/static/{path:.+}", files.show), web.get("/theme.css", files.palette),
                    web.get("/favicon.ico", files.favicon)])
    return await aiohttp_client(app, auto_decompress=False)


def test_the_child_theme_wins_file_by_file(tmp_path: Path):
    for name, text in (("child/a.css", "child"), ("parent/a.css", "parent"), ("parent/deep/b.js", "b")):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    found = load_assets([tmp_path / "child", tmp_path / "parent"])
    assert {path: file.body for path, file in found.items()} == {"a.css": b"child", "deep/b.js": b"b"}


def test_hidden_and_huge_files_are_not_served(tmp_path: Path):
    (tmp_path / ".secret").write_text("x")
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "config").write_text("x")
    (tmp_path / "film.webm").write_bytes(b"x" * (ASSET_LIMIT_BYTES + 1))
    assert load_assets([tmp_path]) == {}


def test_the_version_follows_the_content():
    assert asset("a.css", b"a").version != asset("a.css", b"b").version
    with pytest.raises(KeyError):
        address({}, "no.css")


async def test_a_style_sheet_is_packed_kept_for_ever_and_names_its_fonts_with_their_version(client):
    theme = Theme.load("base")
    response = await client.get(address(theme.assets, "tokens.css"), headers={"Accept-Encoding": "gzip"})
    assert response.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert response.headers["Content-Encoding"] == "gzip"
    assert response.headers["Content-Type"] == "text/css; charset=utf-8"
    font = address(theme.assets, "fonts/atkinson-400.woff2").removeprefix("/static/")
    assert f'url("{font}")' in gzip.decompress(await response.read()).decode()
    assert (await client.get(f"/static/{font}")).content_type == "font/woff2"


async def test_an_old_address_gives_the_new_file_but_is_not_kept(client):
    response = await client.get("/static/base.css?v=old", headers={"Accept-Encoding": "identity"})
    assert response.headers["Cache-Control"] == "public, no-cache"
    assert "Content-Encoding" not in response.headers
    again = await client.get("/static/base.css", headers={"If-None-Match": response.headers["ETag"]})
    assert (again.status, await again.read()) == (304, b"")


@pytest.mark.parametrize("path", ["../theme.toml", "..%2ftheme.toml", "%2e%2e/theme.toml", "fonts/../../icons.json", "fonts",
                                  "/etc/passwd", "base.css%00", "no.css", "fonts/", "....//theme.toml"])
async def test_no_path_leads_out_of_the_theme(client, path: str):
    assert (await client.get(f"/static/{path}")).status == 404


@pytest.mark.parametrize(("query", "status"), [("?hue=330", 200), ("?hue=0", 200), ("?hue=360", 404), ("", 404), ("?hue=-1", 404),
                                               ("?hue=²", 404), ("?hue=1e2", 404), ("?hue=99999999999", 404)])
async def test_a_palette_is_there_for_every_hue_and_for_nothing_else(client, query: str, status: int):
    response = await client.get(f"/theme.css{query}")
    assert response.status == status
    assert (response.content_type == "text/css") == (status == 200)


async def test_the_picture_in_the_tab_is_found_where_browsers_look_for_it(client):
    assert (await client.get("/favicon.ico")).content_type == "image/svg+xml"


def test_the_weight_of_what_every_page_needs():
    """30 kB of code on a text page, of which the page itself needs some 8; 48 kB of fonts (ux.md §8, bar 5)."""
    assets = Theme.load("base").assets
    packed = {path: len(file.packed or file.body) for path, file in assets.items()}
    assert sum(packed[path] for path in ("tokens.css", "base.css", "enhance.js")) < 14 * 1024
    assert packed["enhance.js"] < 5 * 1024
    assert sum(size for path, size in packed.items() if path.endswith(".woff2")) <= 48 * 1024
