"""Every document of other software that we have is taken, ignored or refused in time; the odd ones as their notes say."""
from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from tests.live import LiveServer
from tests.test_layers import ROOT
from tests.wire.replay import Outcome, replay

DOCUMENTS = ROOT.parent / "shared/data/activities"
SLOWEST_MS = 1000
WEB, DOOR = "taken as a message for web", "refused at the door: 400"
#: What the manifest asks of each, as the beginning of what became of it.
ODD = {
    "accept-without-follow": "refused", "actor-alsoKnownAs-string": "taken as Person", "actor-attachment-many": "taken as Person",
    "actor-inbox-loopback": "refused", "actor-object": WEB, "actor-sharedInbox-other-host": "taken as Person",
    "attachment-alt-html": WEB, "attachment-html": WEB, "attachment-svg": WEB, "collection-total-string": DOOR,
    "content-class-injection": WEB, "content-control-chars": WEB, "content-deep-html": WEB, "content-javascript-link": WEB,
    "content-null": WEB, "content-zalgo": WEB, "context-object-only": WEB, "context-redefines-terms": WEB,
    "delete-unknown-account": "ignored: not stored", "expanded-jsonld": DOOR, "id-javascript-url": DOOR, "id-not-a-url": DOOR,
    "inReplyTo-object": WEB, "inReplyTo-private-network": WEB, "json-bom": DOOR, "json-latin1": DOOR, "json-number": DOOR,
    "json-utf16": DOOR, "no-addressing": "taken as a message for circle", "object-array": "refused: no object",
    "object-missing": DOOR, "object-string-only": WEB, "page-lemmy": WEB, "published-offset": WEB,
    "question-thousand-options": WEB, "question-vote": "ignored", "summary-html": WEB, "tag-nulls": WEB,
    "tag-object-not-list": WEB, "to-as-Public-short": WEB, "type-array": WEB}
#: Of the others, how many at least are taken: fewer means that something which federated no longer does.
TAKEN_AT_LEAST = 200


@pytest.fixture
def database_kind() -> str:
    """One database; the wire does not know which."""
    return "sqlite"


@pytest.fixture
def documents() -> Path:
    if not DOCUMENTS.is_dir():
        pytest.skip("the documents of other software are not here (../shared/data/activities)")
    return DOCUMENTS


async def test_every_document_is_taken_or_refused_in_time(alpha: LiveServer, documents: Path) -> None:
    outcomes = await replay(alpha, documents)
    assert len(outcomes) == len(list(documents.glob("*/*.json")))
    assert not [outcome for outcome in outcomes if outcome.status >= 500 or outcome.became.startswith("broken")]
    slow = [outcome.file for outcome in outcomes if outcome.ms > SLOWEST_MS]
    again = [one for number, file in enumerate(slow) for one in await replay(alpha, documents, file, f"patient{number}")]
    assert not [outcome for outcome in again if outcome.ms > SLOWEST_MS]  # twice slow is no accident of a busy machine
    words = Counter(outcome.became.split(":")[0].split(" ")[0] for outcome in outcomes)
    assert words["taken"] >= TAKEN_AT_LEAST, words
    assert not wrong(outcomes)


def wrong(outcomes: list[Outcome]) -> dict[str, str]:
    """The odd documents that became something else than their notes say."""
    odd = {Path(outcome.file).stem: outcome.became for outcome in outcomes if outcome.file.startswith("odd/")}
    assert odd.keys() == ODD.keys()
    return {name: became for name, became in odd.items() if not became.startswith(ODD[name])}
