"""`rawspoof config`: a file that is written is right, one that is there is left alone."""

from rawspoof.cli.main import main
from rawspoof.config.show import default_text


def test_init_writes_a_file_that_check_calls_ok(tmp_path, capsys):
    path = str(tmp_path / "r.toml")
    assert main(["config", "init", path]) == 0
    assert main(["config", "check", path]) == 0
    assert capsys.readouterr().out == "ok\n"


def test_init_does_not_overwrite(tmp_path, capsys):
    path = tmp_path / "r.toml"
    path.write_text("mine")
    assert main(["config", "init", str(path)]) == 2
    assert path.read_text() == "mine"
    assert capsys.readouterr().err == f"rawspoof: {path}: is there already; remove it or name another file\n"


def test_init_where_there_is_no_folder_fails(tmp_path, capsys):
    path = tmp_path / "none" / "r.toml"
    assert main(["config", "init", str(path)]) == 1
    assert capsys.readouterr().err == f"rawspoof: {path}: No such file or directory\n"


def test_check_says_what_is_wrong(tmp_path, capsys):
    path = tmp_path / "r.toml"
    path.write_text("[tcp]\nflow_max = 2\n")
    assert main(["config", "check", str(path)]) == 2
    assert capsys.readouterr().err == f"{path}:2: tcp.flow_max: unknown key; the nearest is tcp.flows_max\n"


def test_show_tells_flags_from_defaults(capsys):
    assert main(["config", "show", "--queue", "5"]) == 0
    shown = capsys.readouterr().out
    assert "queue = 5  # flag\n" in shown
    assert "workers = 1  # default\n" in shown


def test_a_plain_file_says_nothing_of_this_machine(tmp_path, capsys):
    assert main(["config", "init", "--plain"]) == 0
    plain = capsys.readouterr().out
    assert plain == default_text()
    assert main(["config", "init"]) == 0
    assert "# Here: " in capsys.readouterr().out
    assert "Here: " not in plain


def test_several_files_are_checked_and_each_is_named(tmp_path, capsys):
    right, wrong = tmp_path / "a.toml", tmp_path / "b.toml"
    right.write_text(default_text())
    wrong.write_text("")
    assert main(["config", "check", str(right), str(wrong)]) == 2
    out, err = capsys.readouterr()
    assert out == f"{right}: ok\n"
    assert err.startswith(f"{wrong}: is empty: ")


def test_the_environment_is_shown_and_a_variable_that_is_none_stops_us(capsys, monkeypatch):
    monkeypatch.setenv("RAWSPOOF_WORLD_KIND", "open")
    assert main(["config", "show"]) == 0
    assert 'kind = "open"  # environment, RAWSPOOF_WORLD_KIND\n' in capsys.readouterr().out
    monkeypatch.setenv("RAWSPOOF_WORLD_KNID", "open")
    assert main(["config", "show"]) == 2
    assert capsys.readouterr().err.endswith("the nearest is RAWSPOOF_WORLD_KIND\n")


def test_a_difference_is_told(tmp_path, capsys):
    path, other = tmp_path / "a.toml", tmp_path / "b.toml"
    path.write_text("[world]\nkind = 'open'\n")
    other.write_text("[world]\nkind = 'fuzz'\n")
    assert main(["config", "diff", str(path)]) == 0
    assert capsys.readouterr().out.startswith('world.kind: "maze" → "open"\n')
    assert main(["config", "diff", str(path), str(other)]) == 0
    assert capsys.readouterr().out.startswith('world.kind: "open" → "fuzz"\n')
