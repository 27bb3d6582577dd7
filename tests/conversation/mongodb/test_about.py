"""What a server tells of itself, by version."""

import pytest

from rawspoof.core.conversation.mongodb.about import build_info, hello, version, wire_version
from rawspoof.core.conversation.visit import Visit
from tests.conversation.talks import NOON, living


def visit(ver):
    return Visit(living("mongodb", ver=ver))


@pytest.mark.parametrize(("ver", "wire"), [("2.4.9", 0), ("2.6.1", 2), ("3.4.24", 5), ("4.2.7", 8), ("5.0.31", 13)])
def test_wire_versions(ver, wire):
    assert wire_version(version(visit(ver))) == wire
    assert hello(visit(ver), False, False, NOON)["maxWireVersion"] == wire


def test_hello():
    new, old = (hello(visit(ver), True, True, NOON) for ver in ("4.4.6", "3.2.5"))
    assert new["helloOk"] is new["isWritablePrimary"] is True
    assert len(new["topologyVersion"]["processId"].value) == 12
    assert not {"helloOk", "topologyVersion", "connectionId", "logicalSessionTimeoutMinutes"} & old.keys()
    assert hello(visit("4.4.6"), False, False, NOON)["ismaster"] is True


def test_build_info_has_the_catalogues_version():
    told = build_info(visit("4.4.6"))
    assert (told["version"], told["versionArray"], len(told["gitVersion"])) == ("4.4.6", [4, 4, 6, 0], 40)
    assert build_info(visit("2.4.9"))["javascriptEngine"] == "V8"
    assert build_info(Visit(living("mongodb-locked")))["version"] == "3.2.22"
