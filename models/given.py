"""Lists as one value of a statement, so that its text, and what the databases make of it, is the same however long they are."""
from __future__ import annotations

import json
from collections.abc import Collection

from models.database import dialect


def one_of(column: str, kind: str = "bigint") -> str:
    """The condition that a column is in a list, which is a value of its own: `listed`. `kind`: as PostgreSQL calls it."""
    if dialect() == "postgres":
        return f"{column} = ANY(CAST(? AS {kind}[]))"
    return f"{column} IN (SELECT value FROM json_each(?))"  # noqa: S608


def listed(values: Collection[object]) -> object:
    """The value that stands for such a list."""
    return list(values) if dialect() == "postgres" else json.dumps(list(values))
