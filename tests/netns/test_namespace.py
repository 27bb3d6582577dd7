"""Namespaces entered and left: no way out of them leaves this thread somewhere else."""

import os
import socket
from pathlib import Path

import pytest

from rawspoof.edges.system import namespace

pytestmark = pytest.mark.netns


def present() -> str:
    return os.readlink("/proc/thread-self/ns/net")


def test_inside_there_is_nothing_but_loopback_and_outside_all_is_as_before():
    before, apart = present(), namespace.create()
    try:
        assert present() == before
        with namespace.inside(apart):
            assert [name for _, name in socket.if_nameindex()] == ["lo"]
            assert present() != before
        assert present() == before
        with pytest.raises(ZeroDivisionError), namespace.inside(apart):
            raise ZeroDivisionError
        assert present() == before
    finally:
        os.close(apart)


def test_a_descriptor_of_something_else_is_refused_and_nothing_stays_open(tmp_path: Path):
    (tmp_path / "file").touch()
    wrong = os.open(tmp_path / "file", os.O_RDONLY)
    before = len(os.listdir("/proc/self/fd"))
    with pytest.raises(OSError, match="Invalid argument"), namespace.inside(wrong):
        pytest.fail("entered it")
    assert len(os.listdir("/proc/self/fd")) == before
    os.close(wrong)
