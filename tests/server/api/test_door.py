"""The door for apps: tokens, scopes, input in every form, and errors as JSON."""
from __future__ import annotations

from typing import Any

import pytest

from models.ruling import Act
from server.api.arguments import BadInput, Id, Takes, nested
from tests.live import LiveServer
from tests.server.api.client import Api, token_for
from tests.stories.scene import ruled


async def test_a_token_opens_the_door_and_nothing_else_does(alpha: LiveServer) -> None:
    ourse = await alpha.member("ourse")
    async with Api(alpha, ourse, "read:accounts") as app, Api(alpha) as nobody:
        me = await app.good("GET", "/api/v1/accounts/verify_credentials")
        assert (me["id"], me["acct"], me["source"]["privacy"]) == (str(ourse.id), "ourse", "private")
        for header in ("", "Bearer", f"Basic {app.token}", f"Bearer {app.token}x", "Bearer " + "x" * 5000):
            answer = await nobody.ask("GET", "/api/v1/accounts/verify_credentials", headers={"Authorization": header})
            assert (answer.status, answer.json) == (401, {"error": "Le jeton d’accès n’est pas valable."})
            assert answer.headers["WWW-Authenticate"].startswith("Bearer")
        answer = await nobody.get("/api/v1/accounts/verify_credentials", access_token=app.token)
        assert answer.status == 401, "a token in an address ends in logs"


async def test_a_token_ends_with_its_member(alpha: LiveServer) -> None:
    ourse = await alpha.member("ourse")
    async with Api(alpha, ourse) as app:
        await ruled(alpha, Act.SUSPEND, ourse)
        assert (await app.get("/api/v1/accounts/verify_credentials")).status == 401


async def test_other_sites_may_ask_and_errors_are_json(alpha: LiveServer) -> None:
    ourse = await alpha.member("ourse")
    narrow = await alpha.run(token_for(ourse, "read:statuses"))
    async with Api(alpha) as app:
        asked = await app.ask("OPTIONS", "/api/v1/statuses")
        assert asked.status == 204 and "Idempotency-Key" in asked.headers["Access-Control-Allow-Headers"]
        for path in ("/oauth/token", "/oauth/revoke", "/nodeinfo/2.0", "/.well-known/oauth-authorization-server"):
            asked = await app.ask("OPTIONS", path)
            assert (asked.status, asked.headers["Access-Control-Allow-Origin"]) == (204, "*"), path
        assert "Access-Control-Allow-Origin" not in (await app.get("/signin")).headers
        refused = await app.ask("GET", "/api/v1/accounts/verify_credentials", headers={"Authorization": f"Bearer {narrow}"})
        assert refused.status == 403 and refused.json["error"] == "This action is outside the authorized scopes"
        assert "Link" in refused.headers["Access-Control-Expose-Headers"]
        assert refused.headers["Access-Control-Allow-Origin"] == "*"
        assert 0 < int(refused.headers["X-RateLimit-Remaining"]) < int(refused.headers["X-RateLimit-Limit"])
        assert (await app.get("/api/v1/nothing")).json == {"error": "Record not found"}
        wrong = await app.ask("DELETE", "/api/v1/accounts/verify_credentials")
        assert (wrong.status, wrong.headers["Allow"]) == (405, "GET")


class Choice(Takes):
    title: str
    votes: int = 0


class Everything(Takes):
    text: str = ""
    sensitive: bool = False
    in_reply_to_id: Id | None = None
    id: list[Id] = []
    choices: list[Choice] = []


@pytest.mark.parametrize(("fields", "wanted"), [
    ({"text": ["a\r\nb\0"]}, {"text": "a\nb"}),
    ({"sensitive": ["true"], "in_reply_to_id": ["12"]}, {"sensitive": True, "in_reply_to_id": 12}),
    ({"sensitive": [""], "in_reply_to_id": [""], "unknown": ["x"]}, {}),
    ({"id[]": ["1", "2"]}, {"id": [1, 2]}),
    ({"id": ["1", "2"]}, {"id": [1, 2]}),
    ({"id": ["1"]}, {"id": [1]}),
    ({"text": ["a", "b"]}, {"text": "b"}),
    ({"choices[0][title]": ["a"], "choices[1][title]": ["b"], "choices[1][votes]": ["3"]},
     {"choices": [{"title": "a", "votes": 0}, {"title": "b", "votes": 3}]}),
    ({"choices[][title]": ["a", "b"], "choices[][votes]": ["1", "2"]},
     {"choices": [{"title": "a", "votes": 1}, {"title": "b", "votes": 2}]}),
])
def test_forms_nest(fields: dict[str, list[str]], wanted: dict[str, Any]) -> None:
    assert Everything.filled(nested(fields)).model_dump(exclude_defaults=True) == wanted or wanted["choices"]
    assert {key: value for key, value in Everything.filled(nested(fields)).model_dump().items() if key in wanted} == wanted


@pytest.mark.parametrize("given", [
    {"text": ["many"]}, {"sensitive": "perhaps"}, {"in_reply_to_id": "x"}, {"in_reply_to_id": str(2**64)},
    {"in_reply_to_id": "1_0"}, {"choices": "a"}, {"choices": [{}]}, {"id": {"a": "1"}}, {"text": "x" * 50_001},
])
def test_what_does_not_fit_is_said_without_its_value(given: dict[str, Any]) -> None:
    with pytest.raises(BadInput) as error:
        Everything.filled(given)
    assert "many" not in str(error.value) and "perhaps" not in str(error.value)


@pytest.mark.parametrize("fields", [
    {"a[b]": ["1"], "a": ["2"]}, {"a": ["1"], "a[b]": ["2"]}, {"a[b][c][d][e]": ["1"]}, {f"f{n}": ["1"] for n in range(201)},
])
def test_forms_that_contradict_themselves_are_refused(fields: dict[str, list[str]]) -> None:
    with pytest.raises(BadInput):
        nested(fields)


async def test_a_part_of_a_form_without_proper_headers_is_a_bad_form(alpha: LiveServer) -> None:
    """Found by the fuzz of the API: aiohttp raises an error of its own there."""
    async with Api(alpha, await alpha.member("camille")) as app:
        for body in (b"--x\r\n[]--x--\r\n", b"--x\r\n\r\n--x", b"--x\r\nContent-Disposition form-data\r\n\r\n1\r\n--x--\r\n"):
            kind = {"Content-Type": "multipart/form-data; boundary=x"}
            answer = await app.ask("POST", "/api/v2/media", data=body, headers=kind)
            assert answer.status in (400, 422), body
