"""The list on disk: there and back, set aside where it is none, and one holder at a time."""

import json
import os

import pytest

from rawspoof.core.watch.blocklist import Blocked, Blocklist, Past, Settings
from rawspoof.core.watch.policy import Deed
from rawspoof.edges.block.shelf import LIST, Shelf, Taken, packed, read, text

A, SIX, DST = packed("198.51.100.42"), packed("2001:db8::7"), packed("192.0.2.1")


def block(address=A, until=1010.0, how="all"):
    deed = Deed(999.5, address, 54312, DST, 23, "tripwire")
    return Blocked(address=address, how=how, since=1000.0, until=until, times=2, deed=deed)


def listed(*blocks):
    made = Blocklist(Settings())
    for one in blocks:
        made.add(one)
    made.recall([Past(DST, 900.0, 7)])
    return made


def test_there_and_back(tmp_path):
    with Shelf(tmp_path / "blocks") as shelf:
        assert (tmp_path / "blocks").stat().st_mode & 0o777 == 0o700
        shelf.save(listed(block(), block(SIX, how="tarpit")))
        again = Blocklist(Settings())
        shelf.load(again)
    assert list(again) == [block(), block(SIX, how="tarpit")]
    assert list(again.past) == [Past(DST, 900.0, 7)]
    assert (tmp_path / "blocks" / LIST).stat().st_mode & 0o777 == 0o600


def test_only_as_many_as_there_is_room_for(tmp_path):
    with Shelf(tmp_path) as shelf:
        shelf.save(listed(block(), block(SIX)))
        small = Blocklist(Settings(blocks_max=1))
        shelf.load(small)
    assert list(small) == [block()]


def test_nobody_where_there_is_no_list(tmp_path):
    assert read(tmp_path) == ([], [])


def whole() -> dict:
    where = {"sport": 1, "dst": "192.0.2.1", "dport": 23}
    times = {"since": 1.0, "until": 2.0, "times": 1, "at": 1.0}
    return {
        "format": 1,
        "blocks": [{"address": "198.51.100.42", "how": "all", "reason": "ports", **times, **where}],
        "past": [],
    }


@pytest.mark.parametrize(
    "change",
    [
        lambda it: it.update(format=2),
        lambda it: it["blocks"][0].update(address="198.51.100"),
        lambda it: it["blocks"][0].update(how="forever"),
        lambda it: it["blocks"][0].update(reason="spite"),
        lambda it: it["blocks"][0].update(until="soon"),
        lambda it: it.pop("past"),
    ],
)
def test_what_is_no_list_is_set_aside(tmp_path, caplog, change):
    changed = whole()
    (tmp_path / LIST).write_text(json.dumps(changed))
    assert len(read(tmp_path)[0]) == 1
    change(changed)
    (tmp_path / LIST).write_text(json.dumps(changed))
    assert read(tmp_path) == ([], [])
    assert sorted(os.listdir(tmp_path)) == ["list.bad"]
    assert "kept as list.bad, and nobody is blocked" in caplog.text


@pytest.mark.parametrize("data", [b"", b"{", b"\xff\xfe", b"[" * 9999])
def test_so_is_what_is_not_even_json(tmp_path, data):
    (tmp_path / LIST).write_bytes(data)
    assert read(tmp_path) == ([], [])
    assert (tmp_path / "list.bad").read_bytes() == data


def test_a_list_that_cannot_be_read_is_told_and_nobody_is_on_it(tmp_path, caplog):
    (tmp_path / LIST).mkdir()
    with pytest.raises(IsADirectoryError):
        read(tmp_path)
    again = Blocklist(Settings())
    with Shelf(tmp_path) as shelf:
        shelf.load(again)
    assert len(again) == 0
    assert "list.json: Is a directory: nobody is blocked" in caplog.text


def test_one_process_holds_it_at_a_time(tmp_path):
    with Shelf(tmp_path), pytest.raises(Taken, match=r"held by another rawspoof: .* folder in sensor\.state_dir"):
        Shelf(tmp_path)
    with Shelf(tmp_path) as shelf:
        shelf.close()
        Shelf(tmp_path).close()


def test_addresses_are_written_as_people_do():
    assert [text(A), text(SIX)] == ["198.51.100.42", "2001:db8::7"]
    with pytest.raises(ValueError, match="is no address"):
        packed("localhost")
