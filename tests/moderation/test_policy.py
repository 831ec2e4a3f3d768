"""The rule book, line by line: each case stands against some verbs, for one reason each, and against no other."""
from __future__ import annotations

from typing import Any

import pytest

from models.actor import Organisation
from models.host import Standing
from models.reach import Reach
from moderation.policy import CAN_ANNOUNCE, CAN_LIKE, CAN_REPLY, Facts, Verb, decide

BETWEEN_TWO = "follow answer like vote quote announce name"
CASES: tuple[tuple[dict[str, Any], dict[str, str]], ...] = (
    ({}, {}),
    ({"doer_writes": False}, {"frozen": f"{BETWEEN_TWO} publish"}),
    ({"doer_standing": Standing.UNKNOWN}, {"host": "follow name"}),
    ({"target_standing": Standing.UNKNOWN}, {"host": "follow name"}),
    ({"doer_standing": Standing.LIMITED, "target_standing": Standing.LIMITED}, {}),
    ({"doer_present": False}, {"gone": "follow like vote quote announce name"}),
    ({"target_present": False}, {"gone": "follow like vote quote announce name"}),
    ({"target_moved": True}, {"moved": "follow"}),
    ({"blocked": True}, {"blocked": BETWEEN_TWO}),
    # the yes to leaving
    ({"consents": False}, {}),
    ({"crosses": True}, {}),
    ({"crosses": True, "consents": False}, {"consent": f"{BETWEEN_TWO} publish"}),
    ({"reach": Reach.PARTNERS, "consents": False}, {"consent": "publish answer announce"}),
    # how far
    ({"reach": Reach.WEB, "ceiling": Reach.PARTNERS}, {"ceiling": "publish answer quote announce"}),
    ({"reach": Reach.PARTNERS, "ceiling": Reach.PARTNERS}, {}),
    ({"reach": Reach.WEB, "parent_reach": Reach.PARTNERS, "is_own": True}, {"wider": "answer quote announce"}),
    ({"reach": Reach.PARTNERS, "parent_reach": Reach.PARTNERS, "is_own": True}, {}),
    ({"reach": Reach.CIRCLE, "parent_reach": Reach.CIRCLE, "is_own": True}, {"quoted_for_few": "quote", "circle": "announce"}),
    ({"reach": Reach.CIRCLE}, {"quoted_for_few": "quote"}),
    # the message
    ({"sees_post": False}, {"unseen": "answer like vote quote announce"}),
    ({"is_kept_back": True}, {"kept_back": "answer quote announce"}),
    ({"is_settled": True}, {"settled": "answer"}),
    ({"withheld": frozenset({CAN_REPLY})}, {"unanswerable": "answer"}),
    ({"asks_first": True, "reach": Reach.PARTNERS, "target_standing": Standing.LIMITED}, {"unasked": "answer"}),
    ({"asks_first": True, "reach": Reach.WEB, "target_standing": Standing.LIMITED}, {}),
    ({"asks_first": True, "reach": Reach.PARTNERS}, {}),
    ({"withheld": frozenset({CAN_LIKE})}, {"withheld": "like"}),
    ({"withheld": frozenset({CAN_ANNOUNCE})}, {"withheld": "announce"}),
    # quotes
    ({"allows_quotes": False}, {"unquotable": "quote"}),
    ({"allows_quotes": False, "is_own": True}, {}),
    ({"parent_reach": Reach.PARTNERS}, {"unquotable": "quote"}),
    ({"crosses": True, "reach": Reach.PARTNERS, "target_standing": Standing.LIMITED}, {"host": "quote"}),
    ({"crosses": True, "reach": Reach.WEB, "target_standing": Standing.LIMITED}, {}),
    ({"crosses": True, "target_standing": Standing.LIMITED}, {}),
    ({"reach": Reach.PARTNERS, "target_standing": Standing.LIMITED}, {}),
    # organisations
    ({"organisation": Organisation.HOSPITAL}, {"organisation": "follow name search"}),
    ({"organisation": Organisation.HOSPITAL, "is_known_to_target": True}, {"organisation": "search"}),
    ({"organisation": Organisation.HOSPITAL, "is_known_to_target": True, "reach": Reach.CIRCLE},
     {"organisation": "publish search", "quoted_for_few": "quote"}),
    ({"organisation": Organisation.LAB, "is_known_to_target": True},
     {"organisation": "search", "company": "answer like vote quote announce"}),
    ({"organisation": Organisation.COMPANY, "is_known_to_target": True, "addresses_doer": True},
     {"organisation": "search", "company": "quote announce"}),
    ({"organisation": Organisation.COMPANY, "is_known_to_target": True, "addresses_doer": True, "is_own": True},
     {"organisation": "search"}),
)


@pytest.mark.parametrize(("known", "against"), CASES)
def test_what_stands_against_whom(known: dict[str, Any], against: dict[str, str]) -> None:
    said = {verb.value: decide(verb, Facts(**{"allows_quotes": True} | known)) for verb in Verb}
    assert said.pop("feature").reason == "listed", "nobody is put on a list"
    expected = {verb: reason for reason, verbs in against.items() for verb in verbs.split()}
    assert {verb: decision.reason for verb, decision in said.items() if not decision} == expected
