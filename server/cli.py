"""The command line: `dazzle COMMAND`, or `python -m server COMMAND`.

Exit status: 0 done, 1 it could not be done (one sentence on standard error says why), 2 called in a wrong way.
"""
from __future__ import annotations

import asyncio
import inspect
import os
import sys
from collections.abc import Awaitable, Callable, Iterable, Sequence
from importlib import import_module
from typing import Annotated, Any

import typer

from models.database import DatabaseError
from models.errors import CommunityError
from server.commands.output import Misused, Output, complain, sentence
from server.settings import BadSettings, Settings

#: Its arguments after `settings` and `out` are those of the command line; its docstring is the help.
Command = Callable[..., Awaitable[int | None]]
DONE, NOT_DONE, CALLED_WRONGLY, INTERRUPTED = 0, 1, 2, 130
#: The words in front of a command that several share, and what they are about.
GROUPS = {"member": "The people of this community.", "host": "Other servers.",
          "network": "The network of an association.", "keys": "What we sign with, and what private messages are kept under.",
          "message": "What members write.", "token": "What programs sign in with.",
          "consent": "What members said yes and no to.", "crisis": "Words of distress.",
          "signals": "Rules over messages.", "moderation": "How moderation goes.",
          "catalogue": "The names of conditions and signs.",
          "organisation": "Accounts of associations, hospitals, laboratories and companies.",
          "contacts": "Associations, expert centres and professionals that the host lists."}

#: Module and function in `server/commands/`. A module is loaded for its commands only: a server needs none but its own.
COMMANDS: dict[str, str] = {
    "serve": "serve:serve",
    "demo": "demo:demo",
    "member create": "members:create",
    "member list": "members:list_",
    "member suspend": "members:suspend",
    "member limit": "standing:limit",
    "member freeze": "standing:freeze",
    "member lift": "standing:lift",
    "member restore": "members:restore",
    "member erase": "members:erase",
    "member link": "members:link",
    "invite": "members:invite",
    "host allow": "hosts:allow",
    "host list": "hosts:list_",
    "host suspend": "hosts:suspend",
    "host rule": "hosts:rule",
    "host lift": "hosts:lift",
    "host end": "hosts:end",
    "host import": "host_lists:import_",
    "host export": "host_lists:export",
    "host expire-keys": "hosts:expire_keys",
    "network show": "networks:show",
    "network enter": "networks:enter",
    "network leave": "networks:leave",
    "network publish": "networks:publish",
    "keys rotate": "keys:rotate",
    "keys backup": "keys:backup",
    "keys restore": "keys:restore",
    "token create": "tokens:create",
    "token list": "tokens:list_",
    "token revoke": "tokens:revoke",
    "message publish": "messages:publish",
    "consent verify": "consent:verify",
    "crisis check": "crisis:check",
    "moderation measures": "moderation:tell_measures",
    "catalogue build": "catalogue:build",
    "catalogue import": "catalogue:import_",
    "catalogue search": "catalogue:search",
    "catalogue conditions": "catalogue:conditions",
    "organisation create": "organisations:create",
    "organisation list": "organisations:list_",
    "contacts import": "contacts:import_",
    "contacts list": "contacts:list_",
    "contacts remove": "contacts:remove",
    "signals check": "signals:check",
    "deliveries": "deliveries:deliveries",
    "migrate": "serve:migrate",
    "check": "check:check",
    "version": "serve:version",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit status."""
    given = sys.argv[1:] if arguments is None else arguments
    return run(build(asked(given)), given)


def run(program: typer.Typer, arguments: Sequence[str]) -> int:
    """Run what the arguments say; the exit status."""
    try:
        status = program(args=arguments, prog_name="dazzle", standalone_mode=True)
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else NOT_DONE
    return int(status or DONE)


def asked(arguments: Sequence[str]) -> list[str]:
    """The command that the arguments begin with; all of them for whoever asks for help, or has mistyped."""
    return [name for name in COMMANDS if list(arguments[:len(name.split())]) == name.split()] or [*COMMANDS]


def command_named(name: str) -> Command:
    """The function behind a name of COMMANDS."""
    module, _, function = COMMANDS[name].partition(":")
    command: Command = getattr(import_module(f"server.commands.{module}"), function)
    return command


def build(names: Iterable[str]) -> typer.Typer:
    """The program, with these of the COMMANDS."""
    options: dict[str, Any] = {"no_args_is_help": True, "add_completion": False, "rich_markup_mode": None,
                               "pretty_exceptions_enable": False}
    program = typer.Typer(help="Dazzle: a community server for people with a rare disease.", **options)
    groups = {word: typer.Typer(help=about, **options) for word, about in GROUPS.items()}
    for word, part in groups.items():
        program.add_typer(part, name=word)
    for name in names:
        group, _, word = name.rpartition(" ")
        (groups[group] if group else program).command(word)(as_typed(command_named(name)))
    return program


def as_typed(command: Command) -> Callable[..., None]:
    """A command as typer wants it: without `settings` and `out`, with `--json`, and ending with an exit status."""
    def run(*, as_json: bool, **given: Any) -> None:
        raise typer.Exit(carry_out(command, Output(as_json), given))

    signature = inspect.signature(command, eval_str=True)
    own = [parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY) for parameter in list(signature.parameters.values())[2:]]
    as_json = inspect.Parameter("as_json", inspect.Parameter.KEYWORD_ONLY, default=False, annotation=Annotated[
        bool, typer.Option("--json", help="Print JSON instead of sentences.")])
    run.__signature__ = inspect.Signature([*own, as_json])  # type: ignore[attr-defined]
    run.__annotations__ = {parameter.name: parameter.annotation for parameter in (*own, as_json)}
    run.__doc__ = command.__doc__
    return run


def carry_out(command: Command, out: Output, given: dict[str, Any]) -> int:
    """Run a command on an event loop; its exit status. Whatever goes wrong is one sentence, never a traceback."""
    try:
        settings = Settings.read(os.environ)
        with asyncio.Runner(loop_factory=fastest_loop()) as runner:
            return runner.run(_ended(command(settings, out, **given)))
    except BadSettings as error:
        complain(f"The settings are wrong:\n{error}")
        return CALLED_WRONGLY
    except Misused as error:
        complain(sentence(error))
        return CALLED_WRONGLY
    except CommunityError as error:
        complain(sentence(error))
    except (OSError, DatabaseError) as error:
        complain(f"The database or a file cannot be used: {error}")
    except KeyboardInterrupt:
        return INTERRUPTED
    return NOT_DONE


async def _ended(work: Awaitable[int | None]) -> int:
    return await work or DONE


def fastest_loop() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """uvloop where it is installed (everywhere but on Windows), else the loop of Python."""
    try:
        import uvloop
    except ImportError:
        return None
    loop: Callable[[], asyncio.AbstractEventLoop] = uvloop.new_event_loop
    return loop


if __name__ == "__main__":
    sys.exit(main())
