"""`dazzle signals …`: how well the rules over messages do."""
from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from moderation.signals import measuring
from moderation.signals.measuring import Example, Result
from server.commands.output import Failed, Output, table
from server.settings import Settings

SETS = Path(__file__).parents[2] / "tests" / "fixtures" / "signals"
NOT_REACHED = 1


async def check(settings: Settings, out: Output,
                file: Annotated[list[str] | None, typer.Argument(help="Sets of messages; ours if none is named.")] = None) -> int:
    """Show how many messages of a set each rule finds, and how many ordinary ones are held. Exit status 1 below the bars: nine of
    ten found by each rule, one in twenty held wrongly. JSON: {"sets", "reached"}; of each set, by the name of its file, "recall",
    "false_holds" and "rules", which are {rule: [found, of]}.
    """
    sets = {path.name: await asyncio.to_thread(_read, path) for path in _paths(file or [])}
    results = {name: measuring.measure(given) for name, given in sets.items()}
    whole = measuring.measure([one for given in sets.values() for one in given])
    lines = [line for name, result in results.items() for line in (*_lines(name, len(sets[name]), result), "")]
    shown = {"sets": {name: _json(result) for name, result in results.items()}, "reached": whole.is_good}
    out.show(shown, *lines, *_verdict(whole))
    return 0 if whole.is_good else NOT_REACHED


def _paths(named: list[str]) -> list[Path]:
    if found := [Path(one) for one in named] or sorted(SETS.glob("*.jsonl")):
        return found
    raise Failed("There is no set of messages here. Name a file.")


def _verdict(whole: Result) -> list[str]:
    """What was not found, or wrongly, and whether that is good enough."""
    return [*(f"Not found ({rule}): {text}" for rule, text in whole.missed),
            *(f"Not expected ({rule}): {text}" for rule, text in whole.wrong),
            f"All: recall {whole.recall:.3f}, false holds {whole.false_holds:.3f}.",
            "Good." if whole.is_good else "Below the bars."]


def _read(path: Path) -> list[Example]:
    try:
        return measuring.examples(path.read_text("utf-8").splitlines())
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise Failed(f"{path.name} is no set of messages.") from error


def _lines(name: str, count: int, result: Result) -> list[str]:
    rows = [(rule, f"{score.found} of {score.wanted}", f"{score.recall:.2f}", str(score.wrongly))
            for rule, score in result.rules.items()]
    return [f"{name}: {count} messages, {result.ordinary} of them that nobody should hold",
            *table(("rule", "found", "recall", "wrongly"), rows),
            f"recall {result.recall:.3f}, false holds {result.held_wrongly} of {result.ordinary} ({result.false_holds:.3f})"]


def _json(result: Result) -> dict[str, object]:
    return {"recall": result.recall, "false_holds": result.false_holds,
            "rules": {rule: [score.found, score.wanted] for rule, score in result.rules.items()}}
