"""Settings: read once, at the very start, from one TOML file and then from `DAZZLE_…` variables.

`python -m server.settings > deploy/settings.md` writes the table of all of them for the documents.
"""
from __future__ import annotations

import ipaddress
import re
import shlex
import socket
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, ValidationError, ValidationInfo, field_validator

from federation.dev_peers import DevPeers
from federation.instance import Network
from models.database import KEYS_FOLDER, BadDatabaseUrl, config
from models.errors import CommunityError
from models.vault import Vault

PREFIX = "DAZZLE_"
CONFIG_VARIABLE = "DAZZLE_CONFIG"
DEFAULT_FILE = "dazzle.toml"
DAY_SECONDS = 24 * 60 * 60
KIB = 1024
MIB = 1024 * KIB
DEFAULT_PORTS = {"http": 80, "https": 443}


class BadSettings(CommunityError):
    """One or more settings are wrong; the message names them all, one on each line, and shows no value of a secret."""

    status = 500


def split_list(value: object) -> object:
    """A list written as one text, "a, b", as variables of the environment have to."""
    return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value


def parse_origin(text: str) -> str:
    """The text if it is an origin in its one canonical spelling, else ValueError with what is wrong."""
    parts = urlsplit(text)
    host, port = parts.hostname or "", parts.port
    if parts.scheme not in DEFAULT_PORTS or not host:
        raise ValueError("write it like https://community.example")
    _check_spelling(text, host)
    if port == DEFAULT_PORTS[parts.scheme]:
        raise ValueError("leave the default port out")
    shown = f"[{host}]" if ":" in host else host
    if text != f"{parts.scheme}://{shown}" + (f":{port}" if port else ""):
        raise ValueError("leave out path, final slash, user name and everything else after the host")
    if parts.scheme == "http" and not is_loopback(host):
        raise ValueError("plain http is for this computer only: other servers accept nothing but https")
    return text


def _check_spelling(text: str, host: str) -> None:
    if text != text.lower() or not text.isascii() or host.endswith("."):
        raise ValueError("write the host in lower case, in ASCII (xn--… for other letters) and without a dot at its end")
    if not re.fullmatch(r"[a-z0-9.:-]+", host):
        raise ValueError("the host holds a character that host names do not have")


def is_loopback(host: str) -> bool:
    """Whether a host name, or address without brackets, means this computer and nothing else. May ask the DNS."""
    if host == "localhost" or host.endswith(".localhost"):  # RFC 6761 section 6.3
        return True
    try:
        found = {str(entry[4][0]) for entry in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)}
        return bool(found) and all(ipaddress.ip_address(address).is_loopback for address in found)
    except (OSError, ValueError):
        return False


class Settings(BaseModel):
    """What differs between two installations. Durations end in `_seconds`, sizes in `_bytes`."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True, validate_default=True)

    origin: str = Field("http://localhost:8080", description=(
        "Where people and servers reach this community: scheme and host, no path. It is part of every id, so it never changes."))
    listen_host: str = Field("127.0.0.1", min_length=1, description="The address that the server listens on.")
    listen_port: int = Field(8080, ge=0, le=65535, description="The port that the server listens on; 0 takes any free one.")
    inbox_port: int = Field(0, ge=0, le=65535, description=(
        "For large communities: the port, on this computer, of a second process that takes in what other servers send, so that"
        " much of it slows no page; 0: one process does everything. A reverse proxy may send what comes to"
        " the inboxes there directly (deploy/two-processes.md)."))
    database_url: str = Field("sqlite://var/dazzle.sqlite3", repr=False, description=(
        "Where the rows are: `sqlite://FILE` or `postgres://NAME:PASSWORD@HOST:PORT/DATABASE`."))
    var_dir: Path = Field(Path("var"), description="The folder for images, mails and other files that the server writes.")
    trusted_proxies: Annotated[tuple[str, ...], BeforeValidator(split_list)] = Field((), description=(
        "Networks of reverse proxies whose word about the reader's address is taken, such as `127.0.0.0/8`."))
    dev_peers: Annotated[tuple[str, ...], BeforeValidator(split_list)] = Field((), description=(
        "For development only: `host:port` or loopback networks that may be federated with over plain http."))
    dev_ca_file: str = Field("", description="For development only: a file of certificates to trust in addition.")
    language: Literal["fr", "en"] = Field("fr", description="The language for readers who have not chosen one.")
    source_url: str = Field("", pattern=r"^$|^https?://[!-~]{1,500}$", description=(
        "Where the source code of what runs here can be read, as the AGPL asks of whoever changed it: named on the page about the"
        " community, and to apps and other servers."))
    theme: str = Field("base", pattern=r"^[a-z0-9_-]+$", description="The folder in `themes/` that gives the looks.")
    keys_secret: SecretStr = Field(SecretStr(""), description=(
        "Wraps the keys that private messages are kept under (`keys/` in `var_dir`). Without one, the server makes"
        " `instance.secret` in `var_dir`. It never changes, and belongs in no backup of the keys."))
    smtp_host: str = Field("", description="The mail server; without one, mails are written to `mail/` in `var_dir`.")
    smtp_port: int = Field(587, ge=1, le=65535, description="The port of the mail server.")
    smtp_user: str = Field("", description="The name to sign in to the mail server with; empty: without signing in.")
    smtp_password: SecretStr = Field(SecretStr(""), description="The password for the mail server.")
    smtp_tls: Literal["starttls", "tls", "none"] = Field("starttls", description="How the way to the mail server is encrypted.")
    mail_from: str = Field("", pattern=r"^$|^[!-?A-~]+@[!-?A-~]+$", description=(
        "The address that mails come from; empty: `dazzle@` and the host of the origin."))
    inbox_limit_bytes: int = Field(256 * KIB, ge=KIB, description="Bytes of the largest activity that is accepted.")
    fetch_limit_bytes: int = Field(1_000_000, ge=KIB, description="Bytes of the largest document read from elsewhere, unpacked.")
    fetch_timeout_seconds: float = Field(10, gt=0, le=60, description="Seconds that reading a document may take in all.")
    delivery_timeout_seconds: float = Field(10, gt=0, le=60, description="Seconds that one delivery may take in all.")
    delivery_first_retry_seconds: float = Field(5, gt=0, description="Seconds before the second attempt of a delivery.")
    delivery_give_up_seconds: int = Field(7 * DAY_SECONDS, gt=0, description="Seconds after which a delivery is given up.")
    delivery_slots: int = Field(128, ge=1, le=1000, description="How many deliveries may be on their way at once.")
    delivery_slow_slots: int = Field(8, ge=1, le=1000, description="How many of them may be on their way to slow servers.")
    key_refetch_seconds: int = Field(30, ge=0, description="Seconds before a key that did not fit is fetched again.")
    clock_skew_seconds: int = Field(3600, ge=1, le=12 * 3600, description="Seconds that another server's clock may be off.")
    request_timeout_seconds: float = Field(60, gt=0, le=600, description=(
        "Seconds that a request and its answer may take in all; members' photographs get ten minutes."))
    idle_timeout_seconds: float = Field(65, gt=0, le=600, description=(
        "Seconds after which a connection without a whole request is closed."))
    connections_per_client: int = Field(100, ge=1, description=(
        "How many connections one client may hold; this computer and trusted_proxies may hold more."))
    upload_limit_bytes: int = Field(10 * MIB, ge=KIB, description="Bytes of the largest image that a member may send.")
    image_scanner: str = Field("", description=(
        "A program that looks at every image before it is stored, with its arguments (deploy/scanners.md); empty: none."))
    image_scanner_timeout_seconds: float = Field(20, gt=0, le=120, description=(
        "Seconds that it may take; an image without an answer is held."))
    session_seconds: int = Field(90 * DAY_SECONDS, gt=0, description="Seconds that a browser stays signed in.")
    sign_in_link_seconds: int = Field(1800, gt=0, description="Seconds that a mailed link can be used.")
    undo_seconds: int = Field(30, ge=0, le=600, description="Seconds that a message can be taken back before it leaves.")
    password_time_cost: int = Field(2, ge=1, le=20, description="Argon2: how many passes over the memory.")
    password_memory_kib: int = Field(19456, ge=8, description="Argon2: memory of one hash, in KiB.")
    log_format: Literal["console", "json"] = Field("console", description="Log lines for people, or for machines.")
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="The least important lines to keep.")

    @field_validator("origin")
    @classmethod
    def _origin_is_canonical(cls, text: str) -> str:
        return parse_origin(text)

    @field_validator("image_scanner")
    @classmethod
    def _scanner_can_be_read(cls, command: str) -> str:
        shlex.split(command)  # a ValueError where a quote is open
        return command

    @field_validator("database_url")
    @classmethod
    def _database_is_known(cls, url: str) -> str:
        try:
            config(url)
        except BadDatabaseUrl as error:
            raise ValueError(str(error)) from None
        return url

    @field_validator("trusted_proxies")
    @classmethod
    def _proxies_are_networks(cls, entries: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(str(ipaddress.ip_network(entry)) for entry in entries)

    @field_validator("dev_peers")
    @classmethod
    def _dev_peers_are_loopback(cls, entries: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        DevPeers.parse(entries)
        if entries and "origin" in info.data and not is_loopback(urlsplit(info.data["origin"]).hostname or ""):
            raise ValueError("only a server whose own origin is this computer may have them")
        return entries

    @field_validator("dev_ca_file")
    @classmethod
    def _certificates_can_be_read(cls, name: str) -> str:
        if name and not Path(name).is_file():
            raise ValueError("there is no such file")
        return name

    @property
    def host(self) -> str:
        """The host of the origin, with its port if it is not the default one: "community.example", "localhost:8080"."""
        return urlsplit(self.origin).netloc

    def vault(self) -> Vault:
        """The keys of what is kept sealed."""
        return Vault(self.var_dir / KEYS_FOLDER, self.keys_secret.get_secret_value())

    @property
    def network(self) -> Network:
        """What the layer below is told."""
        return Network(
            origin=self.origin, dev_peers=DevPeers.parse(self.dev_peers), ca_file=self.dev_ca_file,
            inbox_limit_bytes=self.inbox_limit_bytes, fetch_limit_bytes=self.fetch_limit_bytes,
            fetch_timeout_seconds=self.fetch_timeout_seconds, delivery_timeout_seconds=self.delivery_timeout_seconds,
            first_retry_seconds=self.delivery_first_retry_seconds, give_up_seconds=self.delivery_give_up_seconds,
            slots=self.delivery_slots, slow_slots=self.delivery_slow_slots,
            key_refetch_seconds=self.key_refetch_seconds, clock_skew_seconds=self.clock_skew_seconds)

    @classmethod
    def read(cls, environ: Mapping[str, str], toml_path: Path | None = None) -> Settings:
        """Build from a TOML file and, stronger, the variables of `environ` that start with DAZZLE_.

        The file is `toml_path`, else the one that DAZZLE_CONFIG names, else `dazzle.toml` if there is one.
        An empty variable counts as not set. Lists in variables are separated by commas.
        Raises: BadSettings, which names every problem at once, names that do not exist included.
        """
        given = read_toml(environ, toml_path)
        given |= {key.removeprefix(PREFIX).lower(): text for key, text in environ.items()
                  if key.startswith(PREFIX) and key != CONFIG_VARIABLE and text}
        try:
            return cls(**given)
        except ValidationError as error:
            raise BadSettings("\n".join(sentence(problem) for problem in error.errors())) from None


def read_toml(environ: Mapping[str, str], toml_path: Path | None) -> dict[str, Any]:
    """What the file says, nothing if there is none; BadSettings if one was named and cannot be read."""
    named = toml_path or (Path(environ[CONFIG_VARIABLE]) if environ.get(CONFIG_VARIABLE) else None)
    if named is None and not Path(DEFAULT_FILE).exists():
        return {}
    path = named or Path(DEFAULT_FILE)
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BadSettings(f"{path} cannot be read: {error}") from None


def sentence(problem: Any) -> str:
    """One of pydantic's errors as a line for the person who writes the settings."""
    name = ".".join(str(part) for part in problem["loc"])
    if problem["type"] == "extra_forbidden":
        return f"{name}: there is no such setting"
    return f"{name}: {problem['msg'].removeprefix('Value error, ')}"


def table() -> str:
    """Every setting as a Markdown page, for `deploy/settings.md`."""
    lines = [
        "# Settings", "",
        f"From one TOML file (`{DEFAULT_FILE}`, or the one that `{CONFIG_VARIABLE}` names), then from variables, which win.",
        "Lists in a variable are separated by commas. This page is written by `python -m server.settings`.", "",
        "| Setting | Variable | Default | Meaning |", "| --- | --- | --- | --- |",
    ]
    for name, field in Settings.model_fields.items():
        default = field.default.get_secret_value() if isinstance(field.default, SecretStr) else field.default
        shown = f"`{default}`" if default not in ("", ()) else "empty"
        lines.append(f"| `{name}` | `{PREFIX}{name.upper()}` | {shown} | {field.description} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    print(table(), end="")
