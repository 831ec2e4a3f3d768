"""One press for rest mode or another language, without an account; and what every page is given."""
import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient

from models import Actor, Community
from server.appearance import render
from server.appearance.look import COOKIE, LANGUAGE_COOKIE
from server.appearance.theme import Theme
from server.community.home import Home
from server.entrance.forms import read
from server.entrance.sessions import cookie_name
from server.keys import COMMUNITY, FORM, LANGUAGE, SETTINGS, THEME
from server.pages import look
from server.settings import Settings
from server.words.language import choose

SETTINGS_USED = Settings(origin="http://localhost:8080")


async def press(request: web.Request) -> web.Response:
    """What the door does before the handler, without a session."""
    request[LANGUAGE], request[FORM] = "fr", await read(request)
    return await look.change(request)


async def show(request: web.Request) -> web.Response:
    """A page for a visitor."""
    request[LANGUAGE] = choose("", request.cookies.get(cookie_name(SETTINGS_USED, LANGUAGE_COOKIE), ""))
    return render.page(request, "error.html", status=404, code="error.not_here", kept=("a text that was typed",), reference="abc",
                       needs_sign_in=True)


@pytest.fixture
async def client(aiohttp_client) -> TestClient:
    """A server of two addresses, for a community that picked a hue."""
    app = web.Application()
    app[SETTINGS], app[THEME], home = SETTINGS_USED, Theme.load("base"), Home()
    home.row = Community(name="Mélorine & amis", tagline={"en": "Rare disease"}, hue=330, country="FR")
    home.instance = Actor(uri="http://localhost:8080/", name="community", inbox_uri="x", key="coat")
    home.lines = ()
    app[COMMUNITY] = home
    app.add_routes([web.post("/look", press), web.get("/somewhere", show)])
    return await aiohttp_client(app)


async def test_a_page_has_the_community_its_colours_and_its_status(client: TestClient):
    response = await client.get("/somewhere?a=1&b=2")
    html = await response.text()
    assert (response.status, response.content_type) == (404, "text/html")
    assert "Mélorine &amp; amis" in html
    assert "Rare disease" in html  # the only language in which there is a tagline
    assert "/theme.css?hue=330" in html
    assert 'value="/somewhere?a=1&amp;b=2"' in html
    assert "Il n’y a rien ici" in html
    assert "a text that was typed</textarea>" in html
    assert response.headers["Content-Encoding"] in ("gzip", "deflate")


async def test_a_visitor_reads_in_rest_mode_in_the_dark_and_in_english(client: TestClient):
    response = await client.post("/look", data={"rest": "1", "back": "/somewhere"})
    html = await response.text()
    assert response.url.path == "/somewhere"
    assert "data-rest" in html
    await client.post("/look", data={"mode": "dark", "text": "120", "back": "/somewhere"})
    html = await (await client.post("/look", data={"language": "en", "back": "/somewhere"})).text()
    assert '<html lang="en" dir="ltr" data-rest data-mode="dark" data-text="120">' in html
    assert "Nothing here, or no longer visible to you." in html
    html = await (await client.post("/look", data={"rest": "0", "back": "/somewhere"})).text()
    assert "data-rest" not in html
    assert 'data-mode="dark"' in html


@pytest.mark.parametrize("back", ["https://evil.example/", "//evil.example/", "", "/\\evil.example"])
async def test_the_press_leads_nowhere_else(client: TestClient, back: str):
    response = await client.post("/look", data={"rest": "1", "back": back}, allow_redirects=False)
    assert (response.status, response.headers["Location"]) == (303, "/")


async def test_the_cookies_hold_the_choice_and_nothing_else(client: TestClient):
    response = await client.post("/look", data={"rest": "1", "mode": "purple", "language": "xx"}, allow_redirects=False)
    cookie = response.cookies[cookie_name(SETTINGS_USED, COOKIE)]
    assert (cookie.value, cookie["httponly"], cookie["samesite"]) == ("1..100", True, "Lax")
    assert cookie_name(SETTINGS_USED, LANGUAGE_COOKIE) not in response.cookies
