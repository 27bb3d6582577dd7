"""`rawspoof admin`: what it writes is what the web admin reads."""

import io

import pytest

from rawspoof.cli import main
from rawspoof.edges.web.passwords import is_password, is_token, read


@pytest.fixture
def say(monkeypatch):
    return lambda text: monkeypatch.setattr("sys.stdin", io.StringIO(text))


def test_a_password_and_a_token(tmp_path, say, capsys):
    path = tmp_path / "passwd"
    say("a good one\n")
    assert main.main(["admin", "passwd", "--user", "me", "--admin-passwd", str(path)]) == 0
    assert "me may come in" in capsys.readouterr().err
    assert main.main(["admin", "token", "backup", "--admin-passwd", str(path)]) == 0
    token = capsys.readouterr().out.strip()
    assert is_password(read(path), "me", "a good one")
    assert is_token(read(path), token)


@pytest.mark.parametrize(
    ("argv", "said", "why"),
    [
        (["passwd"], "short\n", "at least 8 characters"),
        (["passwd", "--user", "a:b"], "a good one\n", "--user: expected a name without `:`"),
        (["passwd", "--user", "#x"], "a good one\n", "--user: expected a name"),
        (["token", "a:b"], "", "NAME: expected a name"),
    ],
)
def test_what_is_wrong_is_said_in_a_line(tmp_path, say, capsys, argv, said, why):
    say(said)
    assert main.main(["admin", *argv, "--admin-passwd", str(tmp_path / "p")]) == 2
    error = capsys.readouterr().err
    assert why in error
    assert error.count("\n") == 1


def test_a_token_wants_a_password_first(tmp_path, capsys):
    assert main.main(["admin", "token", "x", "--admin-passwd", str(tmp_path / "none")]) == 1
    assert "`rawspoof admin passwd` makes one" in capsys.readouterr().err
