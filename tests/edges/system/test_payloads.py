"""Word lists and wrappers from files."""

import pytest

from rawspoof.config.model import World
from rawspoof.edges.system.payloads import load_payloads


def test_words_and_wrappers_are_read_without_line_ends(tmp_path):
    (tmp_path / "words").write_bytes(b"one\r\n\ntwo\n")
    (tmp_path / "around").write_bytes(b"<__FUZZ__>\n")
    payloads = load_payloads(World(fuzz_wordlist=str(tmp_path / "words"), fuzz_wrapper=str(tmp_path / "around")))
    assert [payloads.next(0), payloads.next(0)] == [b"<one>", b"<two>"]


def test_without_files_payloads_are_random():
    assert load_payloads(World()).next(999) != load_payloads(World()).next(998)


@pytest.mark.parametrize(("content", "wrong"), [(None, "No such file"), (b"\n\n", "nothing in it")])
def test_a_file_that_is_missing_or_empty_is_named(content, wrong, tmp_path):
    if content is not None:
        (tmp_path / "words").write_bytes(content)
    with pytest.raises(ValueError, match=f"world.fuzz_wordlist: .*words.*{wrong}"):
        load_payloads(World(fuzz_wordlist=str(tmp_path / "words")))


def test_what_has_no_end_is_not_read():
    with pytest.raises(ValueError, match=r"world\.fuzz_wordlist: /dev/zero: is a device"):
        load_payloads(World(fuzz_wordlist="/dev/zero"))


def test_a_wrapper_without_a_place_is_named(tmp_path):
    (tmp_path / "around").write_bytes(b"nothing\n")
    with pytest.raises(ValueError, match="around: wrapper 1 has no __FUZZ__"):
        load_payloads(World(fuzz_wrapper=str(tmp_path / "around")))
