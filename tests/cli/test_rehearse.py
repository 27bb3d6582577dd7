"""`rawspoof try` says in a line what it cannot do; what it does is shown in tests/netns/test_rehearsal.py."""

import socket

import pytest

from rawspoof.cli.main import main


def test_a_service_that_is_not_there_is_named(tmp_path, capsys):
    (tmp_path / "secret").write_bytes(b"s" * 32)
    assert main(["try", "--only", "vsftp", "--secret-file", str(tmp_path / "secret")]) == 2
    assert "the nearest is `vsftpd`" in capsys.readouterr().err


def test_a_secret_that_was_named_has_to_be_one(tmp_path, capsys):
    (tmp_path / "secret").write_bytes(b"short")
    assert main(["try", "--secret-file", str(tmp_path / "secret")]) == 1
    assert "5 bytes, 32 expected" in capsys.readouterr().err


def test_ports_are_ports(capsys):
    with pytest.raises(SystemExit):
        main(["try", "--as", "70000"])
    assert "expected a port" in capsys.readouterr().err


def test_a_port_in_use_is_named_with_the_cure(tmp_path, capsys):
    (tmp_path / "secret").write_bytes(b"s" * 32)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        assert main(["try", "-p", port, "--secret-file", str(tmp_path / "secret")]) == 1
    assert capsys.readouterr().err == f"rawspoof: 127.0.0.1 port {port}: Address already in use: name another with -p\n"
