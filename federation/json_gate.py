"""JSON from strangers, read once and strictly.

`json.loads` alone accepts NaN, keeps the last of two equal keys, lets lone surrogates through and raises
RecursionError on deep input (spec: security rule 7). Everything here is linear in the size of the body.
"""
from __future__ import annotations

import json
import math
import re
from typing import Any, NoReturn

from federation.errors import Malformed

MAX_DEPTH = 32
MAX_NODES = 10_000
MAX_INTEGER = 2**53  # RFC 8259 section 6: beyond it readers no longer agree on the number
_ALL_BUT_BRACKETS = bytes(byte for byte in range(256) if byte not in b"[]{}")
_STEPS = {ord("["): 1, ord("{"): 1, ord("]"): -1, ord("}"): -1}
_SURROGATE_ESCAPE = re.compile(rb"\\u[dD][89a-fA-F]")


def loads(body: bytes, *, max_bytes: int, max_depth: int = MAX_DEPTH) -> dict[str, Any]:
    """The object that `body` holds, or Malformed: too large, too deep, too many parts, not UTF-8, not strict JSON."""
    if len(body) > max_bytes:
        raise Malformed("the document is too large")
    unescaped = body.replace(b"\\\\", b"")
    if not _is_small(body, max_depth):
        _check_shape(unescaped, max_depth)
    if b"\\u0000" in unescaped:
        raise Malformed("the document contains NUL")
    try:
        document = _DECODER.decode(body.decode("utf-8"))
        if _SURROGATE_ESCAPE.search(unescaped):
            json.dumps(document, ensure_ascii=False).encode("utf-8")  # a lone surrogate cannot be encoded
    except (ValueError, RecursionError) as error:
        raise Malformed("the document is not strict JSON in UTF-8") from error
    if not isinstance(document, dict):
        raise Malformed("the document is not an object")
    return document


def dumps(document: object) -> bytes:
    """The document as compact UTF-8; the same input gives the same bytes."""
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode("utf-8")


def _is_small(body: bytes, max_depth: int) -> bool:
    """Whether it cannot be too deep, nor have too many parts, wherever its brackets and commas stand: most are."""
    opened = body.count(b"[") + body.count(b"{")
    return opened <= max_depth and opened + body.count(b"]") + body.count(b"}") + body.count(b",") <= MAX_NODES


def _check_shape(unescaped: bytes, max_depth: int) -> None:
    """Count depth and parts before the parser builds anything; `unescaped` has lost its escaped backslashes.

    What stands between the quotes of strings does not count. A stray backslash outside a string can confuse
    this count only behind the place where the parser will stop.
    """
    outside = b" ".join(unescaped.replace(b'\\"', b"").split(b'"')[::2])
    brackets = outside.translate(None, _ALL_BUT_BRACKETS)
    if outside.count(b",") + len(brackets) > MAX_NODES:
        raise Malformed("the document has too many parts")
    depth = 0
    for byte in brackets:
        depth += _STEPS[byte]
        if depth > max_depth:
            raise Malformed("the document is too deep")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("duplicate key")
    return members


def _integer(digits: str) -> int:
    if len(digits) > 17 or abs(number := int(digits)) > MAX_INTEGER:
        raise ValueError("integer out of range")
    return number


def _real(digits: str) -> float:
    if len(digits) > 64 or not math.isfinite(number := float(digits)):
        raise ValueError("number out of range")
    return number


def _constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


_DECODER = json.JSONDecoder(object_pairs_hook=_object, parse_int=_integer, parse_float=_real, parse_constant=_constant)
