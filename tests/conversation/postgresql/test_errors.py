"""The fields of errors, as each version has them."""

import pytest

from rawspoof.core.conversation.postgresql.errors import at_startup, error, error_2, message, version
from rawspoof.core.conversation.visit import Visit
from tests.conversation.talks import living


@pytest.mark.parametrize(
    ("shown", "is_it"), [("9.6.0 - 9.6.1", (9, 6)), ("15", (15, 0)), ("14.1 - 14.5", (14, 1)), ("", (0, 0))]
)
def test_versions(shown, is_it):
    assert version(shown) == is_it


def test_messages():
    assert message(b"R", b"abc") == b"R\0\0\0\7abc"
    assert error_2(b"FATAL:  ", b"no") == b"EFATAL:  no\n\0"


def test_the_severity_comes_twice_since_9_6():
    new, old = (Visit(living(service)) for service in ("postgresql", "postgresql-old"))
    assert error(new, b"28P01", b"no", b"auth.c 1 f")[5:] == b"SFATAL\0VFATAL\0C28P01\0Mno\0Fauth.c\0L1\0Rf\0\0"
    assert error(old, b"28P01", b"no", b"auth.c 1 f", b"why")[5:] == b"SFATAL\0C28P01\0Mno\0Dwhy\0Fauth.c\0L1\0Rf\0\0"


def test_folders_of_windows_builds_are_shown():
    visit = Visit(living("postgresql", os="windows"))
    assert b"F.\\src\\backend\\libpq\\auth.c\0" in error(visit, b"28P01", b"no", b"auth.c 1 f")
    assert b"F.\\src\\backend\\postmaster\\postmaster.c\0" in error(visit, b"0A000", b"no", at_startup(visit))


def test_what_is_wrong_with_a_start_up_packet_stands_in_other_lines():
    visit = Visit(living("postgresql", version="15"))
    lines = [at_startup(visit, what).split()[1] for what in ("", "end", "user")]
    assert lines == [b"2194", b"2306", b"2323"]
