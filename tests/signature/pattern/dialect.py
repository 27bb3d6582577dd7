"""Patterns for properties: what hypothesis makes of the syntax that PCRE and Python share, nothing that explodes."""

from hypothesis import strategies as st

_LITERAL = st.sampled_from(["a", "b", "ab", "0", "-", r"\.", r"\x00", r"\n", "é"])
_CLASS = st.sampled_from([r"\d", r"\w", r"\s", ".", "[ab]", "[^a]", r"[\d.]", "[a-c0-9]", r"[^\r\n]", r"\W"])
# Without \B: of the empty text Python and PCRE think differently.
_EDGE = st.sampled_from(["^", "$", r"\b"])
_COUNT = st.sampled_from(["*", "+", "?", "{2}", "{1,3}", "{2,}", "*?", "+?", "??", "{0,2}?"])


def _larger(smaller: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        st.lists(smaller, min_size=1, max_size=4).map("".join),
        st.lists(smaller, min_size=2, max_size=3).map(lambda ways: f"(?:{'|'.join(ways)})"),
        st.tuples(smaller, _COUNT).map(lambda both: f"(?:{both[0]}){both[1]}"),
        smaller.map("({})".format),
        smaller.map("(?={})".format),
        smaller.map("(?!{})".format),
    )


patterns = st.recursive(st.one_of(_LITERAL, _CLASS, _EDGE), _larger, max_leaves=8)
texts = st.binary(max_size=12) | st.text("ab0-.\n", max_size=12).map(str.encode)
