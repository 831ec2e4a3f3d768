"""The stranger's path in a real browser without JavaScript, between two live communities: the main job, end to end."""
from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from playwright.async_api import Locator, Page, expect

from models import Actor, Member
from server.members.passwords import Passwords
from tests.cast import Templates, cast
from tests.chromium import chromium, executable, reader
from tests.live import LiveServer, promised

pytestmark = pytest.mark.timeout(240)
SEEN_SECONDS = 2.0
PASSWORD = "tisane orage tandem radis"


@pytest.fixture
def template(templates: Templates) -> str:
    """A migrated SQLite; a fixture of its own, because it must be made outside any event loop. Skips without Chromium."""
    executable()
    return templates("sqlite")


async def press(inside: Page | Locator, words: str) -> None:
    """Press the one button with these words."""
    await inside.get_by_role("button", name=words).click()


async def appears(page: Page, path: str, what: str, inside: str = "main") -> Locator:
    """Load the page anew until it says so: within two seconds, stretched for a busy machine."""
    async with asyncio.timeout(promised(SEEN_SECONDS)):
        while True:
            await page.goto(path)
            if await (found := page.locator(inside, has_text=what)).count():
                return found.first
            await asyncio.sleep(0.1)


async def give_password(server: LiveServer, actor: Actor) -> None:
    passwords = Passwords.of(server.settings)
    word = await passwords.hash(PASSWORD)
    passwords.close()
    await server.ask(lambda: Member.filter(actor_id=actor.id).update(password_hash=word))


async def test_somebody_signs_in_finds_follows_reads_answers_thanks_and_passes_on(template: str, tmp_path: Path) -> None:
    """Camille of one community and Ada of the other, each in a browser that runs no script."""
    async with chromium() as browser, cast(template, tmp_path) as scene:
        ada = await scene.there.member("ada", display_name="Ada")
        await scene.speak("en")
        await give_password(scene.here, scene.actors["member"])
        theirs = await (await reader(browser, scene.there, ada, java_script_enabled=False)).new_page()
        ours = await (await reader(browser, scene.here, java_script_enabled=False)).new_page()

        await ours.goto("/signin")
        await ours.get_by_label("Member name or email address").fill("camille")
        await ours.get_by_label("Password", exact=True).fill(PASSWORD)
        await press(ours.locator("main"), "Sign in")
        await expect(ours.locator("h1")).to_have_text("Hello, Camille")

        await ours.goto("/people")
        await ours.get_by_label("Name or member address").fill(f"@ada@{scene.there.host}")
        await press(ours, "Search for people")
        await ours.get_by_role("link", name="See the profile").click()
        await expect(ours.locator("h1")).to_have_text("Ada")
        await ours.locator("main").get_by_role("link", name="Follow", exact=True).click()
        await expect(ours.locator("h1")).to_have_text("Follow Ada?")
        await expect(ours.locator("main")).to_contain_text("What their server learns")
        await press(ours, "Follow Ada")
        profile = f"/@ada@{scene.there.host}"
        await appears(ours, profile, "You follow them")
        await appears(theirs, "/notices", "Camille follows you")

        await theirs.goto("/compose")
        await theirs.get_by_label("Your message").fill("The first snowdrops are out")
        await theirs.locator("#voice-experience").check()
        await theirs.locator("#reach-partners").check()
        await theirs.locator("[data-send]").click()
        await expect(theirs.locator("article.post").first).to_contain_text("The first snowdrops are out")
        await press(theirs.locator("article.post").first, "Send now")
        at_theirs = theirs.url

        card = await appears(ours, "/home", "The first snowdrops are out", "article.post")
        await press(card, "Thinking of you")
        await appears(theirs, "/notices", "Camille thinks of you")
        card = await appears(ours, "/home", "The first snowdrops are out", "article.post")
        await press(card, "Pass on")
        await appears(theirs, "/notices", "Camille passed your message on")

        card = await appears(ours, "/home", "The first snowdrops are out", "article.post")
        await card.get_by_role("link", name="Reply").click()
        await ours.get_by_label("Your answer").fill("Here it still snows. Thank you for these.")
        await ours.locator("#reach-partners").check()
        await ours.locator("[data-send]").click()
        await press(ours.locator("article.post", has_text="Here it still snows"), "Send now")
        await appears(theirs, at_theirs, "Here it still snows. Thank you for these.", "article.post")
