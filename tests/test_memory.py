"""Everything that is kept in memory about others has a cap (CVE-2026-69132); what is new fails until it says which."""
from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.test_layers import ROOT

FOLDERS = ("server", "federation", "moderation", "models")
GROWING = ("dict", "OrderedDict", "defaultdict", "Counter", "set", "list", "deque", "WeakValueDictionary")
#: "file attribute" -> the constant of that file that bounds it, or why it cannot grow.
CAPS: dict[str, str] = {
    "server/entrance/limits.py _buckets": "BUCKETS_LIMIT",
    "federation/arrivals.py _heard": "ORIGINS_LIMIT",
    "federation/budgets.py _buckets": "MAX_HOSTS",
    "federation/budgets.py _failures": "MAX_FAILURES",
    "federation/clocks.py _heard": "SERVERS_LIMIT",
    "federation/dispatcher.py _due": "LOOK_AHEAD",
    "federation/dispatcher.py _kept": "one for each slot and LEASED_AHEAD, as nothing is leased while nothing can be given back",
    "federation/dispatcher.py next": "LEASED_AHEAD, beside one for each slot",
    "federation/dispatcher.py tasks": "one for each slot: the settings delivery_slots and delivery_slow_slots",
    "federation/flights.py _under_way": "a flight ends with its request's deadline",
    "federation/follower_digests.py _kept": "KEPT_ACTORS",
    "federation/follower_digests.py _waiting": "DRIFTS_LIMIT",
    "federation/follower_digests.py _next": "DRIFTS_LIMIT",
    "federation/gaps.py _waiting": "WAITING_LIMIT",
    "federation/gaps.py _next": "KEPT_LIMIT",
    "federation/gaps.py _missing": "KEPT_LIMIT",
    "federation/gathering.py _waiting": "one for each open request: the setting connections_per_client",
    "federation/gathering.py _under_way": "as many as there are lanes, which whoever makes a gathering says",
    "federation/intake.py _lanes": "LANES",
    "server/api/schemas.py found": "one for each entity of the API's table",
    "server/api/schemas.py _of": "one for each entity of the API's table",
    "server/api/client_to_server/markdown_of.py parts": "lives as long as one message is read",
    "server/streams/listeners.py _channels": "CHANNELS_LIMIT",
    "server/streams/listeners.py _waiting": "WAITING_LIMIT",
    "server/streams/listeners.py _passed": "REMEMBERED_LIMIT",
    "server/streams/listeners.py _announces": "REMEMBERED_LIMIT",
    "server/streams/listeners.py _present": "LISTENERS_LIMIT",
    "server/background/logs.py _said": "SAID_LIMIT",
    "server/background/failures.py _jobs": "one for each job and kind of error",
    "server/background/relay.py _idle": "IDLE_LIMIT",
    "server/appearance/fragments.py _kept": "FRAGMENTS_LIMIT",
    "server/appearance/theme.py _codes": "one for each template of the themes",
    "models/sqlite_readers.py _opened": "READERS",
    "models/vault.py _known": "REMEMBERED_LIMIT",
    "models/memory.py _kept":
        "its argument limit: STANDINGS_, KEYS_, EDGES_, SPARSE_, INDEXABLE_, KNOCKS_ and UNSETTLED_LIMIT, "
        "and one sparing",
}


def kept(path: Path) -> Iterator[str]:
    """Attributes of objects that can grow: what `__init__` gives an empty or annotated collection."""
    for function in ast.walk(ast.parse(path.read_text())):
        if not isinstance(function, ast.FunctionDef) or function.name != "__init__":
            continue
        for node in ast.walk(function):
            if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Attribute):
                if ast.unparse(node.annotation).split("[")[0] in GROWING:
                    yield f"{path.relative_to(ROOT)} {node.target.attr}"
            elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Attribute) and _is_collection(node.value):
                yield f"{path.relative_to(ROOT)} {node.targets[0].attr}"


def _is_collection(value: ast.expr) -> bool:
    made = isinstance(value, ast.Call) and ast.unparse(value.func).split("[")[0] in GROWING
    return made or isinstance(value, ast.Dict | ast.List | ast.Set)


def sources() -> list[Path]:
    return [path for folder in FOLDERS for path in sorted((ROOT / folder).rglob("*.py"))]


def test_everything_kept_in_memory_has_a_cap() -> None:
    found = {name for path in sources() for name in kept(path)}
    assert found == CAPS.keys(), found ^ CAPS.keys()
    for name, cap in CAPS.items():
        if cap.isupper():
            assert (ROOT / name.split()[0]).read_text().count(cap) >= 2, f"{name}: {cap} is made and used"


def test_every_cache_of_a_function_has_a_size() -> None:
    for path in sources():
        for node in ast.walk(ast.parse(path.read_text())):
            for decorator in getattr(node, "decorator_list", ()):
                text = ast.unparse(decorator)
                assert text not in ("cache", "functools.cache", "lru_cache") and "maxsize=None" not in text, (path, text)


def test_nothing_is_kept_in_modules() -> None:
    """No global collection that starts empty."""
    for path in sources():
        for node in ast.parse(path.read_text()).body:
            value = node.value if isinstance(node, ast.Assign | ast.AnnAssign) else None
            assert not (isinstance(value, ast.Dict | ast.List) and not ast.unparse(value).strip("[]{}")), path
