"""Shell as an import reads it: lines, variables, loops, and nothing that runs."""

from hypothesis import given
from hypothesis import strategies as st

from rawspoof.config.migrate.script import EXPANDED_MAX, FILLED_MAX, commands, filled, joined, variables


def run(text):
    known = {name: value for name, (_, value) in variables(text).items()}
    return [(line.number, " ".join(line.words)) for line in commands(text, known)]


def test_lines_that_go_on_have_the_number_of_their_first():
    assert list(joined("a \\\nb\nc\r\nd \\")) == [(1, "a  b"), (3, "c"), (4, "d  ")]


def test_variables_are_filled_in():
    assert variables("A=1\nexport B=\"x $A\"\nC='2' D=${B}\nnot E=1\n") == {
        "A": (1, "1"),
        "B": (2, "x 1"),
        "C": (3, "2"),
        "D": (3, "x 1"),
    }
    assert filled("$A-${B:-c}-${C}", {"A": "1"}) == "1-c-${C}"


def test_loops_are_gone_through():
    text = "P='1 2'\nfor p in $P; do\n for i in a b; do cmd $p $i; done\ndone\nend $p\n"
    assert run(text) == [(3, "cmd 1 a"), (3, "cmd 1 b"), (3, "cmd 2 a"), (3, "cmd 2 b"), (5, "end $p")]


def test_commands_are_cut_where_a_shell_would():
    text = "if ! a -x >/dev/null 2>&1; then b -y & fi # c\nd | e && f 'x;y' > out || g\n"
    assert [words for _, words in run(text)] == ["a -x 2", "b -y", "fi", "d", "e", "f x;y", "g"]


def test_what_only_a_shell_knows_is_told():
    line, *_ = commands("iptables --dport $(get_port)", {})
    assert line.unknown == "$"
    (line,) = commands("iptables --dport $X", {})
    assert line.unknown == "$X"


def test_an_open_quote_costs_its_line_only():
    assert run("a 'b\nc d\n") == [(1, "a 'b"), (2, "c d")]


def test_loops_and_values_have_limits():
    many = " ".join(map(str, range(EXPANDED_MAX)))
    assert run(f"for p in {many}; do for q in 1 2; do x $p $q; done; done") == [(1, "x $p $q")]
    doubling = "A=xxxxxxxx\n" + "A=$A$A\n" * 40
    assert len(variables(doubling)["A"][1]) <= FILLED_MAX


@given(st.text(st.sampled_from("a$A{}=;()'\"\\\n #&|<>`!:- fordinone"), max_size=120))
def test_any_text_is_some_commands(text):
    known = {name: value for name, (_, value) in variables(text).items()}
    assert all(line.words and 1 <= line.number <= text.count("\n") + 1 for line in commands(text, known))
