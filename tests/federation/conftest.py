"""People of the tests of federation: a member of ours, and two neighbours on another server."""
from __future__ import annotations

import pytest

from models import Actor
from tests.live import LiveServer
from tests.peer import Peer, PeerActor


@pytest.fixture
async def alice(alpha: LiveServer) -> Actor:
    """Our member, who lets everyone follow."""
    return await alpha.member("alice")


@pytest.fixture
async def vera(peer: Peer) -> PeerActor:
    """Somebody honest elsewhere."""
    return peer.actor("vera")


@pytest.fixture
async def mallory(peer: Peer) -> PeerActor:
    """Her neighbour on the same server, who is not."""
    return peer.actor("mallory")
