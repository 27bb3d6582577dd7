"""How products behave, by version and system, and what a service's file changes."""

import pytest

from rawspoof.core.conversation.ssh.manners import manners, version
from rawspoof.core.conversation.visit import Visit
from rawspoof.core.signature.template import Later, Template
from tests.conversation.talks import living


def of(service, **wanted):
    return manners(Visit(living(service, **wanted)), 0.0)


@pytest.mark.parametrize(
    ("text", "number"),
    [("9.2p1 Debian 2+deb12u7", (9, 2)), ("for_Windows_8.1", (8, 1)), ("10.0", (10, 0)), ("2022.83", (2022, 83)),
     ("7.9p1", (7, 9)), ("", (0,))],
)  # fmt: skip
def test_the_number_of_a_version(text, number):
    assert version(text) == number


def test_openssh_changed_its_words_with_8_0():
    assert of("openssh", os="freebsd", ver="7.9").mismatch == b"Protocol mismatch.\n"
    assert of("openssh", os="freebsd", ver="8.8").mismatch == b"Invalid SSH identification string.\r\n"


@pytest.mark.parametrize(
    ("os", "ver", "methods"),
    [
        ("linux/debian", "9.2p1", ("publickey", "password")),
        ("linux/redhat", "8.0", ("publickey", "gssapi-keyex", "gssapi-with-mic", "password")),
        ("freebsd", "9.6", ("publickey", "keyboard-interactive")),
        ("openbsd", "7.9", ("publickey", "password", "keyboard-interactive")),
    ],
)
def test_ways_to_log_in_are_the_systems(os, ver, methods):
    assert of("openssh", os=os, ver=ver).methods == methods


def test_wrong_passwords_cost_time_by_product():
    assert of("openssh", os="linux/debian").fail_s == (1.0, 3.0)
    assert of("openssh", os="openbsd").fail_s[1] < 0.5
    assert of("dropbear").fail_s == (0.25, 0.35)


def test_openssh_doubles_a_users_own_time():
    debian = of("openssh", os="linux/debian", ver="9.2p1")
    own = debian._replace(fail_s=(0.001, 0.001)).pause_s(0.5, b"user")
    assert 0.005 <= own < 0.0094
    for throw in (0.0, 0.4, 1.0):
        pause = debian.pause_s(throw, b"user")
        assert 1 + 2 * throw <= pause < 2 * (1 + 2 * throw)
        assert (pause / own).is_integer()
    assert of("openssh", os="linux/debian", ver="7.4p1").pause_s(0.5, b"user") == 2.0


def test_dropbear_and_others_leave_without_a_word():
    dropbear = of("dropbear")
    assert (dropbear.mismatch, dropbear.farewell, dropbear.tries) == (b"", b"", 10)


def test_suns_words_are_those_of_the_time_it_left_openssh():
    sun = of("sun-ssh")
    assert (sun.mismatch, sun.differ) == (b"Protocol mismatch.\n", b"Protocol major versions differ.\n")
    assert (sun.methods[0], sun.farewell) == ("gssapi-keyex", b"Too many authentication failures for %s")


def test_a_services_file_has_the_first_word():
    texts = {"mismatch": "no SSH", "methods": "password", "banner": "Go away", "farewell": "Enough"}
    words = {name: Later(Template.parse(text), {}) for name, text in texts.items()}
    own = manners(Visit(living("dropbear")._replace(words=words)), 0.0)
    assert (own.mismatch, own.methods, own.banner, own.farewell) == (b"no SSH", ("password",), b"Go away", b"Enough")
