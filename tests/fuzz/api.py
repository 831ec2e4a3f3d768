"""Requests to the client API that nobody thought of, made out of its own description (schemathesis)."""
from __future__ import annotations

import math
import random
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import cycle
from typing import Any

import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode
from schemathesis.checks import Failure, FailureGroup

#: Streams do not end; what they say is tested in their own stories.
ENDLESS = "/api/v1/streaming"
SERVER_ERROR = 500
#: Another server did not answer, or too much at once: true things to say.
HONEST = (502, 503)
TIMEOUT_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Found:
    """A request that got an answer it should not get, and why that."""

    operation: str
    problem: str
    request: str


def operations(document: dict[str, Any]) -> list[Any]:
    """Every operation of a description that ends, in its order."""
    schema = schemathesis.openapi.from_dict(document)
    found = [one.ok() for one in schema.get_all_operations()]
    return [one for one in found if not one.path.startswith(ENDLESS)]


def hunt(document: dict[str, Any], base_url: str, token: str, ids: Sequence[str], examples: int, number: int,
         ends: float = math.inf) -> Iterator[Found]:
    """Ask every operation `examples` times, with good input and with bad; `ids` are some that exist. `number` seeds it.
    No operation begins after `ends`, on the monotonic clock.
    """
    for operation in operations(document):
        if time.monotonic() > ends:
            return
        problems: list[Found] = []
        _ask(operation, base_url, token, ids, examples, number, problems.append)
        yield from problems[:1]


def hunt_for(seconds: float, *arguments: Any) -> Iterator[Found]:
    """The same, with other numbers again and again, until the time is over."""
    ends, chance = time.monotonic() + seconds, random.Random()
    while time.monotonic() < ends:
        yield from hunt(*arguments, examples=20, number=chance.randrange(2**32), ends=ends)


def _ask(operation: Any, base_url: str, token: str, ids: Sequence[str], examples: int, number: int,
         found: Callable[[Found], None]) -> None:
    modes = [operation.as_strategy(generation_mode=mode) for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)]
    session = requests.Session()

    @seed(number)
    @settings(max_examples=examples, deadline=None, database=None, phases=[Phase.generate],
              suppress_health_check=list(HealthCheck))
    @given(case=st.one_of(*modes), real=st.lists(st.sampled_from(list(ids)), min_size=8, max_size=8), is_real=st.booleans())
    def once(case: Case, real: list[str], is_real: bool) -> None:
        if is_real:
            _use(case, cycle(real))
        try:
            response = case.call(base_url=base_url, session=session, headers={"Authorization": f"Bearer {token}"},
                                 timeout=TIMEOUT_SECONDS)
        except (requests.exceptions.InvalidURL, requests.exceptions.InvalidHeader, UnicodeError):
            return  # no client could send it
        if problem := _problem(case, response):
            found(Found(operation.label, problem, case.as_curl_command()))

    try:
        once()
    except Exception as error:
        # nothing is wrong input for an operation that takes none
        if "unsatisfiable" not in f"{type(error).__name__} {error}".lower():
            raise


def _use(case: Case, real: Iterator[str]) -> None:
    """Put ids that exist where ids belong."""
    for name in case.path_parameters or {}:
        if name == "id" or name.endswith("_id"):
            case.path_parameters[name] = next(real)
    for given_ in (case.query, case.body):
        if isinstance(given_, dict):
            for name, value in given_.items():
                if name == "id" or name.endswith("_id"):
                    given_[name] = next(real)
                elif name.removesuffix("[]").endswith("_ids") or name == "id[]":
                    given_[name] = [next(real) for _ in value] if isinstance(value, list) else next(real)


def _problem(case: Case, response: Any) -> str:
    if response.status_code >= SERVER_ERROR and response.status_code not in HONEST:
        return f"status {response.status_code}"
    if response.status_code < 300 and "application/json" in response.headers.get("content-type", [""])[0]:  # noqa: PLR2004
        try:
            case.operation.validate_response(response)
        except (Failure, FailureGroup) as error:
            return f"{type(error).__name__}: {error}"[:2000]
    return ""
