"""A sensor's seed is its own, its public key the hub's; nobody gets a name that cannot be one."""

import os
import stat

import pytest

from rawspoof.edges.hub import keys
from rawspoof.edges.sinks.base import SinkError
from rawspoof.edges.sinks.nkey import NKey


def test_a_pair(tmp_path):
    seed = keys.add(tmp_path / "keys", "paris")
    assert keys.listed(tmp_path / "keys") == {"paris": NKey(seed).public}
    assert seed not in (tmp_path / "keys" / "paris.pub").read_text()
    with pytest.raises(SinkError, match="has a key already"):
        keys.add(tmp_path / "keys", "paris")
    keys.remove(tmp_path / "keys", "paris")
    assert keys.listed(tmp_path / "keys") == {}
    with pytest.raises(SinkError, match="there is no sensor 'paris'; there are none"):
        keys.remove(tmp_path / "keys", "paris")


def test_the_hubs_own_is_made_once(tmp_path):
    seed = tmp_path / "seed"
    one = keys.add_hub(tmp_path / "keys", seed)
    assert keys.add_hub(tmp_path / "keys", seed).public == one.public
    assert stat.S_IMODE(os.stat(seed).st_mode) == 0o600


@pytest.mark.parametrize("name", ["", "hub", "a.b", "a b", "../x", "*", ">", "ä", "x" * 65, "a\n"])
def test_names_that_are_none(tmp_path, name):
    with pytest.raises(SinkError):
        keys.add(tmp_path, name)


def test_a_file_that_is_no_key_is_named(tmp_path):
    (tmp_path / "paris.pub").write_text("U" * 56)
    with pytest.raises(SinkError, match=r"paris\.pub: expected a user's public NKey"):
        keys.listed(tmp_path)


def test_no_file_is_written_over(tmp_path):
    keys.write(tmp_path / "seed", "SU")
    with pytest.raises(FileExistsError):
        keys.write(tmp_path / "seed", "SU")
