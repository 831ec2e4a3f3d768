"""Style sheets, fonts, scripts and pictures of the theme, read into memory once when the server starts."""
from __future__ import annotations

import gzip
import hashlib
import mimetypes
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

FOLDER_URL = "/static/"
ASSET_LIMIT_BYTES = 1_000_000
PACKED = {".css", ".js", ".svg", ".txt"}  # the rest is compressed already
TYPES = {".woff2": "font/woff2", ".js": "text/javascript", ".svg": "image/svg+xml", ".css": "text/css", ".txt": "text/plain"}
CSS_URL = re.compile(r'url\("([a-zA-Z0-9_./-]+)"\)')


@dataclass(frozen=True, slots=True, kw_only=True)
class Asset:
    """One file, ready to be sent. `version` changes with its content."""

    content_type: str
    body: bytes
    packed: bytes | None  # gzip, when that is smaller
    version: str


@lru_cache(maxsize=128)
def asset(name: str, body: bytes) -> Asset:
    """A file with this name and content. Packing is slow, so it is done once, however many themes have the file."""
    suffix = Path(name).suffix
    content_type = TYPES.get(suffix) or mimetypes.guess_type(name)[0] or "application/octet-stream"
    packed = gzip.compress(body, 9, mtime=0) if suffix in PACKED else None
    return Asset(content_type=content_type, body=body, packed=packed if packed and len(packed) < len(body) else None,
                 version=hashlib.sha256(body).hexdigest()[:12])


def load_assets(folders: Iterable[Path]) -> dict[str, Asset]:
    """Path below /static/ -> file. The first folder that has a path wins. Hidden and huge files stay out."""
    files: dict[str, Path] = {}
    for folder in folders:
        for file in sorted(folder.rglob("*")):
            path = file.relative_to(folder)
            hidden = any(part.startswith(".") for part in path.parts)
            if file.is_file() and not hidden and file.stat().st_size <= ASSET_LIMIT_BYTES:
                files.setdefault(path.as_posix(), file)
    plain = {path: asset(path, file.read_bytes()) for path, file in files.items()}
    return plain | {path: _versioned(path, sheet, plain) for path, sheet in plain.items() if path.endswith(".css")}


def _versioned(path: str, sheet: Asset, assets: Mapping[str, Asset]) -> Asset:
    """A style sheet whose fonts and pictures are named with their version, so that they too can be kept for ever."""
    folder = path.rpartition("/")[0]

    def with_version(found: re.Match[str]) -> str:
        target = f"{folder}/{found[1]}".lstrip("/")
        return f'url("{found[1]}?v={assets[target].version}")' if target in assets else found[0]
    return asset(path, CSS_URL.sub(with_version, sheet.body.decode()).encode())


def address(assets: Mapping[str, Asset], path: str) -> str:
    """The address of a file that a page links to. KeyError if the theme has no such file: a dead link is a bug."""
    return f"{FOLDER_URL}{path}?v={assets[path].version}"
