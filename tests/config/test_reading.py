"""Whatever is given as a configuration and is none has a line that says what it is and what to do."""

import os

import pytest

from rawspoof.config.error import ConfigError
from rawspoof.config.reading import CONF_BYTES_MAX, FILE_BYTES_MAX, contents, read
from rawspoof.config.show import default_text
from tests.signature.foreign.samples import CONF


def complaint(path) -> str:
    with pytest.raises(ConfigError) as caught:
        read(str(path))
    assert "\n" not in str(caught.value)
    return str(caught.value).removeprefix(str(path))


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", ": is empty: `rawspoof config init` writes one"),
        (b" \n\n", ": is empty: "),
        (b"[sensor]\nworkers = ", ":2: not TOML: Invalid value: the file ends there; is it cut off?"),
        (b'[sensor]\nuser = "nob', ":2: not TOML: "),
        (b"[sensor]\nallow = [\n'192.0.2.0/24',\n", ":4: not TOML: "),
        (b"[sensor", ":1: not TOML: "),
        (b"a = 1\na = 2\n", ":2: not TOML: "),
        (b"[sensor]\nworkers = 2\n" + bytes(4096), ": is no configuration but no text, or half-written: NUL bytes"),
        ("[sensor]\n".encode("utf-16"), ": is no configuration but UTF-16 text; save it as UTF-8"),
        (b"[sensor]\nuser = '\xe4'\n", ":2: expected UTF-8 text"),
        (b"\xd4\xc3\xb2\xa1\x02\0\x04\0", ": is no configuration but a packet capture; `rawspoof replay` reads it"),
        (b"\x0a\x0d\x0d\x0a\x1c\0\0\0", ": is no configuration but a packet capture"),
        (b"\x1f\x8b\x08", ": is no configuration but compressed (gzip)"),
        (b"SQLite format 3\0", ": is no configuration but a day of the store"),
        (b"\x7fELF\x02\x01", ": is no configuration but a program"),
        (b"-----BEGIN CERTIFICATE-----\nMIIB", ": is no configuration but a certificate or a key"),
        (b"# nmap\nExclude T:9100\nProbe TCP NULL q||\n", ": is no configuration but an nmap-service-probes; it is"),
        (b'{"smtp_host": "mail"}', ": is no configuration but JSON; an email.json is given with --email-config"),
        (b"admin:$scrypt$ln=15,r=8,p=1$a$b\n", ": is no configuration but a password file"),
        (b"#!/bin/sh\nexec x\n", ": is no configuration but a script"),
        (
            b"SSH-2\\.0-\\w+\n220 [\\d.]+ ready\n(.*)\\r\\n\n",
            ": is no configuration but a file of portspoof's signatures",
        ),
        (b"[[service]]\nid = 'x'\n", ": is no configuration but services; it is given with -s"),
        (b"a = " + b"[" * 50_000, ": not TOML: nested too deeply"),
        (b"\n" + b"a." * 50_000 + b"a = 1", ":2: not TOML: a name of more than 100 parts"),
        (b"[" + b"a . " * 50_000 + b"a]", ":1: not TOML: a name of more than 100 parts"),
        (b"\na = " + b"9" * 5000, ":2: a number of more than 1000 digits"),
        (b"x" * (FILE_BYTES_MAX + 1), ": is longer than 1048576 bytes"),
    ],
)
def test_what_is_no_configuration(tmp_path, data, expected):
    path = tmp_path / "given"
    path.write_bytes(data)
    assert complaint(path).startswith(expected)


@pytest.mark.parametrize("share", range(1, 20))
def test_a_default_file_that_is_cut_off_anywhere_has_one_line_or_is_right(tmp_path, share):
    text = default_text().replace("\n#", "\n").encode()
    path = tmp_path / "r.toml"
    path.write_bytes(text[: len(text) * share // 20])
    assert complaint(path).startswith(":")


def test_a_mark_before_the_text_and_lines_of_windows_do_no_harm(tmp_path):
    path = tmp_path / "r.toml"
    path.write_bytes(b"\xef\xbb\xbf[sensor]\r\nworkers = 2\r\n")
    said = read(str(path))
    assert said.values == {"sensor.workers": 2}
    assert said.lines["sensor.workers"] == 2


def test_a_portspoof_conf_says_that_it_is_one(tmp_path):
    path = tmp_path / "p.conf"
    path.write_text(CONF)
    assert read(str(path)).values == {"portspoof_conf": str(path)}


def test_a_folder_a_pipe_and_a_device_are_not_read(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    assert complaint(tmp_path) == ": is a folder; expected a file in it"
    assert complaint(tmp_path / "pipe").startswith(": is a pipe; expected a file")
    assert complaint("/dev/zero").startswith(": is a device; expected a file")
    assert complaint(tmp_path / "none") == ": cannot be read: No such file or directory"


def test_no_more_is_read_than_is_asked_for(tmp_path):
    path = tmp_path / "huge"
    with path.open("wb") as file:
        file.truncate(CONF_BYTES_MAX * 16)
    assert len(contents(str(path), 10)) == 11
    assert "NUL bytes" in complaint(path)
