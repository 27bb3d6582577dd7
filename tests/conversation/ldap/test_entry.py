"""A search is shown what it asks for: attributes for people, those for programs only by name or `+`."""

import pytest

from rawspoof.core.conversation.ldap.entry import chosen

TEXT = b"cn: a\ncn: b\nsn: c\n\nentryDN: \nuuid: 1\n"


@pytest.mark.parametrize(
    ("wanted", "names"),
    [
        ([], [b"cn", b"sn"]),
        ([b"*"], [b"cn", b"sn"]),
        ([b"+"], [b"entryDN", b"uuid"]),
        ([b"*", b"+"], [b"cn", b"sn", b"entryDN", b"uuid"]),
        ([b"SN", b"UUID", b"no"], [b"sn", b"uuid"]),
        ([b"1.1"], []),
    ],
)
def test_attributes_that_are_wanted(wanted, names):
    assert [name for name, _ in chosen(TEXT, wanted, False)] == names


def test_values_and_their_absence():
    assert chosen(TEXT, [b"cn", b"entrydn"], False) == [(b"cn", [b"a", b"b"]), (b"entryDN", [b""])]
    assert chosen(TEXT, [b"cn"], True) == [(b"cn", [])]
