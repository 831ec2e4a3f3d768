"""The index of the shipped catalogue, made once for all tests and laid into the folders of servers that need it."""
from __future__ import annotations

import shutil
from pathlib import Path

from models.catalogue.catalogue import Catalogue

KEPT = Path(__file__).parent.parent / "var" / "tests"


def whole() -> Catalogue:
    """The catalogue as it is shipped."""
    catalogue = Catalogue(KEPT)
    catalogue.prepare()
    return catalogue


def lay(var_dir: Path) -> None:
    """Give a server of a test the index, so that it need not make its own."""
    shutil.copytree(whole().folder, var_dir / "catalogue", dirs_exist_ok=True)
