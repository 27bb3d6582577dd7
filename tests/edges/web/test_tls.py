"""A certificate is made once and kept; what is no certificate is named."""

import os
import ssl

import pytest

from rawspoof.edges.sinks.base import SinkError
from rawspoof.edges.web import tls

NAMES = ("192.0.2.1", "2001:db8::1", "localhost", "sensor.example")


def test_a_pair_is_made_once(tmp_path):
    cert, key = tmp_path / "new" / "admin.crt", tmp_path / "new" / "admin.key"
    _, first = tls.context(cert, key, NAMES)
    _, again = tls.context(cert, key, NAMES)
    assert first == again
    assert len(first) == 95
    assert key.stat().st_mode & 0o777 == 0o600


def test_who_trusts_it_can_talk_to_it(tmp_path):
    cert, key = tmp_path / "c", tmp_path / "k"
    server, _ = tls.context(cert, key, NAMES)
    for name in NAMES:
        to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
        there = server.wrap_bio(to_server, to_client, server_side=True)
        here = ssl.create_default_context(cafile=str(cert)).wrap_bio(to_client, to_server, server_hostname=name)
        for end in (here, there, here, there):
            try:
                end.do_handshake()
            except ssl.SSLWantReadError:
                continue
        assert here.version() == "TLSv1.3"
    assert server.minimum_version is ssl.TLSVersion.TLSv1_2


def test_one_of_the_two_alone_is_not_overwritten(tmp_path):
    cert, key = tmp_path / "c", tmp_path / "k"
    cert.write_text("mine")
    with pytest.raises(SinkError, match=f"{tmp_path}"):
        tls.context(cert, key, NAMES)
    assert cert.read_text() == "mine"
    assert not key.exists()


def test_what_is_no_certificate_is_named(tmp_path):
    cert, key = tmp_path / "c", tmp_path / "k"
    tls.make(cert, key, NAMES)
    cert.write_text("-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----\n")
    with pytest.raises(SinkError, match=f"{cert}: no certificate with its key in {key}"):
        tls.context(cert, key, NAMES)


def test_a_link_is_not_followed(tmp_path):
    (tmp_path / "k").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(OSError, match=r"File exists|Too many"):
        tls.make(tmp_path / "c", tmp_path / "k", NAMES)
    assert not os.path.lexists(tmp_path / "elsewhere")
