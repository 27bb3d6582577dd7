"""The signature folders: found beside the package or where told, and no slip in a file stops the others."""

from pathlib import Path

import pytest

from rawspoof.config.load import ConfigError
from rawspoof.edges.system.imports import Wishes
from rawspoof.edges.system.signatures import TOLD_MAX, VARIABLE, folder, load_catalogue
from tests.signature.foreign.samples import CONF, PROBES, SIGNATURES

SERVICE = """format = 1
[[service]]
id = "{}"
expect = {{ service = "x", product = "X" }}
greet = "hello"
ports = {{ any = 1 }}
  [[service.set]]
"""


def test_the_folder_lies_beside_the_package_unless_told_otherwise(tmp_path, monkeypatch):
    monkeypatch.delenv(VARIABLE, raising=False)
    assert folder() == Path(__file__).resolve().parents[3] / "signatures"
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    assert folder() == tmp_path


def test_a_folder_of_one_s_own_joins_ours(tmp_path):
    (tmp_path / "mine.toml").write_text(SERVICE.format("mine"))
    (tmp_path / "notes.txt").write_text("not a signature")
    catalogue, problems = load_catalogue([str(tmp_path)])
    assert problems == []
    assert "mine" in catalogue.services
    assert "openssh" in catalogue.services


def test_ours_are_read_from_where_the_environment_says(tmp_path, monkeypatch):
    (tmp_path / "services").mkdir()
    (tmp_path / "services" / "a.toml").write_text(SERVICE.format("a"))
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    catalogue, problems = load_catalogue([])
    assert (list(catalogue.services), problems) == (["a"], [])


def test_files_of_one_s_own_and_of_other_tools_join_ours(tmp_path):
    contents = {"mine.toml": SERVICE.format("mine").encode(), "probes": PROBES.encode(), "old": SIGNATURES}
    paths = [tmp_path / name for name in contents]
    for path in paths:
        path.write_bytes(contents[path.name])
    catalogue, problems = load_catalogue([str(path) for path in paths])
    assert {"mine", "openssh", "nmap-ssh", "portspoof-2-ssh"} <= catalogue.services.keys()
    assert 22 in catalogue.services["nmap-ssh"].ports
    assert [problem.split(":")[1] for problem in problems if problem.startswith(str(tmp_path))] == [
        *("8", "10", "23", "33"),
        "7",
    ]


def test_of_many_bad_lines_only_the_first_are_named(tmp_path):
    (tmp_path / "old").write_text("good\n" + "(\n" * (TOLD_MAX + 3))
    _, problems = load_catalogue([str(tmp_path / "old")])
    told = [problem for problem in problems if problem.startswith(str(tmp_path))]
    assert len(told) == TOLD_MAX + 1
    assert told[-1] == f"{tmp_path}/old: 3 more lines left out; `rawspoof signatures check {tmp_path}/old` names them"


def test_a_portspoof_conf_pins_and_is_no_signature_file(tmp_path):
    (tmp_path / "conf").write_text(CONF)
    catalogue, _ = load_catalogue([], Wishes(conf=str(tmp_path / "conf")))
    assert sorted(catalogue.pinned) == [7, 22, 80, 81, 82]
    with pytest.raises(ConfigError, match=r"is a portspoof\.conf; it is given with -c"):
        load_catalogue([str(tmp_path / "conf")])


def test_slips_are_told_with_file_and_line(tmp_path):
    (tmp_path / "a.toml").write_text(SERVICE.format("a").replace("greet", "great"))
    (tmp_path / "b.toml").write_bytes(b"\xff")
    (tmp_path / "c.toml").write_text(SERVICE.format("openssh"))
    (tmp_path / "d.toml").write_text(SERVICE.format("d"))
    catalogue, problems = load_catalogue([str(tmp_path), str(tmp_path / "none")])
    assert "d" in catalogue.services
    assert catalogue.services["openssh"].protocol == "ssh"
    assert len(problems) == 4
    # What cannot be read comes first, then what is in the rest.
    assert problems[0].startswith(f"{tmp_path}/b.toml: ")
    assert problems[1].startswith(f"{tmp_path}/none: No such file or directory")
    assert problems[2].startswith(f"{tmp_path}/a.toml:2: ")
    assert problems[3] == f"{tmp_path}/c.toml: there is a service `openssh` already; give this one another id"
