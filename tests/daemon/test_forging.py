"""Templates come from a child, and nothing is forked where none are wanted."""

import os

import pytest

from rawspoof.daemon.forging import Forging
from rawspoof.daemon.refusal import CannotStart
from tests.peers import personalities, templates


def test_what_is_forged_is_what_personalities_forge() -> None:
    assert Forging({"linux": personalities.load("linux")}).result() == {"linux": templates("linux")}


def test_no_face_no_child() -> None:
    assert Forging({}).result() == {}
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)


def test_a_child_that_fails_is_told_of() -> None:
    with pytest.raises(CannotStart, match="scapy could not forge"):
        Forging({"linux": personalities.load("linux")}, lambda: os._exit(1)).result()
