"""The facts of this machine."""

import os
import platform

from rawspoof.edges.doctor.host import host
from rawspoof.edges.system.links import links


def test_the_facts_are_this_machines(tmp_path):
    facts = host(links(), tmp_path)
    assert facts["system"] == "unknown system"
    assert facts["kernel"] == os.uname().release
    assert facts["python"] == platform.python_version()
    assert facts["root"] == (os.geteuid() == 0)
    assert "lo" in {link["name"] for link in facts["interfaces"]}
    assert "msgspec" in facts["libraries"]
