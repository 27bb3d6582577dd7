"""Keys are found where they stand, in every way of writing TOML."""

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rawspoof.config.lines import line_of, lines
from rawspoof.config.show import default_text

TEXT = '''\
# [not] = a table
signatures = ["a # b", # c = 1
  "[d]",
  'e = 2'
]
sensor.workers = 2
[ world ] # here
"kind" = "maze"
note = """
[events]
file = "x"
\\""""
other = \'\'\'
[tcp]\'\'\'
[[sink]]
kind = "syslog"
[[sink]]
kind = "nats"
inner = {url = "x", list = [1,
2]}
'''


@pytest.mark.parametrize(
    ("key", "line"),
    [
        ("signatures", 2),
        ("signatures[0]", 2),
        ("signatures[1]", 3),
        ("signatures[2]", 4),
        ("sensor.workers", 6),
        ("world", 7),
        ("world.kind", 8),
        ("world.note", 9),
        ("world.other", 13),
        ("sink[0]", 15),
        ("sink[0].kind", 16),
        ("sink[1].kind", 18),
        ("sink[1].inner", 19),
        # Where a key does not stand itself, what it is in does.
        ("sink[1].inner.url", 19),
        ("sink[1].nothing", 17),
        ("world.kind[3]", 8),
        ("events.file", None),
        ("tcp", None),
        ("", None),
    ],
)
def test_a_key_stands_on_its_line(key, line):
    tomllib.loads(TEXT)
    assert line_of(lines(TEXT), key) == line


def test_every_key_of_the_default_file_is_found():
    text = default_text().replace("\n#", "\n")
    found = lines(text)
    rows = text.splitlines()
    assert rows[found["tcp.flows_max"] - 1].startswith("flows_max = ")
    assert rows[found["mail.to_addr"] - 1].startswith("to_addr = ")


@given(st.text(alphabet="ab[]{}=.,\"'\n# \\", max_size=60))
def test_any_text_has_lines_that_it_has(text):
    assert all(1 <= line <= text.count("\n") + 1 for line in lines(text).values())
