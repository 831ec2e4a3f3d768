"""The client API described for programs (OpenAPI 3.1), out of the same list that routes it: neither can forget the other."""
from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import orjson
from aiohttp import web

from federation.instance import VERSION
from server.api.arguments import Takes
from server.api.door import ANY_TOKEN, ANYBODY, ApiHandler, Endpoint
from server.api.schemas import PLACE, Schemas
from server.words import scopes

Document = dict[str, Any]
SCHEME = "oauth"
JSON, FORM, MULTIPART = "application/json", "application/x-www-form-urlencoded", "multipart/form-data"
_PLACEHOLDER = re.compile(r"\{(\w+)(?::((?:[^{}]|\{[^{}]*\})*))?\}")
ERROR: Document = {
    "type": "object", "description": "What went wrong, for people.", "required": ["error"],
    "properties": {"error": {"type": "string"}, "error_description": {"type": "string"}}}
#: Status -> when it comes. A refusal of any kind has the shape of ERROR.
REFUSALS = {"400": "The request cannot be read", "401": "The access token is missing, unknown or revoked",
            "403": "A rule, the scopes of the token or the role of the member say no",
            "404": "It does not exist, or not for the one who asks", "405": "There is another method here",
            "409": "It came too late",
            "413": "More than the server takes", "422": "Something that was sent does not fit",
            "429": "Too often: Retry-After says when to come back", "502": "Another server did not answer",
            "503": "Too much at once: Retry-After says when to come back"}


def document(endpoints: Iterable[Endpoint], origin: str, title: str, release: str) -> Document:
    """The description of these endpoints."""
    schemas, paths = Schemas(), dict[str, Document]()
    schemas.found["Error"] = ERROR
    for endpoint in endpoints:
        operation = _operation(endpoint, schemas)
        paths.setdefault(_path(endpoint), {})[endpoint.method.lower()] = operation
    flow = {"authorizationUrl": f"{origin}/oauth/authorize", "tokenUrl": f"{origin}/oauth/token",
            "scopes": {name: name for name in scopes.SCOPES}}
    error = {"content": {JSON: {"schema": {"$ref": f"{PLACE}Error"}}}}
    return {
        "openapi": "3.1.0",
        "info": {"title": title, "version": release, "license": {"name": "AGPL-3.0-or-later", "identifier": "AGPL-3.0-or-later"}},
        "servers": [{"url": origin or "/"}], "paths": paths,
        "components": {"schemas": schemas.found, "responses": {
            status: {"description": why} | error for status, why in REFUSALS.items()}, "securitySchemes": {
            SCHEME: {"type": "oauth2", "flows": {"authorizationCode": flow, "clientCredentials": {
                "tokenUrl": flow["tokenUrl"], "scopes": flow["scopes"]}}}}}}


def _path(endpoint: Endpoint) -> str:
    return _PLACEHOLDER.sub(r"{\1}", endpoint.path)


def _operation(endpoint: Endpoint, schemas: Schemas) -> Document:
    handler = endpoint.handler
    made: Document = {
        "operationId": _id(endpoint), "summary": " ".join((handler.__doc__ or "").split()),
        "tags": [handler.__module__.removeprefix("server.api.")],
        "parameters": [_placeholder(*match.groups()) for match in _PLACEHOLDER.finditer(endpoint.path)],
        "security": _security(endpoint), "responses": _responses(endpoint, schemas)}
    given = _given(endpoint.takes, schemas)
    if endpoint.method in ("GET", "HEAD"):
        made["parameters"] += _query(given)
    elif given["properties"]:
        kinds = (MULTIPART,) if endpoint.takes.uploads else (JSON, FORM)
        made["requestBody"] = {"required": bool(given.get("required")), "content": {kind: {"schema": given} for kind in kinds}}
    return made


def _id(endpoint: Endpoint) -> str:
    """A name that is the same from release to release, and that no other operation has."""
    words = re.sub(r"[^a-z0-9]+", "_", _path(endpoint).lower()).strip("_")
    return f"{endpoint.method.lower()}_{words}{'_' if endpoint.path.endswith('/') else ''}"


def _placeholder(name: str, pattern: str | None) -> Document:
    schema: Document = {"type": "string"}
    if name == "id" or name.endswith("_id"):
        schema["pattern"] = "^[0-9]{1,19}$"
    elif pattern:
        schema["pattern"] = f"^(?:{pattern})$"
    return {"name": name, "in": "path", "required": True, "schema": schema}


def _given(takes: type[Takes], schemas: Schemas) -> Document:
    """What an endpoint takes, with what it refers to moved to the common place."""
    schema = takes.model_json_schema(ref_template=f"{PLACE}Given{{model}}", by_alias=True)
    schemas.found |= {f"Given{name}": part for name, part in schema.pop("$defs", {}).items()}
    schema.setdefault("properties", {})
    return schema


def _query(given: Document) -> list[Document]:
    return [{"name": f"{name}[]" if _is_list(schema) else name, "in": "query", "required": name in given.get("required", ()),
             "schema": schema} for name, schema in given["properties"].items()]


def _is_list(schema: Document) -> bool:
    return schema.get("type") == "array" or any(_is_list(one) for one in schema.get("anyOf", ()))


def _security(endpoint: Endpoint) -> list[Document]:
    """Each entry is enough by itself."""
    if endpoint.scope == ANYBODY:
        return []
    named = [] if endpoint.scope == ANY_TOKEN else endpoint.scope.split()
    found: list[Document] = [{SCHEME: [one]} for one in named] or [{SCHEME: []}]
    return [*found, {}] if endpoint.visitors else found


def _responses(endpoint: Endpoint, schemas: Schemas) -> Document:
    done: Document = {"description": "Done"}
    if endpoint.gives is not None:
        done["content"] = {JSON: {"schema": schemas.of(endpoint.gives)}}
    return {"2XX": done} | {status: {"$ref": f"#/components/responses/{status}"} for status in REFUSALS}


def serve(endpoints: Iterable[Endpoint]) -> ApiHandler:
    """The handler of /api/openapi.json, for everybody. The description is made when it is asked for first, and stays."""
    kept: list[bytes] = []

    async def show(request: web.Request, _: Takes) -> web.Response:
        """GET /api/openapi.json: this API, for programs (OpenAPI 3.1)."""
        if not kept:
            kept.append(orjson.dumps(document(endpoints, "", "Dazzle", VERSION)))
        return web.Response(body=kept[0], content_type=JSON)
    return show
