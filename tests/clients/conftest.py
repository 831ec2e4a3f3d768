"""The scene of every client test."""
from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.clients.scene import Scene, Templates, copies, scene


@pytest.fixture
def databases(templates: Templates, tmp_path: Path) -> list[str]:
    """Made outside the event loop."""
    return copies(templates, tmp_path)


@pytest.fixture
async def stage(databases: list[str], tmp_path: Path) -> AsyncIterator[Scene]:
    """Two live servers, Camille and Bea."""
    async with scene(databases, tmp_path) as both:
        yield both
