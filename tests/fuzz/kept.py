"""The folder of inputs that break something, or once did. It imports no target: libFuzzer has to see ours being imported."""
from __future__ import annotations

import hashlib
from pathlib import Path

CORPUS = Path(__file__).parent / "corpus"


def keep(name: str, data: bytes) -> Path | None:
    """The file in which an input is now kept; None if it was already."""
    file = CORPUS / name / hashlib.sha256(data).hexdigest()[:16]
    if file.exists():
        return None
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(data)
    return file
