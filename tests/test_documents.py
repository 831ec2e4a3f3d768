"""Lists in the documents say what the code says."""
from __future__ import annotations

import inspect
import json
import re
import shlex
import subprocess
from pathlib import Path
from typing import Any

import pytest

from federation.contexts import own_terms
from federation.handlers import HANDLERS
from federation.wire import Activity
from models.host import Standing
from models.reach import Reach
from server.cli import COMMANDS, command_named
from server.routes import ROUTES
from server.settings import Settings, table

ROOT = Path(__file__).parent.parent
DOCUMENTS = ("README.md", "CONTRIBUTING.md", "THREATS.md", "CHANGELOG.md",
             *(f"deploy/{path.name}" for path in sorted((ROOT / "deploy").glob("*.md"))))


def test_the_table_of_settings_is_up_to_date() -> None:
    """To write it anew: `python -m server.settings > deploy/settings.md`."""
    assert (ROOT / "deploy" / "settings.md").read_text(encoding="utf-8") == table()


def test_every_setting_says_what_it_means() -> None:
    for name, field in Settings.model_fields.items():
        assert field.description, name
        assert field.description.endswith("."), name
        assert "|" not in field.description, name


def document(name: str) -> str:
    """The text of one document."""
    return (ROOT / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_command_in_the_documents_exists(name: str) -> None:
    """A line "./run word" names a command of `run`; after "./run dazzle" stands one of COMMANDS with its own options."""
    for line in re.findall(r"^ {4}\./run (.+?)(?: {2,}.*)?$", document(name), re.M):
        words = shlex.split(line)
        assert re.search(rf"^  (\w+ \| )*{words[0]}( \| \w+)*\)", document("run"), re.M), line
        if words[0] == "dazzle":
            check_call(words[1:])


def check_call(words: list[str]) -> None:
    """The command is there and knows these options."""
    if words == ["--help"]:
        return
    name = next(name for name in sorted(COMMANDS, key=len, reverse=True) if words[:len(name.split())] == name.split())
    known = {option.replace("_", "-") for option in inspect.signature(command_named(name)).parameters} | {"json"}
    assert {word.removeprefix("--") for word in words if word.startswith("--")} <= known, words


def test_the_readme_shows_every_kind_of_command() -> None:
    shown = document("README.md")
    for words in ("./run demo", "./run test", "./run serve", "./run dazzle check", "./run dazzle migrate"):
        assert f"\n    {words}\n" in shown
    assert shown.index("./run demo") < shown.index("./run test") < shown.index("./run serve")
    missing = [name for name in COMMANDS if not re.search(rf"\./run (dazzle )?{name}\b", shown)]
    assert sorted(missing) == ["catalogue build", "host end", "member link", "member restore", "version"]


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_file_and_address_in_the_documents_exists(name: str) -> None:
    text = document(name)
    for path in re.findall(r"`((?:server|federation|moderation|models|tests|themes|deploy)/[\w/.-]*)", text):
        assert (ROOT / path).exists(), path
    for method, path in re.findall(r"`(GET|POST) (/[^`]*)`", text):
        assert any(route.method == method and route.path == path for route in ROUTES), path
    for target in re.findall(r"\]\(([\w./-]+)\)", text):
        assert (ROOT / name).parent.joinpath(target).exists(), target
    for path in re.findall(r"`(/(?:admin|about|rul|report|moderation|settings)[a-z/-]*)`", text):
        assert any(route.path == path for route in ROUTES), path


def test_the_six_tables_are_where_the_readme_says() -> None:
    found = re.findall(r"^\| `([A-Z]+)` \| `([\w/.]+)`", document("README.md"), re.M)
    assert len(found) == 6
    for table_name, path in found:
        assert re.search(rf"^{table_name}\b.*= *[({{]", document(path), re.M), table_name


def test_threats_answer_every_id() -> None:
    assert re.findall(r"^\| (P\d+) \|", document("THREATS.md"), re.M) == [f"P{number}" for number in range(1, 24)]


def test_no_tracked_file_names_a_machine_or_a_registry() -> None:
    """Paths and hosts of the computer where something was written are of no use to anybody else."""
    pattern = r"(^|[^a-zA-Z0-9_.-])/(work|root|home/[a-z]+|tmp)/[a-z]|index-url|files\.pythonhosted|artifactory|nexus\."
    found = subprocess.run(["git", "grep", "-nIE", pattern, "--", ".", ":!LICENSE", ":!tests/test_documents.py"], cwd=ROOT,
                           capture_output=True, text=True, check=False)
    if found.returncode > 1:
        pytest.skip("not a git repository")
    assert found.stdout == ""


def test_the_activities_in_federation_md_are_those_with_a_handler() -> None:
    """FEP-67ff: the table says neither more nor less than the code."""
    table_ = document("FEDERATION.md").partition("## Activities")[2].partition("## Reach")[0]
    assert re.findall(r"^\| `(\w+)` \|", table_, re.M) == sorted(HANDLERS)


LEFT_OUT = re.compile(r",?\s*(…|at most)[^{}\[\]]*(?=[}\]])")


def examples() -> list[dict[str, Any]]:
    """The JSON objects that stand in FEDERATION.md, what is left out of them by an ellipsis left out."""
    found: list[dict[str, Any]] = []
    for block in re.findall(r"(?:^ {4,}\S.*\n)+", document("FEDERATION.md"), re.M):
        parts = re.split(r'("[^"]*")', " ".join(block.split()))
        text = "".join(part if part[:1] == '"' else re.sub(LEFT_OUT, "", part) for part in parts)
        start = 0
        if re.match(r'"[\w@]+":', text):
            text = f"{{{text.rstrip(',')}}}"
        while (start := text.find('{"', start)) >= 0:
            one, start = json.JSONDecoder().raw_decode(text, start)
            found.append(one)
    return found


def names_in(value: Any) -> set[str]:
    """The names of properties, and the types, in a document, but for names of terms, countries and languages."""
    if isinstance(value, list):
        return {name for one in value for name in names_in(one)}
    if not isinstance(value, dict):
        return set()
    inner = {name for key, one in value.items() if key not in ("@context", "bands", "contentMap") for name in names_in(one)}
    return inner | {*value} | ({str(value["type"])} if "type" in value else set())


def test_the_examples_in_federation_md_are_json_and_say_what_the_code_says() -> None:
    """Each can be read; its properties and types are in the source; what is an activity of ours is read as one."""
    found = examples()
    code = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "federation").rglob("*.py"))
    said = {*re.findall(r"[\"'](@?\w+)[\"']", code), *re.findall(r"\b(\w+)=", code)}
    assert len(found) > 35 and set().union(*(names_in(one) for one in found)) - said == set()
    activities = [one for one in found if one.get("type") in HANDLERS and "actor" in one]
    assert len(activities) > 15
    for one in activities:
        assert Activity.parse({"id": f"{one['actor']}/1"} | one).type == one["type"]
    terms = next(one for one in found if "Withdraw" in one)
    assert terms.items() <= own_terms("https://a.example").items()


def test_the_standings_and_reaches_in_federation_md_are_those_of_the_code() -> None:
    text = document("FEDERATION.md")
    assert set(re.findall(r"^\| `(\w+)` \|", text.partition("## Whom")[2].partition("### ")[0], re.M)) == set(Standing)
    reaches = re.findall(r"^\| (`.+?`) \|", text.partition("## Reach")[2].partition("## Documents")[0], re.M)
    assert {word for cell in reaches for word in re.findall(r"`(\w+)`", cell)} == set(Reach)
