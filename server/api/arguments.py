"""What apps send, in any of the ways in which they send it: query, JSON, urlencoded or multipart.

Each endpoint says what it takes with one small class; what is not in it is ignored (apps send more than we know), and what
does not fit is answered with the name of the field. Forms nest in the way of Rack: `a[]=1`, `a[b]=1`, `a[0][b]=1`, `a[][b]=1`.
"""
from __future__ import annotations

import re
import types
from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Self, TypeVar, Union, get_args, get_origin

from aiohttp import web
from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError, WithJsonSchema, model_validator

from federation import json_gate
from federation.errors import Malformed
from models.errors import CommunityError
from server.entrance import forms
from server.entrance.forms import FORM_LIMIT_BYTES, LARGEST_NUMBER, Upload
from server.keys import FORM, SETTINGS

TEXT_LIMIT = 50_000  # characters of one value
NESTING_LIMIT = 4
LIST_LIMIT = 200
FAULTS_LIMIT = 5
#: The last two are those of ActivityPub, whose clients post to their outbox.
JSON_TYPES = ("application/json", "application/activity+json", "application/ld+json")
_KEY = re.compile(r"([^\[\]]+)((?:\[[^\[\]]*\])*)")


class BadInput(CommunityError):
    """Something in the request is not what the endpoint takes; the message names the field and never holds its value."""

    status = 422
    safe = "error.bad_request"

    def __init__(self, *faults: str) -> None:
        super().__init__("; ".join(faults))


def _id(value: object) -> int:
    text = str(value)
    if not (text.isascii() and text.isdecimal() and len(text) <= 19 and int(text) <= LARGEST_NUMBER):
        raise ValueError("not an id")
    return int(text)


#: An id as clients write it: a text of digits. Ids sort by time.
Id = Annotated[int, BeforeValidator(_id), WithJsonSchema({"type": "string", "pattern": "^[0-9]{1,18}$"})]
#: A file of a multipart form. The class that takes one sets `uploads`.
File = Annotated[Upload, WithJsonSchema({"type": "string", "format": "binary"})]


class Takes(BaseModel):
    """What an endpoint takes. A field that was not sent, or is null, or is empty and no text, has its default."""

    model_config = ConfigDict(extra="ignore", frozen=True, str_max_length=TEXT_LIMIT, arbitrary_types_allowed=True,
                              hide_input_in_errors=True, populate_by_name=True, defer_build=True)  # 74 of them: when asked for
    uploads: ClassVar[bool] = False  # the form may hold files

    @model_validator(mode="before")
    @classmethod
    def _as_written(cls, given: object) -> object:
        """Lists where lists are meant, single values where those are."""
        if not isinstance(given, Mapping):
            return given
        found: dict[str, Any] = {}
        for name, field in cls.model_fields.items():
            key = field.alias or name
            value, kinds = given.get(key), _kinds(field.annotation)
            if list in kinds:
                value = _listed(value)
            elif isinstance(value, _Several):
                value = value[-1]
            if value is not None and (value != "" or str in kinds):
                found[key] = value
        return found

    @classmethod
    def filled(cls, given: Mapping[str, Any]) -> Self:
        """One of these out of what was sent. Raises: BadInput."""
        try:
            return cls.model_validate(given)
        except ValidationError as error:
            faults = [f"{'.'.join(map(str, one['loc'])) or 'input'}: {one['msg']}" for one in error.errors()[:FAULTS_LIMIT]]
            raise BadInput(*faults) from None


T = TypeVar("T", bound=Takes)


class _Several(list[Any]):
    """A name that stood several times in a form: a list for those who take one, else the last counts."""


def _kinds(annotation: Any) -> set[Any]:
    """The types that an annotation allows, with generics as their origin."""
    origin = get_origin(annotation)
    if origin in (Union, types.UnionType):
        return {kind for one in get_args(annotation) for kind in _kinds(one)}
    if origin is Annotated:
        return _kinds(get_args(annotation)[0])
    return {origin or annotation}


def _listed(value: object) -> object:
    """A list, also out of {"0": …, "1": …} and out of a single value."""
    if isinstance(value, Mapping):
        if not all(key.isdecimal() for key in value):
            return [value]
        return [value[key] for key in sorted(value, key=int)]
    return value if value is None or isinstance(value, list) else [value]


async def read(request: web.Request, takes: type[T]) -> T:
    """What this request gives to an endpoint. Raises: BadInput; forms.TooMuch; forms.BadForm."""
    fields: dict[str, list[str]] = {}
    for name, value in request.query.items():
        fields.setdefault(name, []).append(value)
    given = nested(fields)
    if request.body_exists and (request.method not in ("GET", "HEAD") or request.content_type in JSON_TYPES):
        given |= await _body(request, takes.uploads)  # Mastodon.py asks with JSON also where it only reads
    return takes.filled(given)


async def _body(request: web.Request, uploads: bool) -> dict[str, Any]:
    if request.content_type in JSON_TYPES:
        return await _json(request)
    request[FORM] = form = await forms.read(request, request.app[SETTINGS].upload_limit_bytes if uploads else 0)
    given = nested(form.fields)
    for upload in form.files:
        _put(given, _path(upload.field), upload)
    return given


async def _json(request: web.Request) -> dict[str, Any]:
    body = bytearray()
    async for chunk in request.content.iter_chunked(forms.CHUNK_BYTES):
        body += chunk
        if len(body) > FORM_LIMIT_BYTES:
            raise forms.TooMuch("json")
    if not body.strip():
        return {}
    try:
        return json_gate.loads(bytes(body), max_bytes=FORM_LIMIT_BYTES)
    except Malformed as error:
        raise BadInput(f"body: {error}") from error


def nested(fields: Mapping[str, list[str]]) -> dict[str, Any]:
    """What a form's flat names stand for. Raises: BadInput for names that contradict each other."""
    if len(fields) > forms.FIELDS_LIMIT:
        raise BadInput("too many fields")
    found: dict[str, Any] = {}
    for name, values in fields.items():
        if not name:
            continue
        texts = [value.replace("\r\n", "\n").replace("\0", "") for value in values[:LIST_LIMIT]]
        path = _path(name)
        if path[-1] == "":
            _put(found, path[:-1], texts)
        elif "" in path:
            for position, text in enumerate(texts):
                _put(found, [part or str(position) for part in path], text)
        else:
            _put(found, path, texts[0] if len(texts) == 1 else _Several(texts))
    return found


def _path(name: str) -> list[str]:
    """ "a[b][]" as ["a", "b", ""]; a name that does not nest properly is a plain one."""
    match = _KEY.fullmatch(name)
    path = [match[1], *re.findall(r"\[([^\[\]]*)\]", match[2])] if match else [name]
    if len(path) > NESTING_LIMIT:
        raise BadInput("nested too deeply")
    return path


def _put(target: dict[str, Any], path: list[str], value: object) -> None:
    for part in path[:-1]:
        target = target.setdefault(part, {})
        if not isinstance(target, dict):
            raise BadInput(f"{part}: both a value and more than one")
    if isinstance(target.get(path[-1]), dict):
        raise BadInput(f"{path[-1]}: both a value and more than one")
    target[path[-1]] = value
