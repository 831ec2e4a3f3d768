"""The gate lets strict JSON through unchanged and nothing else."""
import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from federation import json_gate
from federation.errors import Malformed

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
SCALARS = st.none() | st.booleans() | st.integers(-2**53, 2**53) | st.floats(allow_nan=False, allow_infinity=False) | TEXT
JSON = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=5) | st.dictionaries(TEXT, inner, max_size=5))

REFUSED = {
    "an array": b"[]",
    "a number": b"1e400",
    "text": b'"x"',
    "nothing": b"",
    "NaN": b'{"a":NaN}',
    "Infinity": b'{"a":-Infinity}',
    "a number that overflows": b'{"a":1e400}',
    "an integer beyond 2**53": b'{"a":9007199254740993}',
    "an integer of many digits": b'{"a":' + b"9" * 5000 + b"}",
    "equal keys": b'{"a":1,"a":2}',
    "equal keys in two spellings": b'{"a":1,"\\u0061":2}',
    "NUL escaped": b'{"a":"\\u0000"}',
    "NUL raw": b'{"a":"\0"}',
    "a lone surrogate": b'{"a":"\\ud800"}',
    "a lone low surrogate in a key": b'{"\\uDFFF":1}',
    "Latin-1": '{"a":"ü"}'.encode("latin-1"),
    "UTF-16": '{"a":1}'.encode("utf-16"),
    "a byte order mark": b"\xef\xbb\xbf{}",
    "too deep": b'{"a":' * 33 + b"1" + b"}" * 33,
    "very deep": b"[" * 100_000,
    "too deep behind brackets in text": b'["]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]",' + b"[" * 40 + b"]" * 41,
    "too many parts": b'{"a":[' + b"1," * 10_001 + b"1]}",
    "two documents": b"{}{}",
    "a comment": b"{}//",
    "unterminated text": b'{"a":"' + b'\\"' * 40_000,
}


@pytest.mark.parametrize("body", REFUSED.values(), ids=REFUSED.keys())
def test_refused(body: bytes) -> None:
    with pytest.raises(Malformed):
        json_gate.loads(body, max_bytes=1_000_000)


def test_too_large() -> None:
    with pytest.raises(Malformed, match="too large"):
        json_gate.loads(b'{"a":"bcd"}', max_bytes=10)


@given(st.dictionaries(TEXT, JSON, max_size=5))
def test_what_we_write_we_read(document: dict[str, object]) -> None:
    assert json_gate.loads(json_gate.dumps(document), max_bytes=10_000_000, max_depth=100) == document


@given(st.binary(max_size=300) | st.text(alphabet='{}[]",\\u0daé1e', max_size=300).map(str.encode))
def test_agrees_with_the_standard_parser_or_refuses(body: bytes) -> None:
    try:
        document = json_gate.loads(body, max_bytes=1000)
    except Malformed:
        return
    assert document == json.loads(body)


def test_text_may_look_like_structure_and_escapes() -> None:
    code = {"content": "[" * 500 + '{"\\' + "," * 20_000 + "\\u0000 \\ud800", "smile": "😀"}
    assert json_gate.loads(json.dumps(code).encode(), max_bytes=100_000) == code


def test_dumps_is_compact_utf8_and_never_nan() -> None:
    assert json_gate.dumps({"a": ["é", 1]}) == '{"a":["é",1]}'.encode()
    with pytest.raises(ValueError, match="not JSON compliant"):
        json_gate.dumps({"a": float("nan")})


@pytest.mark.parametrize("body", [
    b"[" * 100_000, b'{"a":"' + b"\\" * 100_000, b'"' * 100_000, b'{"a":"' + b'\\"' * 50_000, b"9" * 100_000,
    b'{"a":"' + b"\\ud800" * 16_000 + b'"}', b'{"a":[' + b"{}," * 4000 + b"1]}", b" " * 100_000 + b"{}",
])
def test_hostile_input_is_cheap(body: bytes) -> None:
    """100 KB cost at most 5 ms of our own time; the best of five runs, since the machine is shared."""
    def once() -> float:
        start = time.process_time()
        try:
            json_gate.loads(body, max_bytes=1_000_000)
        except Malformed:
            pass
        return time.process_time() - start

    assert min(once() for _ in range(5)) < 0.005
