"""Which facets of people may be searched and shown, so that no sequence of searches tells of a group below the threshold.

People are divided into classes, and all of a class look alike: what is not alike for enough of them is left out. Whatever is
asked of what is left gives whole classes, so that also what lies between two answers is a class or several, and never a
smaller group (health.md §3.4, R1 and R2; k-anonymity by suppression, Sweeney 2002). Only the class of which nothing is told may
be smaller: of those, nobody learns more than that they are there.
"""
from __future__ import annotations

from collections.abc import Mapping
from itertools import groupby

#: The facets of somebody in the order of `models.directory.FACETS`; "" for what they do not tell.
Facets = tuple[str, ...]


def kept(counts: Mapping[str, int], least: int) -> set[str]:
    """The values of one facet that may be told of people who differ in nothing else: each of at least `least`, and those of whom
    it is not told are none or at least as many, so that nobody finds them by subtraction.
    """
    large = {value: count for value, count in counts.items() if value and count >= least}
    rest = sum(counts.values()) - sum(large.values())
    while large and 0 < rest < least:
        smallest = min(large.values())
        rest += sum(count for count in large.values() if count == smallest)  # by their number, never by their name
        large = {value: count for value, count in large.items() if count > smallest}
    return set(large)


def shown(cells: Mapping[Facets, int], least: int, known: Facets = ()) -> dict[Facets, Facets]:
    """What may be shown of each kind of people, of whom there are so many. `known`: facets in front of these, decided before."""
    return _shown(sorted(cells.items()), 0, least, known)


def _shown(cells: list[tuple[Facets, int]], at: int, least: int, told: Facets) -> dict[Facets, Facets]:
    if not cells or at == len(cells[0][0]):
        return {cell: told for cell, _ in cells}
    cells = sorted(cells, key=lambda one: one[0][at])
    groups = {value: list(group) for value, group in groupby(cells, key=lambda one: one[0][at])}
    large = kept({value: sum(count for _, count in group) for value, group in groups.items()}, least)
    found: dict[Facets, Facets] = {}
    for value in large:
        found |= _shown(groups[value], at + 1, least, (*told, value))
    rest = [cell for value, group in groups.items() if value not in large for cell in group]
    return found | _shown(rest, at + 1, least, (*told, ""))
