"""`rawspoof config`: a file that is written is right, one that is there is left alone."""

from rawspoof.cli.main import main


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
    assert capsys.readouterr().err == f"rawspoof: {path}:2: tcp.flow_max: unknown key; the nearest is tcp.flows_max\n"


def test_show_tells_flags_from_defaults(capsys):
    assert main(["config", "show", "--queue", "5"]) == 0
    shown = capsys.readouterr().out
    assert "queue = 5  # flag\n" in shown
    assert "workers = 1  # default\n" in shown
