"""Who of the authors of a list wrote last, in SQL, as `models.newest` keeps it or as it is looked for: there a page begins."""
from __future__ import annotations

from models.conditions import Condition
from models.database import Statement
from models.parts import Part, Span, Way

NOBODY = Condition("SELECT 0 AS id WHERE 1 = 0")
COLUMNS = 3  # that are told of each part


def columns(number: int) -> str:
    """What the statement then tells of the part: how many they are, the newest id of all, and the edge."""
    return f"all{number}.number, all{number}.newest, edge{number}.low"


def source(number: int) -> str:
    """The one row in which that stands."""
    return f"all{number} CROSS JOIN edge{number}"


def beginning(part: Part, number: int, span: Span) -> Statement:
    """What goes before a statement with a part that is near: who wrote last, with their newest id, as "near0"; as "all0" how many
    they are, the newest id of all, and the id above which all is theirs; as "edge0" the one above which besides there is no
    more of each than a page can take: somebody may write more in an hour than others in a year.
    """
    table, those = part.table, _kept(part) if part.way is Way.KEPT else _sought(part)
    low = "CASE WHEN COUNT(*) = ? OR MIN(newest) < ? THEN MIN(newest) ELSE ? END"
    much = (f'SELECT c.id FROM "{table.name}" c WHERE c.{table.author} = near{number}.id'  # noqa: S608 - names of ours
            f" AND c.id > (SELECT low FROM all{number}) AND c.id < ? ORDER BY c.id DESC LIMIT 1 OFFSET {span.size + 1}")
    lows = f"SELECT low FROM all{number} UNION ALL SELECT ({much}) FROM near{number}"  # noqa: S608
    named = {"near": those.sql, "all": f"SELECT COUNT(*) AS number, MAX(newest) AS newest, {low} AS low FROM near{number}",  # noqa: S608
             "edge": f"SELECT MAX(low) AS low FROM ({lows}) AS lows"}  # noqa: S608
    return (", ".join(f"{name}{number} AS ({sql})" for name, sql in named.items()),
            (*those.values, part.authors, part.low, part.low, part.high))


def _kept(part: Part) -> Condition:
    ordered = "ORDER BY newest DESC LIMIT ?"
    each = [f"SELECT * FROM ({one.sql} AND newest_id > ? {ordered}) AS latest{number}"  # noqa: S608
            for number, one in enumerate(part.scope.latest)]
    values = [value for one in part.scope.latest for value in (*one.values, part.end, part.authors)]
    return Condition(f"{' UNION ALL '.join(each)} {ordered}", (*values, part.authors))


def _sought(part: Part) -> Condition:
    table, authors = part.table, part.scope.authors or NOBODY
    newest = f'SELECT MAX(c.id) FROM "{table.name}" c WHERE c.{table.author} = who.id AND c.id > ? AND c.id < ?'  # noqa: S608
    those = f"SELECT who.id, ({newest}) AS newest FROM ({authors.sql}) AS who"  # noqa: S608
    return Condition(f"SELECT * FROM ({those}) AS those WHERE newest IS NOT NULL ORDER BY newest DESC LIMIT ?",  # noqa: S608
                     (part.end, part.high, *authors.values, part.authors))
