"""Each finding belongs to a group by its id."""

import ast
from pathlib import Path

from rawspoof.edges.doctor import finding
from rawspoof.edges.doctor.finding import GROUPS, Level, good


def test_the_group_is_the_first_word_of_the_id():
    assert good("network.loopback", "said") == (Level.GOOD, "network.loopback", "said", "")
    assert good("network.loopback", "said").group == "network"


def test_every_id_in_the_source_has_a_group_and_a_name():
    ids = {
        node.value
        for file in Path(finding.__file__).parent.glob("*.py")
        for call in ast.walk(ast.parse(file.read_text()))
        if isinstance(call, ast.Call) and getattr(call.func, "id", "") in ("good", "advice", "trouble")
        for node in call.args[:1]
        if isinstance(node, ast.Constant)
    }
    assert len(ids) > 60
    assert {one.partition(".")[0] for one in ids} <= set(GROUPS)
    assert all(one.partition(".")[2].replace("-", "").isalnum() for one in ids)
