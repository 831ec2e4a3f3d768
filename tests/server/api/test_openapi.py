"""The description of the client API: it holds every route, and what the server answers is what it says."""
from __future__ import annotations

from typing import Any

import jsonschema_rs
import pytest

from models.member import Role
from models.post import Voice
from models.reach import Reach
from server.actions import follows, reactions
from server.actions.polls import PollDraft
from server.api.openapi import document
from server.api.routes import API
from server.routes import ROUTES
from tests.live import LiveServer
from tests.server.api.client import Api

EVERYTHING = "profile read write follow push admin:read admin:write"
#: Whatever is asked without a body and ends.
ENDLESS = "/api/v1/streaming"


@pytest.fixture(scope="module")
def described() -> dict[str, Any]:
    """The description, with no room for what it does not name."""
    made = document(API, "", "Dazzle", "test")
    for name, schema in made["components"]["schemas"].items():
        if name != "Error" and "properties" in schema and not name.startswith("Given"):
            schema["additionalProperties"] = False
    return made


def test_every_route_of_apps_is_described_once(described: dict[str, Any]) -> None:
    operations = [(method.upper(), path) for path, one in described["paths"].items() for method in one]
    assert len(operations) == len(set(operations)) == len(API)
    ids = [operation["operationId"] for one in described["paths"].values() for operation in one.values()]
    assert len(set(ids)) == len(API)
    ours = {(route.method, route.path) for route in ROUTES if route.path.startswith("/api/")}
    extra = ours - {(one.method, one.path) for one in API}
    assert {path for _, path in extra} <= {"/api/openapi.json", "/api/{path:.*}"}


def test_every_operation_says_what_it_is_for_and_which_scope_it_needs(described: dict[str, Any]) -> None:
    known = set(described["components"]["securitySchemes"]["oauth"]["flows"]["authorizationCode"]["scopes"])
    for path, one in described["paths"].items():
        for method, operation in one.items():
            assert operation["summary"], (method, path)
            for alternative in operation["security"]:
                assert set(alternative.get("oauth", ())) <= known, (method, path)


async def test_answers_are_what_it_says(alpha: LiveServer, described: dict[str, Any]) -> None:
    """A host reads everything that can be read without more than ids, in a small community with something of everything."""
    odile, camille = await alpha.member("odile", role=Role.HOST), await alpha.member("camille")
    post = await alpha.write(camille, "Hello @odile #rest", reach=Reach.COMMUNITY, voice=Voice.QUESTION, warning="calm",
                             poll=PollDraft(("tea", "coffee")))
    await alpha.write(odile, "Good morning", reach=Reach.COMMUNITY, parent=post)
    await alpha.run(follows.follow(odile, camille))
    await alpha.run(follows.follow(camille, odile))
    await alpha.run(reactions.pass_on(odile, post))
    ids = {"accounts": camille.id, "statuses": post.id}
    read = 0
    async with Api(alpha, odile, EVERYTHING) as app:
        served = await app.good("GET", "/api/openapi.json")
        assert served["openapi"] == "3.1.0" and served["paths"].keys() == described["paths"].keys()
        for body in ({"title": "Friends"}, {"title": "Family"}):
            ids["lists"] = int((await app.good("POST", "/api/v1/lists", json=body))["id"])
        await app.good("POST", "/api/v1/reports", json={"account_id": str(camille.id), "status_ids": [str(post.id)]})
        ids["reports"] = int((await app.good("GET", "/api/v1/admin/reports"))[0]["id"])
        for path, operations in described["paths"].items():
            if "get" not in operations or path.startswith(ENDLESS):
                continue
            noun = path.split("/{")[0].rpartition("/")[2]
            answer = await app.get(path.replace("{id}", str(ids.get(noun, 1))))
            assert answer.status < 500, path
            if answer.status == 200 and answer.json is not None:
                read += 1
                _check(described, operations["get"], answer.json, path)
    assert read > 60


def _check(described: dict[str, Any], operation: dict[str, Any], answer: Any, path: str) -> None:
    content = operation["responses"]["2XX"].get("content")
    if content is None:
        return
    schema = content["application/json"]["schema"] | {"components": described["components"]}
    try:
        jsonschema_rs.Draft202012Validator(schema).validate(answer)
    except jsonschema_rs.ValidationError as error:
        raise AssertionError(f"{path}: {error}"[:1500]) from None
