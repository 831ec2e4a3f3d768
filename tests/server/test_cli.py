"""The table of commands, and what is true of every command."""
from __future__ import annotations

import inspect
import subprocess
import sys

import pytest

from server import cli
from tests.test_layers import ROOT


@pytest.mark.parametrize("name", cli.COMMANDS)
def test_every_command_has_help_and_prints_json(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main([*name.split(), "--help"]) == cli.DONE
    said = capsys.readouterr().out
    assert "--json" in said
    assert (inspect.getdoc(cli.command_named(name)) or "").split(".")[0].split()[0] in said
    assert "JSON" in said  # its shape is documented


def test_every_word_before_a_command_is_explained() -> None:
    assert {name.rpartition(" ")[0] for name in cli.COMMANDS} - {""} == set(cli.GROUPS)


def test_without_a_command_the_help_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main([]) == cli.CALLED_WRONGLY
    said = capsys.readouterr()
    assert "Usage" in said.out + said.err


def test_it_runs_as_a_module_and_loads_no_word_lists() -> None:
    code = ("import gc, sys; from server.__main__ import main; sys.argv = ['dazzle', 'version']; main();"
            " sys.exit(bool({'zxcvbn', 'rich.console'} & {*sys.modules}) or not gc.isenabled() or not gc.get_freeze_count())")
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.DEVNULL, check=False).returncode == 0
    done = subprocess.run([sys.executable, "-m", "server", "version"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("dazzle ")
