"""Letting an app in: registration, the question, codes, tokens, and every way to end it."""
from __future__ import annotations

import base64
import hashlib
import re
from datetime import timedelta
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from models import AccessToken, AuthorizationCode, ClientApp, Member, clock
from models.member import LinkPurpose
from server import worker
from server.actions import accounts, apps, links
from server.api.oauth import is_redirect
from server.words import scopes
from tests.browser import Browser
from tests.live import LiveServer
from tests.server.api.client import Api, token_for

CALLBACK = "https://app.example/callback?a=1"
VERIFIER = "v" * 64
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).decode().rstrip("=")
ME = "/api/v1/accounts/verify_credentials"


async def registered(app: Api, **more: Any) -> dict[str, Any]:
    """A new app, registered as apps do it."""
    given = {"client_name": "Phanpy", "redirect_uris": f"{CALLBACK}\n{apps.NOT_HERE}", "scopes": "read write follow push",
             "website": "https://app.example"}
    made: dict[str, Any] = await app.good("POST", "/api/v1/apps", data=given | more)
    return made


def question(made: dict[str, Any], **more: str) -> dict[str, str]:
    """The query of the page that asks."""
    return {"client_id": made["client_id"], "redirect_uri": CALLBACK, "response_type": "code", "scope": "read write",
            "state": "s=1&t", "code_challenge": CHALLENGE, "code_challenge_method": "S256"} | more


async def answered(browser: Browser, asked: dict[str, str], answer: str = "yes") -> dict[str, str]:
    """Press a button of the page; what the app is told in the address."""
    await browser.get("/oauth/authorize?" + urlencode(asked))
    assert browser.status == 200
    form = {name: unescape(value) for name, value in re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', browser.page)}
    async with browser.http.post("/oauth/authorize", data=form | {"answer": answer}, allow_redirects=False) as response:
        assert response.status == 303
        where = urlsplit(response.headers["Location"])
        assert f"{where.scheme}://{where.netloc}{where.path}" == CALLBACK.partition("?")[0]
        return {name: values[0] for name, values in parse_qs(where.query).items()}


async def redeemed(app: Api, made: dict[str, Any], code: str, **more: str) -> Any:
    """What the token endpoint says to a code."""
    form = {"grant_type": "authorization_code", "client_id": made["client_id"], "client_secret": made["client_secret"],
            "code": code, "redirect_uri": CALLBACK, "code_verifier": VERIFIER}
    return await app.ask("POST", "/oauth/token", data=form | more)


async def test_an_app_is_let_in_and_shown_out(alpha: LiveServer) -> None:
    ourse = await alpha.member("ourse", display_name="Petite Ourse")
    async with Api(alpha) as app, Browser(alpha, ourse) as browser:
        made = await registered(app)
        page = await browser.get("/oauth/authorize?" + urlencode(question(made)))
        assert "Phanpy" in page and "app.example" in page and "Read everything that you can read here" in page
        assert page.count('name="answer"') == 2 and "https://app.example" in browser.headers["Content-Security-Policy"]
        told = await answered(browser, question(made))
        assert told["state"] == "s=1&t" and told["a"] == "1" and told["iss"] == alpha.origin
        token = (await redeemed(app, made, told["code"])).json
        assert (token["token_type"], token["scope"]) == ("Bearer", "read write")
        bearer = {"Authorization": f"Bearer {token['access_token']}"}
        assert (await app.good("GET", ME, headers=bearer))["username"] == "ourse"
        assert (await app.good("GET", "/oauth/userinfo", headers=bearer))["preferred_username"] == "ourse"
        assert (await app.good("GET", "/api/v1/apps/verify_credentials", headers=bearer))["name"] == "Phanpy"
        page = await browser.get("/settings/apps")
        assert "Phanpy" in page and "Last used on" in page
        number = re.search(r'name="number" value="(\d+)"', page)
        assert number
        await browser.post("/settings/apps/remove", {"number": number[1]})
        assert "No app uses your account." in browser.page
        assert (await app.ask("GET", ME, headers=bearer)).status == 401
    kept = await alpha.ask(lambda: AuthorizationCode.all().count())
    assert kept == 0, "an old code cannot let it in again"


async def test_a_no_is_told_and_gives_nothing(alpha: LiveServer) -> None:
    ourse = await alpha.member("ourse")
    async with Api(alpha) as app, Browser(alpha, ourse) as browser:
        made = await registered(app)
        told = await answered(browser, question(made), "no")
        assert told["error"] == "access_denied" and "code" not in told and told["state"] == "s=1&t"


async def test_a_code_that_comes_twice_ends_what_it_gave(alpha: LiveServer) -> None:
    ourse = await alpha.member("ourse")
    async with Api(alpha) as app, Browser(alpha, ourse) as browser:
        made = await registered(app)
        code = (await answered(browser, question(made)))["code"]
        token = (await redeemed(app, made, code)).json["access_token"]
        again = await redeemed(app, made, code)
        assert (again.status, again.json["error"]) == (400, "invalid_grant")
        assert (await app.ask("GET", ME, headers={"Authorization": f"Bearer {token}"})).status == 401


async def test_a_code_needs_its_proof_and_its_address(alpha: LiveServer) -> None:
    ourse = await alpha.member("ourse")
    async with Api(alpha) as app, Browser(alpha, ourse) as browser:
        made, other = await registered(app), await registered(app)
        code = (await answered(browser, question(made)))["code"]
        for wrong in ({"code_verifier": "w" * 64}, {"code_verifier": ""}, {"redirect_uri": apps.NOT_HERE}):
            assert (await redeemed(app, made, code, **wrong)).json["error"] == "invalid_grant"
        assert (await redeemed(app, made, "guess")).json["error"] == "invalid_grant"
        assert (await redeemed(app, other, code)).json["error"] == "invalid_grant", "another app's"
        assert (await redeemed(app, made, code, client_secret="x")).status == 401
        assert (await redeemed(app, made, code)).status == 200, "none of that spent it"


async def test_an_app_that_asks_wrongly_is_told_and_nobody_is_sent_to_strangers(alpha: LiveServer) -> None:
    ourse = await alpha.member("ourse")
    async with Api(alpha) as app, Browser(alpha, ourse) as browser:
        made = await registered(app)
        for asked, status, error in (
                ({"client_id": "nobody"}, 400, ""), ({"redirect_uri": "https://app.example/callback"}, 400, ""),
                ({"redirect_uri": f"{CALLBACK}/x"}, 400, ""), ({"redirect_uri": "https://evil.example/"}, 400, ""),
                ({"scope": "admin:read"}, 303, "invalid_scope"), ({"scope": "everything"}, 303, "invalid_scope"),
                ({"response_type": "token"}, 303, "unsupported_response_type"),
                ({"code_challenge_method": "plain"}, 303, "invalid_request")):
            path = "/oauth/authorize?" + urlencode(question(made, **asked))
            async with browser.http.get(path, allow_redirects=False) as response:
                assert response.status == status, asked
                assert f"error={error}" in response.headers.get("Location", "error="), asked


async def test_signing_in_keeps_the_way_and_a_code_is_shown_to_be_copied(alpha: LiveServer) -> None:
    ourse = await alpha.member("ourse")
    async with Api(alpha) as app, Browser(alpha) as visitor:
        made = await registered(app)
        asked = question(made, redirect_uri=apps.NOT_HERE, code_challenge="", code_challenge_method="")
        await visitor.get("/oauth/authorize?" + urlencode(asked))
        assert visitor.path.startswith("/signin?next=") and "client_id" in visitor.path
        link = await alpha.run(_link(ourse.name, alpha))
        await visitor.get(link)
        await visitor.post(link)
        assert visitor.path.startswith("/oauth/authorize?"), visitor.path
        form = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', visitor.page))
        await visitor.post("/oauth/authorize", form | {"answer": "yes"})
        code = re.search(r"<code>([^<]+)</code>", visitor.page)
        assert code
        token = await redeemed(app, made, code[1], redirect_uri=apps.NOT_HERE, code_verifier="")
        assert token.status == 200


async def _link(name: str, server: LiveServer) -> str:
    member = await Member.get(actor__name=name)
    return "/signin/link/" + await links.make(LinkPurpose.SIGN_IN, 60, member)


async def test_an_app_of_its_own_can_do_next_to_nothing(alpha: LiveServer) -> None:
    async with Api(alpha) as app:
        made = await registered(app)
        basic = base64.b64encode(f"{made['client_id']}:{made['client_secret']}".encode()).decode()
        token = await app.good("POST", "/oauth/token", json={"grant_type": "client_credentials"},
                               headers={"Authorization": f"Basic {basic}"})
        bearer = {"Authorization": f"Bearer {token['access_token']}"}
        assert (await app.ask("GET", "/api/v1/apps/verify_credentials", headers=bearer)).status == 200
        assert (await app.ask("GET", ME, headers=bearer)).status == 422
        form = {"client_id": made["client_id"], "client_secret": made["client_secret"], "token": token["access_token"]}
        assert (await app.ask("POST", "/oauth/revoke", data=form | {"client_secret": "x"})).status == 401
        assert (await app.ask("POST", "/oauth/revoke", data=form)).json == {}
        assert (await app.ask("GET", "/api/v1/apps/verify_credentials", headers=bearer)).status == 401
        form |= {"grant_type": "password", "username": "ourse", "password": "x"}
        refused = await app.ask("POST", "/oauth/token", data=form)
        assert (refused.status, refused.json["error"]) == (400, "unsupported_grant_type")


async def test_signing_out_everywhere_takes_the_apps_along(alpha: LiveServer) -> None:
    ourse = await alpha.member("ourse")
    async with Api(alpha, ourse) as app, Browser(alpha, ourse) as browser:
        await browser.post("/settings/security/end-others")
        assert (await app.get(ME)).status == 401

    async def change_password() -> int:
        await token_for(ourse)
        await accounts.change_password(await Member.get(actor_id=ourse.id), "hash")
        return await AccessToken.all().count()
    assert await alpha.run(change_password()) == 0


async def test_registering_is_checked_and_unused_apps_are_forgotten(alpha: LiveServer) -> None:
    async with Api(alpha) as app:
        for wrong in ({"client_name": ""}, {"redirect_uris": "javascript:alert(1)"}, {"scopes": "read everything"},
                      {"redirect_uris": ""}, {"client_name": "x" * 101}):
            given = {"client_name": "X", "redirect_uris": CALLBACK} | wrong
            assert (await app.ask("POST", "/api/v1/apps", data=given)).status == 422
        assert (await registered(app))["scopes"] == ["read", "write", "follow", "push"]

    async def forget() -> int:
        await ClientApp.all().update(created_at=clock.now() - apps.UNUSED - timedelta(days=1))
        await worker.prune(alpha.app)
        return await ClientApp.all().count()
    assert await alpha.run(forget()) == 0


@pytest.mark.parametrize(("uri", "good"), [
    ("https://app.example/cb", True), ("http://localhost:8080/cb", True), ("http://127.0.0.1/", True), ("ivory://auth", True),
    ("com.example.app:/cb", True), (apps.NOT_HERE, True), ("http://app.example/", False), ("https://app.example/#f", False),
    ("JavaScript:alert(1)", False), ("data:text/html,x", False), ("//app.example", False), ("https://u@app.example/", False),
    ("https://app.example/\n", False), ("", False), ("urn:other", False), ("https://[", False),
    ("https://a;script-src/", False), ("https://[::1]:80/", True), ("http://[::1]/", True), ("https://a,b/", False),
])
def test_where_a_code_may_go(uri: str, good: bool) -> None:
    assert is_redirect(uri) is good


@pytest.mark.parametrize(("granted", "wanted", "good"), [
    ("read", "read:statuses", True), ("read:statuses", "read", False), ("follow", "write:blocks", True),
    ("follow", "read:statuses", False), ("write", "read:statuses", False), ("admin:read", "read:statuses", False),
    ("read", "admin:read:reports", False), ("profile", "profile read:accounts", True),
    ("read:accounts", "profile read:accounts", True), ("", "read", False), ("read", "readwrite", False),
])
def test_scopes_cover_what_lies_below_them(granted: str, wanted: str, good: bool) -> None:
    assert scopes.covers(granted.split(), wanted) is good
