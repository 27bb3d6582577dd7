"""Every answer carries what keeps a browser from running, framing or sending anything that is not ours."""

from rawspoof.edges.web.answer import HEADERS, No, answer, no


def test_a_value_becomes_json():
    made = answer({"a": "<b>"})
    assert (made.status_code, made.body) == (200, b'{"a":"<b>"}')
    assert made.headers["content-type"] == "application/json"
    assert set(HEADERS) <= set(made.headers)


def test_a_refusal_is_one_line():
    made = no(No(404, "there is none"))
    assert (made.status_code, made.body) == (404, b'{"error":"there is none"}')


def test_nothing_inline_and_nothing_of_others():
    policy = HEADERS["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "*" not in policy
    assert "http" not in policy
