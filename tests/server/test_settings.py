"""Settings from a file and from variables, and everything that can be wrong with them."""
from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from server.settings import BadSettings, Settings, is_loopback


@pytest.fixture(autouse=True)
def in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """So that no `dazzle.toml` of the reader's is found."""
    monkeypatch.chdir(tmp_path)


def problems(environ: dict[str, str], toml_path: Path | None = None) -> list[str]:
    """The lines of BadSettings."""
    with pytest.raises(BadSettings) as refusal:
        Settings.read(environ, toml_path)
    return str(refusal.value).splitlines()


def test_nothing_is_needed_to_start() -> None:
    settings = Settings.read({"PATH": "/bin", "LANG": "C"})
    assert (settings.origin, settings.host, settings.dev_peers) == ("http://localhost:8080", "localhost:8080", ())
    assert settings.database_url == "sqlite://var/dazzle.sqlite3"


def test_variables_win_over_the_file(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text('origin = "https://a.example"\nlisten_port = 1\nlanguage = "en"\ntrusted_proxies = ["10.0.0.0/8"]\n')
    settings = Settings.read({"DAZZLE_CONFIG": str(file), "DAZZLE_LISTEN_PORT": "9000", "DAZZLE_LANGUAGE": ""})
    assert (settings.origin, settings.listen_port, settings.language) == ("https://a.example", 9000, "en")
    assert settings.trusted_proxies == ("10.0.0.0/8",)
    assert Settings.read({}, file).listen_port == 1


def test_the_default_file_is_read_when_it_is_there() -> None:
    Path("dazzle.toml").write_text("listen_port = 7")
    assert Settings.read({}).listen_port == 7


def test_lists_in_variables_are_separated_by_commas() -> None:
    settings = Settings.read({"DAZZLE_TRUSTED_PROXIES": "127.0.0.1, ::1/128,", "DAZZLE_DEV_PEERS": "127.0.0.1:8001,127.0.0.0/8"})
    assert settings.trusted_proxies == ("127.0.0.1/32", "::1/128")
    assert settings.dev_peers == ("127.0.0.1:8001", "127.0.0.0/8")


def test_every_problem_is_named_at_once_and_no_secret_is_shown() -> None:
    found = problems({
        "DAZZLE_ORIGIN": "https://Example.org/", "DAZZLE_LISTEN_PORT": "many", "DAZZLE_ORIGON": "x", "DAZZLE_LANGUAGE": "de",
        "DAZZLE_DATABASE_URL": "postgres://me:hunter2@/", "DAZZLE_SMTP_TLS": "hunter2", "DAZZLE_TRUSTED_PROXIES": "proxy",
    })
    assert {line.split(":")[0] for line in found} == {
        "origin", "listen_port", "origon", "language", "database_url", "smtp_tls", "trusted_proxies"}
    assert "origon: there is no such setting" in found
    assert "hunter2" not in "\n".join(found)


@pytest.mark.parametrize("text", ["https://dazzle.example", "https://dazzle.example:8443", "https://xn--bcher-kva.example",
                                  "http://localhost:8001", "http://127.0.0.1:8001", "http://[::1]:8001", "http://alpha.localhost"])
def test_good_origins(text: str) -> None:
    assert Settings(origin=text).origin == text


@pytest.mark.parametrize("text", [
    "dazzle.example", "ftp://dazzle.example", "https://dazzle.example/", "https://dazzle.example/x", "https://Dazzle.example",
    "https://dazzle.example:443", "https://me@dazzle.example", "https://dazzle.example?x", "https://dazzle.example#x",
    "https://dazzle.example.", "https://bücher.example", "https://", "https://a b.example", "https://dazzle.example:port",
    "https://dazzle.example:99999", "http://192.0.2.1", "https://a_b%00.example", "HTTPS://dazzle.example", "https://dazzle.example:",
])
def test_bad_origins(text: str) -> None:
    assert [line.split(":")[0] for line in problems({"DAZZLE_ORIGIN": text})] == ["origin"]


@pytest.mark.parametrize(("origin", "peers"), [
    ("http://localhost:8080", "192.0.2.1:80"), ("http://localhost:8080", "10.0.0.0/8"),
    ("http://localhost:8080", "0.0.0.0/0"), ("http://localhost:8080", "dazzle.example:443"),
    ("http://localhost:8080", "127.0.0.1"), ("http://localhost:8080", "127.0.0.1:99999"), ("https://192.0.2.1", "127.0.0.1:8001"),
])
def test_development_peers_are_loopback_and_so_are_we(origin: str, peers: str) -> None:
    assert [line.split(":")[0] for line in problems({"DAZZLE_ORIGIN": origin, "DAZZLE_DEV_PEERS": peers})] == ["dev_peers"]


def test_what_counts_as_this_computer() -> None:
    assert all(map(is_loopback, ["localhost", "a.localhost", "127.0.0.1", "127.9.9.9", "::1"]))
    assert not any(map(is_loopback, ["192.0.2.1", "0.0.0.0", "::", "no-such-host.invalid", ""]))


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    broken = tmp_path / "broken.toml"
    broken.write_text("origin = ")
    assert problems({}, broken)[0].startswith(f"{broken} cannot be read")
    assert "cannot be read" in problems({"DAZZLE_CONFIG": str(tmp_path / "missing.toml")})[0]
    assert problems({"DAZZLE_DEV_CA_FILE": str(tmp_path / "missing.pem")}) == ["dev_ca_file: there is no such file"]


def test_settings_do_not_change_and_hide_their_secrets() -> None:
    settings = Settings.read({"DAZZLE_SMTP_PASSWORD": "hunter2", "DAZZLE_DATABASE_URL": "postgres://me:hunter2@db/dazzle"})
    assert settings.smtp_password.get_secret_value() == "hunter2"
    assert "hunter2" not in repr(settings) + str(settings)
    with pytest.raises(ValidationError):
        settings.origin = "https://b.example"  # type: ignore[misc]
