"""Every page in a real browser, by everybody: what it must be for people who are tired, see badly or have an old phone."""
from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page
from yarl import URL

from server.actions.opening import opening_link
from tests.cast import Cast, Templates, cast, empty
from tests.chromium import AXE, DESK, PHONE, Watch, axe, chromium, executable, keyboard, reader, reflow, structure

pytestmark = pytest.mark.timeout(300)
CONVERSATION = re.compile("/m/[^/]+")  # its title names the author and no more: titles stay in the history of a shared computer
#: Two equal parts of the pages, for two test processes.
PARTS = (("member",), ("visitor", "moderator", "host"))


@pytest.fixture
def template(templates: Templates) -> str:
    """A migrated SQLite; a fixture of its own, because it must be made outside any event loop. Skips without Chromium."""
    executable()
    return templates("sqlite")


async def inspect(page: Page, watch: Watch, lang: str, html: str) -> list[str]:
    """Everything that is wrong with the page as it stands."""
    return [*await watch.faults(html), *await structure(page, lang, html), *await reflow(page), *await axe(page)]


async def look_at_all(browser: Browser, scene: Cast, role: str, lang: str, *, closely: bool) -> list[str]:
    """What is wrong with the pages that somebody sees. `closely`: also what takes long to measure."""
    context = await reader(browser, scene.here, scene.actors.get(role), locale=lang, viewport=PHONE if closely else DESK)
    if closely:
        await context.add_init_script(AXE)  # Chromium keeps it compiled from one page to the next
    page, titles, found = await context.new_page(), dict[str, set[str]](), list[str]()
    watch = Watch(page, scene.here.origin)
    for path in scene.pages[role]:
        answer = await page.goto(path)
        assert answer
        assert answer.status in (200, 404, 410), (path, answer.status)
        if answer.ok and not CONVERSATION.fullmatch(path):
            titles.setdefault(await page.title(), set()).add(URL(page.url).path)
        html = await answer.text()
        faults = await inspect(page, watch, lang, html) if closely else [
            *await watch.faults(html), *await structure(page, lang, html)]
        found += [f"{role} {path}: {fault}" for fault in faults]
    await context.close()
    return found + [f"{role}: one title for {paths}" for paths in titles.values() if len(paths) > 1]


async def escape(page: Page) -> list[str]:
    """A menu opens and closes by keys, and focus is where it was."""
    await page.locator("main details.menu > summary").first.focus()
    await page.keyboard.press("Enter")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Escape")
    is_back = await page.evaluate("document.activeElement.matches('details.menu:not([open]) > summary')")
    return [] if is_back else ["Escape does not close a menu"]


async def told(page: Page) -> list[str]:
    """What was just done has the focus, where the keys go on from it."""
    await page.goto("/follows/requests")
    await page.locator("main form[action$='/accept'] button").first.focus()
    async with page.expect_navigation():
        await page.keyboard.press("Enter")
    words = await page.evaluate("document.activeElement.matches('[role=status]') && document.activeElement.textContent.trim()")
    return [] if words == "Cette personne vous suit maintenant." else [f"what was done is not told: {words}"]


@pytest.mark.parametrize("roles", PARTS, ids="-".join)
async def test_every_page_meets_the_bars(template: str, tmp_path: Path, roles: tuple[str, ...]) -> None:
    """On a phone in French, and on a desk in English, where words and targets may differ."""
    async with chromium() as browser, cast(template, tmp_path) as scene:
        found = []
        for lang in ("fr", "en"):
            await scene.speak(lang)
            for role in roles:
                found += await look_at_all(browser, scene, role, lang, closely=lang == "fr")
    assert not found, "\n".join(found)


async def test_the_pages_used_most_are_right_in_every_mode_and_by_keyboard(template: str, tmp_path: Path) -> None:
    found = []
    async with chromium() as browser, cast(template, tmp_path) as scene:
        await scene.speak("fr")
        pages = scene.pages["member"]
        talk = next(path for path in pages if path.startswith("/m/"))
        far = next(path for path in pages if path.startswith("/@bea@"))
        for size, look in ((PHONE, "dark"), (DESK, "light")):
            context = await reader(browser, scene.here, scene.actors["member"], color_scheme=look, viewport=size)
            page = await context.new_page()
            for path in ("/home", "/compose", talk, far, "/notices"):
                await page.goto(path)
                found += [f"{path} {look}: {fault}" for fault in [*await axe(page)]]
            if look == "dark":
                for path in ("/home", "/compose", talk, far):
                    await page.goto(path)
                    found += [f"{path}: {fault}" for fault in await keyboard(page)]
                found += [*await escape(page), *await told(page)]
            await context.close()
    assert not found, "\n".join(found)


async def test_the_way_in_step_by_step_and_the_way_back_from_an_error(template: str, tmp_path: Path) -> None:
    """The wizard, a message without words, a wrong password: what is typed stays, and each page meets the bars."""
    async with chromium() as browser, cast(template, tmp_path) as scene:
        await scene.speak("fr")
        context = await reader(browser, scene.here, locale="fr")
        page = await context.new_page()
        watch, found = Watch(page, scene.here.origin), list[str]()

        async def press(words: str) -> None:
            async with page.expect_navigation() as going:
                await page.locator("main").get_by_role("button", name=words, exact=True).click()
            html = await (await going.value).text()
            found.extend(f"{page.url} {fault}" for fault in await inspect(page, watch, "fr", html))

        await page.goto("/join/1")
        await page.fill("#name", "camille")
        await press("Continuer")
        assert await page.input_value("#name") == "camille" and await page.locator("#email-e").count() == 1
        await page.fill("#name", "petite.ourse")
        await page.fill("#email", "ourse@example.org")
        await press("Continuer")
        await press("Continuer")
        await page.check("#reach-partners")
        await press("Continuer")
        await press("Oui, je donne mon accord")
        assert page.url.endswith("/join/4")
        await page.goto("/signin")
        await page.fill("#who", "camille")
        await page.fill("#password", "wrong")
        await press("Se connecter")
        assert await page.input_value("#who") == "camille"
        await context.close()

        context = await reader(browser, scene.here, scene.actors["member"])
        page = await context.new_page()
        watch = Watch(page, scene.here.origin)
        await page.goto("/compose")
        await page.fill("#to", "@nobody")
        await page.check("#reach-circle")
        await page.locator("main [data-send]").focus()
        async with page.expect_navigation() as going:
            await page.keyboard.press("Enter")
        assert await page.input_value("#to") == "@nobody" and (await going.value).status == 422
        found += await inspect(page, watch, "fr", await (await going.value).text())
        await context.close()
    assert not found, "\n".join(found)


async def test_the_page_that_opens_a_community_meets_the_bars(template: str, tmp_path: Path) -> None:
    async with chromium() as browser, empty(template, tmp_path / "new") as server:
        link = await server.run(opening_link(server.settings))
        context = await reader(browser, server, locale="en")
        page = await context.new_page()
        watch, found = Watch(page, server.origin), list[str]()
        for path in (str(link), "/"):
            answer = await page.goto(path)
            assert answer and answer.status == 200
            found += await inspect(page, watch, "en", await answer.text())
        await context.close()
    assert not found, "\n".join(found)
