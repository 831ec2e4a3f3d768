"""A real browser for tests, and what it measures on a page: the bars that every page has to meet."""
from __future__ import annotations

import gzip
import os
import re
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import axe_playwright_python
import pytest
from playwright.async_api import Browser, BrowserContext, Page, Request, async_playwright

from models import Actor, Member, Session, clock
from models.ids import digest, new_token
from server.entrance import sessions
from tests.live import LiveServer

CODE_BYTES = 30 * 1024  # HTML, CSS and JavaScript of a page, compressed
FONT_BYTES = 48 * 1024
TARGET_PIXELS = 44
PATIENCE_MILLISECONDS = 15_000
PHONE, DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 900}
REFLOWS = ((320, 640, 100), (320, 225, 100), (640, 900, 200))  # width, height in CSS pixels, text in percent
AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text()
AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
INLINE = re.compile(r"""\sstyle=["']|<style|\son\w+=["']|<script(?![^>]*\ssrc=)""")
#: The last: no script lives long enough for optimising it to pay; a third of the time of a page went there.
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking", "--no-first-run",
         "--js-flags=--no-opt --no-maglev"]


def executable() -> str:
    """The Chromium of this computer; without one the test is skipped, and says so."""
    names = (os.environ.get("CHROMIUM", ""), "chromium", "chromium-browser", "google-chrome")
    if found := next((path for name in names if name and (path := shutil.which(name))), None):
        return found
    pytest.skip("Chromium: none here (./run test installs one on Debian; CHROMIUM names another)")


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    """Chromium without a window."""
    path = executable()
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=FLAGS)
        try:
            yield browser
        finally:
            await browser.close()


async def reader(browser: Browser, server: LiveServer, actor: Actor | None = None, **options: Any) -> BrowserContext:
    """A window of somebody of this server, signed in, or of a visitor (None). `options` are those of Playwright."""
    context = await browser.new_context(**{"viewport": PHONE, "base_url": server.origin, "reduced_motion": "reduce"} | options)
    context.set_default_timeout(PATIENCE_MILLISECONDS)
    await context.add_init_script(path=Path(__file__).with_name("measures.js"))
    if actor:
        async def sign_in() -> str:
            token = new_token()
            await Session.create(member=await Member.get(actor_id=actor.id), token_digest=digest(token),
                                 expires_at=clock.now().replace(year=2099))
            return token
        await context.add_cookies([{"name": sessions.cookie_name(server.settings), "value": await server.run(sign_in()),
                                    "url": server.origin}])
    return context


class Watch:
    """What one window said and asked for while it opened pages."""

    def __init__(self, page: Page, origin: str) -> None:
        self._page, self._origin = page, origin
        self._errors: list[str] = []
        self._asked: list[Request] = []
        self._bytes: dict[str, int] = {}  # URL of a file -> its size, compressed unless it is a font
        page.on("console", lambda line: self._errors.append(line.text) if line.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: self._errors.append(str(error)))
        page.on("request", lambda request: self._asked.append(request))

    async def faults(self, html: str) -> list[str]:
        """Errors, requests to anybody else, and too much weight, since the last call; `html` is the page as it came."""
        asked, errors, self._asked, self._errors = self._asked, self._errors, [], []
        code = len(gzip.compress(html.encode())) + await self._weight(asked, "stylesheet", "script")
        fonts = await self._weight(asked, "font")
        expected = "Failed to load resource: the server responded with a status of 4"  # pages of errors are pages too
        return [
            *(f"console: {error}" for error in errors if not error.startswith(expected)),
            *(f"third party: {one.url}" for one in asked if not one.url.startswith((f"{self._origin}/", "data:"))),
            *([f"weight: {code} bytes of code"] if code > CODE_BYTES else []),
            *([f"weight: {fonts} bytes of fonts"] if fonts > FONT_BYTES else [])]

    async def _weight(self, asked: list[Request], *kinds: str) -> int:
        urls = {request.url for request in asked if request.resource_type in kinds}
        for url in urls - self._bytes.keys():
            body = await (await self._page.context.request.get(url)).body()
            self._bytes[url] = len(body) if "font" in kinds else len(gzip.compress(body))
        return sum(self._bytes[url] for url in urls)


async def axe(page: Page) -> list[str]:
    """What axe-core finds wrong, with everything unfolded."""
    await page.evaluate("() => document.querySelectorAll('details').forEach(d => { d.open = true; })")
    if not await page.evaluate("() => 'axe' in window"):
        await page.evaluate(AXE)
    found = await page.evaluate(
        "tags => axe.run(document, {runOnly: {type: 'tag', values: tags}, resultTypes: ['violations']})", AXE_TAGS)
    return [f"axe {one['id']}: {node['target']} {[check['message'] for check in node['any']]}"
            for one in found["violations"] for node in one["nodes"][:3]]


async def reflow(page: Page) -> list[str]:
    """Nothing is cut or needs sideways scrolling on a small screen, zoomed four times, or with text of 200 %."""
    found, before = list[str](), page.viewport_size
    for width, height, percent in REFLOWS:
        await page.set_viewport_size({"width": width, "height": height})
        over, cut = await page.evaluate("percent => measures.overflow(percent)", percent)
        found += [f"reflow: {over} px too wide at {width} px, text {percent} %"] if over > 0 else []
        found += [f"reflow: cut at {width} px, text {percent} %: {cut}"] if cut else []
    if before:
        await page.set_viewport_size(before)
    return found


async def structure(page: Page, lang: str, html: str) -> list[str]:
    """Language, headings, targets, no inline style or script; and the words are there without JavaScript."""
    wrong = await page.evaluate("lang => measures.structure(lang)", lang)
    small = await page.evaluate("least => measures.small(least)", TARGET_PIXELS)
    same = await page.evaluate("html => measures.sameWords(html)", html)
    return [
        *(f"{name}: {fault}" for name, fault in wrong.items() if fault),
        *(f"small target: {one}" for one in small),
        *(["inline style or script"] if INLINE.search(html) else []),
        *([] if same else ["other words with JavaScript than without"])]


async def keyboard(page: Page) -> list[str]:
    """The Tab key reaches every control; where it is, is seen and not covered."""
    want, reached, found = await page.evaluate("() => measures.stops()"), 0, list[str]()
    for _ in range(want + 5):
        await page.keyboard.press("Tab")
        at = await page.evaluate("() => measures.focus()")
        if at == "again" or (at is None and reached):
            break
        if at:
            reached += 1
            found += [f"focus {at['fault']}: {at['name']}"] if at["fault"] else []
    return found + ([f"keyboard: {reached} of {want} controls"] if reached < want else [])
