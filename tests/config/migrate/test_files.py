"""Files that are only named: what a look into them tells, and what never leaves them."""

import pytest

from rawspoof.config.migrate import files
from rawspoof.config.migrate.draft import Draft, Fate
from rawspoof.config.migrate.kinds import Input, Kind
from tests.config.migrate.samples import CONF, EMAIL, PASSWD, SIGNATURES


def taken(kind, text, mode=0o600):
    draft = Draft()
    files.take(kind, Input("f", text.encode(), mode), "/etc/f", draft)
    return draft


def asked(draft):
    return [str(finding) for finding in draft.findings if finding.fate is Fate.ASK]


@pytest.mark.parametrize(
    ("kind", "text", "values"),
    [
        (Kind.CONF, CONF, {"portspoof_conf": "/etc/f"}),
        (Kind.SIGNATURES, SIGNATURES, {"signatures": ["/etc/f"]}),
        (Kind.SIGNATURES, "Probe TCP NULL q||\n", {"signatures": ["/etc/f"]}),
        (Kind.PASSWD, PASSWD, {"admin.passwd_file": "/etc/f"}),
    ],
)
def test_a_file_is_named(kind, text, values):
    draft = taken(kind, text)
    assert draft.values == values
    assert asked(draft) == []


def test_oddities_of_a_conf_are_asked_about_with_their_lines():
    draft = taken(Kind.CONF, CONF + '90-80 "x"\n1e3 "x"\n81 "<script>"\n')
    assert [line.partition(" is ")[0].partition(" looks")[0].partition(" says")[0] for line in asked(draft)] == [
        "f:3: 90-80: `90-80`",
        "f:4: 1e3: `1e3`",
        "f:5: 81:",
        "f:5: 81:",
    ]
    assert "3 payloads" in [finding.what for finding in draft.findings]


def test_lines_of_signatures_that_the_tools_read_otherwise():
    draft = taken(Kind.SIGNATURES, SIGNATURES + "\n" + "x" * 3000 + "\n")
    assert [finding.what for finding in draft.findings][1:] == ["3 patterns", "1 blank lines", "3000 bytes"]


@pytest.mark.parametrize("kind", [Kind.EMAIL, Kind.PASSWD])
def test_a_password_stays_where_it_is_and_others_may_not_read_it(kind):
    text = {Kind.EMAIL: EMAIL, Kind.PASSWD: PASSWD}[kind]
    draft = taken(kind, text, 0o644)
    told = " ".join(map(str, draft.findings)) + str(draft.values)
    assert "hunter2" not in told
    assert "changeme" not in told
    assert asked(draft) == ["f: mode 0644: lets others read the password: chmod 600 f"]
    assert asked(taken(kind, text, None)) == []


@pytest.mark.parametrize(
    ("text", "why"),
    [('{"smtp_hots": 1}', "unknown key"), ("{", "not a JSON object"), ('{"enabled": true}', "smtp_host")],
)
def test_an_email_json_that_is_wrong_is_not_taken(text, why):
    draft = taken(Kind.EMAIL, text)
    assert draft.values == {}
    assert why in asked(draft)[0]


def test_mail_that_is_off_is_told():
    draft = taken(Kind.EMAIL, "{}")
    assert draft.values == {"mail.json_file": "/etc/f"}
    assert any("is false" in finding.why for finding in draft.findings)
