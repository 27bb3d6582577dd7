"""The password file: portspoof-py's line, ours, tokens; and what is wrong with others."""

import pytest

from rawspoof.edges.web import passwords
from rawspoof.edges.web.passwords import PasswordError, is_password, is_token, parse, read


def file(tmp_path, text, mode=0o600):
    path = tmp_path / "admin.passwd"
    path.write_text(text)
    path.chmod(mode)
    return path


@pytest.mark.parametrize("text", ["admin:secret:word", "admin:secret:word\n", "# ours\r\nadmin:secret:word\r\n"])
def test_a_password_in_clear_is_read(tmp_path, text):
    known = read(file(tmp_path, text))
    assert is_password(known, "admin", "secret:word")
    assert not is_password(known, "admin", "secret")
    assert not is_password(known, "root", "secret:word")


def test_a_password_is_set_and_tokens_stay(tmp_path):
    path = tmp_path / "new" / "admin.passwd"
    passwords.set_password(path, "me", "first one")
    token = passwords.add_token(path, "backup")
    passwords.set_password(path, "me", "pässword")
    known = read(path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert "pässword" not in path.read_text()
    assert token not in path.read_text()
    assert is_password(known, "me", "pässword")
    assert not is_password(known, "me", "first one")
    assert is_token(known, token)
    assert not is_token(known, token[:-1])
    newer = passwords.add_token(path, "backup")
    assert not is_token(read(path), token)
    assert is_token(read(path), newer)


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o666, 0o611])
def test_a_file_that_others_may_read_is_refused_with_the_cure(tmp_path, mode):
    path = file(tmp_path, "admin:secret", mode)
    with pytest.raises(PasswordError, match=f"chmod 600 {path}"):
        read(path)


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(PasswordError, match="rawspoof admin passwd"):
        read(tmp_path / "none")


@pytest.mark.parametrize(
    "text",
    [
        "", "admin", ":secret", "admin:", "a:b\nc:d", "admin:$scrypt$ln=99,r=8,p=1$AAAA$AAAA", "admin:$scrypt$",
        "admin:$scrypt$ln=15,r=8,p=1$!!$" + "A" * 43, "admin:x\nname:$token$zz",
    ],
)  # fmt: skip
def test_what_is_no_password_file(text):
    with pytest.raises(PasswordError, match=r"admin\.passwd: "):
        parse(text, "admin.passwd")


def test_bytes_that_are_no_text(tmp_path):
    path = file(tmp_path, "")
    path.write_bytes(b"admin:\xff")
    with pytest.raises(PasswordError, match="UTF-8"):
        read(path)
