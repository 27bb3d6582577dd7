"""The signature folders: found beside the package or where told, and no slip in a file stops the others."""

from pathlib import Path

from rawspoof.edges.system.signatures import VARIABLE, folder, load_catalogue

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


def test_slips_are_told_with_file_and_line(tmp_path):
    (tmp_path / "a.toml").write_text(SERVICE.format("a").replace("greet", "great"))
    (tmp_path / "b.toml").write_bytes(b"\xff")
    (tmp_path / "c.toml").write_text(SERVICE.format("openssh"))
    (tmp_path / "d.toml").write_text(SERVICE.format("d"))
    catalogue, problems = load_catalogue([str(tmp_path), str(tmp_path / "none")])
    assert "d" in catalogue.services
    assert catalogue.services["openssh"].protocol == "ssh"
    assert len(problems) == 4
    assert problems[0].startswith(f"{tmp_path}/a.toml:2: ")
    assert problems[1].startswith(f"{tmp_path}/b.toml: ")
    assert problems[2] == f"{tmp_path}/c.toml: there is a service `openssh` already; give this one another id"
    assert problems[3].startswith(f"{tmp_path}/none: No such file or directory")
