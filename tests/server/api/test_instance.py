"""The community itself, before anybody has signed in: whole, open to every page, and without a number about people."""
from __future__ import annotations

from tests.live import LiveServer
from tests.server.api.client import Api

DOCUMENTED = ("rules", "peers", "activity", "extended_description", "privacy_policy", "terms_of_service",
              "languages", "translation_languages")


async def test_the_community_presents_itself(alpha: LiveServer) -> None:
    ourse = await alpha.member("ourse")
    async with Api(alpha) as nobody:
        wrong = {"Authorization": "Bearer expired"}
        one, two = [await nobody.good("GET", f"/api/v{n}/instance", headers=wrong) for n in (1, 2)]
        assert (one["uri"], two["domain"]) == (alpha.host, alpha.host)
        assert one["version"].startswith("4.") and one["version"] == two["version"] and "Dazzle" in two["version"]
        assert one["stats"] == {"user_count": 0, "status_count": 0, "domain_count": 0}
        assert two["usage"] == {"users": {"active_month": 0}}
        assert two["configuration"]["urls"]["streaming"] == alpha.origin.replace("http", "ws")
        for account in (one["contact_account"], two["contact"]["account"]):
            assert account["url"] == alpha.origin and account["avatar"] and account["id"] != str(ourse.id)
        assert two["rules"] and two["rules"][0]["translations"]["en"]["text"]
        sent_on = await nobody.get("/api/v1/instance/", a=1)
        assert (sent_on.status, sent_on.headers["Location"]) == (308, "/api/v1/instance?a=1"), "Mastodon.py asks with a slash"
        for word in DOCUMENTED:
            assert (await nobody.get(f"/api/v1/instance/{word}")).status == 200, word
        assert await nobody.good("GET", "/api/v1/custom_emojis") == []
        async with Api(alpha, ourse) as app:
            assert await app.good("GET", "/api/v1/announcements") == []
            sent = await app.ask("POST", "/api/v1/accounts", data={"username": "x"})
            assert sent.status == 422 and f"{alpha.origin}/join" in sent.json["error"]
