"""Foreign files: told apart by what is in them, refused in one line, made once and kept."""

import os

import pytest

from rawspoof.config.load import ConfigError
from rawspoof.config.model import Config, Sensor
from rawspoof.core.signature.imported import services
from rawspoof.edges.system import imports
from rawspoof.edges.system.imports import Kind, Wishes
from tests.signature.foreign.samples import BROKEN, CONF, PROBES, SIGNATURES

OURS = '[[service]]\nid = "a"\n'
CONTENT = {
    Kind.OURS: OURS.encode(),
    Kind.NMAP: PROBES.encode(),
    Kind.PORTSPOOF: SIGNATURES,
    Kind.CONF: CONF.encode(),
}


def write(folder, content, name="file"):
    path = folder / name
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("kind", Kind)
def test_a_file_is_told_by_what_is_in_it(tmp_path, kind):
    assert imports.read(write(tmp_path, CONTENT[kind]))[0] is kind


def test_a_toml_file_is_ours_whatever_is_in_it(tmp_path):
    assert imports.read(write(tmp_path, SIGNATURES, "x.toml"))[0] is Kind.OURS


@pytest.mark.parametrize(("content", "why"), [(b"", "is empty"), (b"\n \n", "is empty"), (b"a\0b", "is binary")])
def test_what_holds_no_signatures_is_refused_in_one_line(tmp_path, content, why):
    path = write(tmp_path, content)
    with pytest.raises(ConfigError, match=f"^{path}: {why}; expected [^\n]+$"):
        imports.read(path)


def test_what_cannot_be_read_is_refused(tmp_path):
    with pytest.raises(ConfigError, match="none: cannot be read: No such file"):
        imports.read(tmp_path / "none")


def test_a_configuration_and_a_pipe_are_no_signatures(tmp_path):
    with pytest.raises(ConfigError, match="is a configuration of rawspoof, which is given with -c; expected"):
        imports.read(write(tmp_path, b"[sensor]  # which\nworkers = 2\n", "r.toml"))
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(ConfigError, match="is a pipe"):
        imports.read(tmp_path / "pipe")


def test_what_is_too_long_is_refused(tmp_path):
    path = write(tmp_path, b"x")
    os.truncate(path, imports.FILE_MAX + 1)
    with pytest.raises(ConfigError, match="is longer than"):
        imports.read(path)


def load(folder, content, wish=imports.Wishes()):  # noqa: B008  a value
    path = write(folder, content)
    return imports.load(path, *imports.read(path), wish)


def test_match_lines_become_services(tmp_path):
    made, problems = load(tmp_path, PROBES.encode())
    found = services("nmap", made, {})
    assert [service.id for service in found] == ["nmap-ssh", "nmap-ftp", "nmap-foo", "nmap-http", "nmap-rare-rare"]
    assert [problem.line for problem in problems] == [8, 10, 23, 33]
    assert str(problems[0]) == f"{tmp_path}/file:8: what it matches is taken by line 7"


def test_patterns_become_services(tmp_path):
    made, problems = load(tmp_path, SIGNATURES)
    found = services("portspoof", made, {})
    assert [service.protocol for service in found] == ["ssh", "smtp", "http", "unknown"]
    assert [problem.line for problem in problems] == [7]


def test_bad_lines_are_told_in_order_and_the_rest_is_made(tmp_path):
    made, problems = load(tmp_path, BROKEN.encode())
    assert [problem.line for problem in problems] == [1, 3, *range(5, 13)]
    assert sum(lot.size for service in services("n", made, {}) for lot in service.varieties) == 1


@pytest.mark.parametrize("content", [PROBES.encode(), SIGNATURES])
def test_what_was_made_is_kept(tmp_path, content):
    wish = Wishes(b"s", cache=tmp_path / "cache")
    first = load(tmp_path, content, wish)
    (kept,) = wish.cache.iterdir()
    before = kept.stat().st_mtime_ns
    assert load(tmp_path, content, wish) == first
    assert kept.stat().st_mtime_ns == before
    assert load(tmp_path, content, wish._replace(secret=b"t"))[0] != first[0]
    assert len(list(wish.cache.iterdir())) == 2


def test_a_slow_import_says_how_far_it_is(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(imports, "PATIENCE_S", 0.0)
    load(tmp_path, SIGNATURES)
    assert capsys.readouterr().err == f"rawspoof: {tmp_path}/file: 7 lines made ready (kept for the next start)\n"


def test_a_quick_one_says_nothing(tmp_path, capsys):
    load(tmp_path, SIGNATURES)
    assert capsys.readouterr().err == ""


def test_payloads_are_pinned_to_their_ports(tmp_path):
    pinned, problems = imports.pins(Wishes(conf=str(write(tmp_path, CONF.encode()))))
    assert sorted(pinned) == [7, 22, 80, 81, 82]
    ssh = pinned[22].identity(pinned[22].varieties[0], 0, {})
    assert (ssh.protocol, ssh.greet.render(0.0)) == ("ssh", b"SSH-2.0-Foossh_8.9p1\r\n")
    assert [problem.line for problem in problems] == [5, 6, 7, 7]


def test_only_a_portspoof_conf_pins(tmp_path):
    with pytest.raises(ConfigError, match=r"expected a portspoof\.conf, got nmap-service-probes"):
        imports.pins(Wishes(conf=str(write(tmp_path, PROBES.encode()))))


def test_what_is_made_is_kept_in_the_state_directory_or_in_the_user_s_cache(tmp_path, monkeypatch):
    def cache(state):
        return imports.wishes(Config(sensor=Sensor(state_dir=str(state))), b"s").cache

    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    assert cache(tmp_path / "state") == tmp_path / "state" / "imports"
    assert cache(tmp_path / "none" / "state") == tmp_path / "xdg" / "rawspoof"


def test_protocols_are_at_home_where_ours_are():
    class Ours:
        def __init__(self, protocol, ports):
            self.protocol, self.ports = protocol, ports

    ours = {"a": Ours("ssh", {22: 3, 23: 0}), "b": Ours("ssh", {2222: 1}), "c": Ours("ftp", {})}
    assert imports.homes(ours) == {"ssh": {22: 3, 2222: 1}, "ftp": {}}
