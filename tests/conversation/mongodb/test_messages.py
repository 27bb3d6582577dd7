"""Commands as old and as new clients send them."""

import struct

import pytest

from rawspoof.core.conversation.mongodb.bson import read, written
from rawspoof.core.conversation.mongodb.messages import MSG, QUERY, REPLY, answer, command


def message(opcode, body, number=7):
    return struct.pack("<iiii", 16 + len(body), number, 0, opcode) + body


def query(document, where="admin.$cmd"):
    return message(QUERY, bytes(4) + where.encode() + b"\0" + struct.pack("<ii", 0, -1) + written(document))


def msg(document, flags=0, before=b""):
    return message(MSG, struct.pack("<I", flags) + before + b"\0" + written(document))


def test_an_old_command():
    asked = command(query({"isMaster": 1}))
    assert (asked.name, asked.database, asked.number, asked.answered) == ("isMaster", "admin", 7, True)
    assert command(query({"$query": {"ping": 1}})).name == "ping"


def test_a_new_command():
    documents = b"\1" + struct.pack("<i", 4 + 5 + 8) + b"docs\0" + bytes(8)
    asked = command(msg({"find": "x", "$db": "shop"}, before=documents))
    assert (asked.name, asked.database, asked.answered) == ("find", "shop", True)
    assert not command(msg({"insert": "x"}, flags=2)).answered


def test_answers_are_in_the_form_of_the_question():
    new = answer(command(msg({"ping": 1})), {"ok": 1.0}, 3)
    assert struct.unpack_from("<iiiiI", new) == (len(new), 3, 7, MSG, 0)
    assert read(new[21:]) == {"ok": 1.0}
    old = answer(command(query({"ping": 1})), {"ok": 1.0}, 3)
    assert struct.unpack_from("<iiiiiqii", old) == (len(old), 3, 7, REPLY, 8, 0, 0, 1)
    assert read(old[36:]) == {"ok": 1.0}
    assert answer(command(query({}, "a.b")), {"$err": "no"}, 3)[16] == 2


def test_what_carries_no_command():
    assert command(message(2012, bytes(9))) is None


@pytest.mark.parametrize(
    "data", [b"", message(QUERY, b"")[:10], message(QUERY, b"abcdefg"), message(MSG, b""), message(MSG, bytes(4)),
             message(MSG, bytes(4) + b"\1\0\0\0\0\0"), message(MSG, bytes(4) + b"\2\5\0\0\0\0")]
)  # fmt: skip
def test_what_is_broken(data):
    with pytest.raises(ValueError, match=r"."):
        command(data)
