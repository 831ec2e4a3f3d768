"""Forms as browsers send them, read with limits: bytes, fields, files, and the length of each."""
from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import IO
from urllib.parse import parse_qsl

from aiohttp import BodyPartReader, web
from aiohttp.http_exceptions import HttpProcessingError

from models.errors import CommunityError

FORM_LIMIT_BYTES = 256 * 1024
FIELDS_LIMIT = 200
FILES_LIMIT = 4
CHUNK_BYTES = 64 * 1024
LARGEST_NUMBER = 2**63 - 1


class TooMuch(CommunityError):
    """The form is larger than the server takes."""

    status = 413
    safe = "error.too_much"


class BadForm(CommunityError):
    """The form cannot be read."""

    safe = "error.bad_form"


@dataclass(frozen=True, slots=True)
class Upload:
    """One file of a form, on disk and unnamed: closing it forgets it."""

    field: str
    file: IO[bytes]
    size: int  # bytes


@dataclass(frozen=True, slots=True)
class Form:
    """What was typed. A field that was not sent is an empty text."""

    fields: Mapping[str, list[str]] = field(default_factory=dict)
    files: tuple[Upload, ...] = ()

    def text(self, name: str, limit: int = 500) -> str:
        """One line: trimmed, without control characters, cut at `limit` characters."""
        words = " ".join(self.get(name).split())
        return "".join(letter for letter in words if letter.isprintable())[:limit]

    def get(self, name: str) -> str:
        """The field as typed, with plain line ends and without NUL, which PostgreSQL refuses."""
        return self.fields.get(name, [""])[-1].replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")

    def all(self, name: str) -> list[str]:
        """Every value of a field that may come several times."""
        return [value.replace("\0", "") for value in self.fields.get(name, [])]

    def has(self, name: str) -> bool:
        """Whether a box is ticked or a button pressed."""
        return name in self.fields


def whole_number(text: str, otherwise: int = 0) -> int:
    """A number from 0 to what the databases hold (63 bits), or `otherwise`."""
    number = int(text) if text.isascii() and text.isdecimal() and len(text) <= 19 else otherwise
    return number if number <= LARGEST_NUMBER else otherwise


async def read(request: web.Request, upload_limit_bytes: int = 0) -> Form:
    """The form of a POST. Files are refused (TooMuch) unless `upload_limit_bytes` allows them. Raises BadForm."""
    if request.content_type == "multipart/form-data":
        return await _multipart(request, upload_limit_bytes)
    body = bytearray()
    async for chunk in request.content.iter_chunked(CHUNK_BYTES):
        body += chunk
        if len(body) > FORM_LIMIT_BYTES:
            raise TooMuch("form")
    try:
        pairs = parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=FIELDS_LIMIT, errors="strict")
    except ValueError as error:
        raise BadForm("urlencoded") from error
    fields: dict[str, list[str]] = {}
    for name, value in pairs:
        fields.setdefault(name, []).append(value)
    return Form(fields)


async def _multipart(request: web.Request, upload_limit_bytes: int) -> Form:
    """`client_max_size` does not guard `multipart()`: every byte is counted here."""
    fields: dict[str, list[str]] = {}
    files: list[Upload] = []
    left, parts = FORM_LIMIT_BYTES, 0
    try:
        async for part in await request.multipart():
            parts += 1
            if not isinstance(part, BodyPartReader) or not part.name or parts > FIELDS_LIMIT:
                raise BadForm("multipart")
            if part.filename is None:
                value = await _small(part, left)
                left -= len(value)
                fields.setdefault(part.name, []).append(value.decode())
            elif upload := await _upload(part, upload_limit_bytes):
                files.append(upload)
                if len(files) > FILES_LIMIT:
                    raise TooMuch("files")
    except (ValueError, HttpProcessingError) as error:  # the second is what aiohttp makes of a part without proper headers
        raise BadForm("multipart") from error
    return Form(fields, tuple(files))


async def _small(part: BodyPartReader, limit_bytes: int) -> bytes:
    body = bytearray()
    while chunk := await part.read_chunk(CHUNK_BYTES):
        body += chunk
        if len(body) > limit_bytes:
            raise TooMuch("form")
    return bytes(body)


async def _upload(part: BodyPartReader, limit_bytes: int) -> Upload | None:
    """The file of a part; None for a file field that was left empty."""
    file = tempfile.TemporaryFile()  # noqa: SIM115 - the handler closes it, or the end of the request does
    size = 0
    while chunk := await part.read_chunk(CHUNK_BYTES):
        size += len(chunk)
        if size > limit_bytes:
            file.close()
            raise TooMuch("file")
        file.write(chunk)
    if size == 0:
        file.close()
        return None
    file.seek(0)
    return Upload(part.name or "", file, size)
