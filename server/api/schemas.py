"""The types of what the client API answers, as JSON Schema 2020-12, which OpenAPI 3.1 uses.

pydantic reads TypedDicts from Python 3.12 on only, and we run on 3.11; what entities are made of is little.
"""
from __future__ import annotations

import types
from collections.abc import Mapping, Sequence
from enum import Enum
from typing import Annotated, Any, Literal, NotRequired, Required, Union, get_args, get_origin, get_type_hints, is_typeddict

Schema = dict[str, Any]
PLAIN: dict[Any, Schema] = {
    str: {"type": "string"}, int: {"type": "integer"}, float: {"type": "number"}, bool: {"type": "boolean"},
    type(None): {"type": "null"}, None: {"type": "null"}, Any: {}, object: {}}
PLACE = "#/components/schemas/"


class Schemas:
    """Collects the entities that it meets; `found` holds them by their name."""

    def __init__(self) -> None:
        self.found: dict[str, Schema] = {}
        self._of: dict[str, Any] = {}

    def of(self, kind: Any) -> Schema:
        """The schema of a type; entities are referred to. TypeError for what entities are not made of."""
        if is_typeddict(kind):
            return {"$ref": PLACE + self._entity(kind)}
        if kind in PLAIN:
            return dict(PLAIN[kind])
        if isinstance(kind, type) and issubclass(kind, Enum):
            return {"type": "string", "enum": [str(one.value) for one in kind]}
        return self._composed(kind)

    def _composed(self, kind: Any) -> Schema:
        origin, arguments = get_origin(kind), get_args(kind)
        if origin in (Annotated, NotRequired, Required):
            return self.of(arguments[0])
        if origin is Literal:
            return {"enum": list(arguments)}
        if origin in (Union, types.UnionType):
            return {"anyOf": [self.of(one) for one in arguments]}
        if origin in (list, Sequence):
            return {"type": "array", "items": self.of(arguments[0])}
        if origin in (dict, Mapping):
            return {"type": "object", "additionalProperties": self.of(arguments[1])}
        raise TypeError(f"no schema for {kind}")

    def _entity(self, kind: Any) -> str:
        name: str = kind.__name__
        if self._of.setdefault(name, kind) is not kind:  # two modules have one name for two things
            name = f"{kind.__module__.rpartition('.')[2].title()}{name}"
            self._of[name] = kind
        if name not in self.found:
            self.found[name] = {}  # an entity may hold others of its kind
            hints = get_type_hints(kind, globalns={}, include_extras=True)  # inherited names mean those of their own module
            needed = [key for key, hint in hints.items() if get_origin(hint) is not NotRequired and key in kind.__required_keys__]
            self.found[name] = {
                "type": "object", "description": " ".join((kind.__doc__ or "").split()),
                "properties": {key: self.of(hint) for key, hint in hints.items()},
                "required": needed}
        return name
