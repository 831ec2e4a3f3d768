"""The layering rule of the whole code base, and who may import what from outside it."""
from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
MAY_IMPORT: dict[str, set[str]] = {
    "models": set(),
    "moderation": {"models"},
    "federation": {"models", "moderation"},
    "server": {"models", "moderation", "federation"},
}
NETWORK = {"aiohttp", "socket", "http", "urllib3", "requests", "httpx", "smtplib", "aiosmtplib", "asyncpg", "ftplib", "telnetlib"}
#: The only modules that may import one of these, and which.
NETWORK_DOORS: dict[str, set[str]] = {
    "federation/client.py": {"aiohttp", "socket"},
    "server/settings.py": {"socket"},  # asks whether a name means this computer
    "server/serving.py": {"socket"},  # listens
    "server/entrance/connections.py": {"socket"},  # sets how long what came in may stay unread
    "server/commands/check.py": {"socket"},  # asks whether names are known
    "server/background/mail.py": {"aiosmtplib"},
}
#: What stands in `server`, low to high: a line imports from the lines above it, and what shares a line may know one another.
#: `keys` is in none: it names what hangs on the application, so it knows types of many folders, and many folders know it.
SERVER = (
    "errors", "settings", "views", "words", "pictures", "members", "community", "actions", "entrance", "appearance", "display",
    "archives", "background", "doors", "route", "api pages streams", "team_routes", "routes", "worker", "app", "serving",
    "cli commands demo", "inbox_process", "__main__",
)
STATUS_NAMES = "http.HTTPStatus"  # names of numbers: reaches nothing
#: The parts of aiohttp that answer requests and cannot send any.
SERVER_SIDE = {"aiohttp.web", "aiohttp.hdrs", "aiohttp.BodyPartReader", "aiohttp.MultipartReader", "aiohttp.typedefs.Handler",
               "aiohttp.http_exceptions.HttpProcessingError"}


def imports(folder: str) -> Iterator[tuple[str, int, str]]:
    """Every import below a folder, inside functions and under TYPE_CHECKING too: path, line, dotted name."""
    for path in sorted((ROOT / folder).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                assert node.level == 0, f"{path}:{node.lineno}: imports are absolute here"
                names = [f"{node.module}.{alias.name}" for alias in node.names]
            else:
                continue
            yield from ((path.relative_to(ROOT).as_posix(), node.lineno, name) for name in names)


@pytest.mark.parametrize("layer", MAY_IMPORT)
def test_imports_only_point_down(layer: str) -> None:
    above = MAY_IMPORT.keys() - MAY_IMPORT[layer] - {layer} | {"tests"}
    wrong = [f"{path}:{line} imports {name}" for path, line, name in imports(layer) if name.split(".")[0] in above]
    assert wrong == []


def test_the_folders_of_the_server_point_one_way() -> None:
    place = {name: at for at, names in enumerate(SERVER) for name in names.split()}
    there = {path.stem for path in (ROOT / "server").iterdir() if path.suffix == ".py" or (path / "__init__.py").is_file()}
    assert there - {"__init__", "keys"} == place.keys()
    wrong = []
    for path, line, name in imports("server"):
        source, target = path.split("/")[1].removesuffix(".py"), f"{name}.".split(".")[1]
        if name.startswith("server.") and "keys" not in (source, target) and place[source] < place[target]:
            wrong.append(f"{path}:{line} imports {name}")
    assert wrong == []


@pytest.mark.parametrize("layer", MAY_IMPORT)
def test_only_the_doors_reach_the_network(layer: str) -> None:
    """One outbound client (security.md §0, rule 3); aiohttp.web belongs to `server`, which has no aiohttp client."""
    wrong = []
    for path, line, name in imports(layer):
        top = name.split(".")[0]
        answers = layer == "server" and (name in SERVER_SIDE or name.startswith(("aiohttp.web.", "aiohttp.web_")))
        if answers or name == STATUS_NAMES:
            continue
        if (top in NETWORK or name.startswith("urllib.request")) and top not in NETWORK_DOORS.get(path, set()):
            wrong.append(f"{path}:{line} imports {name}")
    assert wrong == []


def test_only_models_know_the_database_library() -> None:
    """Others import classes and functions of `models`; types, errors and Q are the exceptions that cannot query anything."""
    harmless = {"tortoise.context.TortoiseContext", "tortoise.expressions.Q", "tortoise.expressions.F",
                "tortoise.queryset.QuerySet"}
    wrong = [f"{path}:{line} imports {name}" for layer in MAY_IMPORT.keys() - {"models"} for path, line, name in imports(layer)
             if name.split(".")[0] in {"tortoise", "pypika_tortoise", "aiosqlite", "asyncpg", "sqlite3"}
             and name not in harmless and not name.startswith("tortoise.exceptions.")]
    assert wrong == []


@pytest.mark.parametrize("layer", MAY_IMPORT)
def test_no_module_is_a_junk_drawer(layer: str) -> None:
    names = {path.stem for path in (ROOT / layer).rglob("*.py")}
    assert names.isdisjoint({"utils", "util", "helpers", "helper", "common", "misc", "manager", "managers"})
