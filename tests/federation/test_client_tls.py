"""The client believes certificates that the system knows, and those of one extra authority."""
import ssl
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from aiohttp import web
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from federation.addresses import DevPeers
from federation.client import Client
from federation.errors import Unreachable

LOOPBACK = DevPeers.parse(["127.0.0.0/8"])


def certificate() -> tuple[bytes, bytes]:
    """A certificate for 127.0.0.1 that signs itself, and its key, as PEM."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    today = datetime.now(UTC)
    signed = (x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
              .serial_number(1).not_valid_before(today - timedelta(days=1)).not_valid_after(today + timedelta(days=1))
              .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
              .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
              .sign(key, hashes.SHA256()))
    return (signed.public_bytes(Encoding.PEM),
            key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))


async def test_certificates_are_checked_and_an_extra_authority_can_be_given(tmp_path: Path) -> None:
    files = [tmp_path / "certificate.pem", tmp_path / "key.pem"]
    for file, pem in zip(files, certificate(), strict=True):
        file.write_bytes(pem)
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(str(files[0]), str(files[1]))
    runner = web.AppRunner(web.Application())
    runner.app.router.add_route("GET", "/", answer_empty)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=tls)
    await site.start()
    url = f"https://127.0.0.1:{runner.addresses[0][1]}/"
    try:
        async with Client(user_agent="test/1", dev=LOOPBACK) as it:
            with pytest.raises(Unreachable):
                await it.get_document(url)
        async with Client(user_agent="test/1", dev=LOOPBACK, ca_file=files[0]) as it:
            assert await it.get_document(url) == (url, {})
    finally:
        await runner.cleanup()


async def answer_empty(request: web.Request) -> web.Response:
    return web.json_response({}, content_type="application/activity+json")
