"""Lines for fail2ban, and what Debian's fail2ban-regex finds in them with the filter that we ship."""

import re
import subprocess
from pathlib import Path

import pytest
from hypothesis import given

from rawspoof.core.event import ScanDetected, ServiceCredential, SessionOpened
from rawspoof.edges.sinks.ecs import escaped
from rawspoof.edges.sinks.forms.fail2ban import line
from tests.edges.sinks.samples import AT, CREDENTIAL, DETECTED, DST, DST6, EXAMPLES, OPENED, SCAN, SRC, SRC6

from .hostile import NASTY, events

FOLDER = Path(__file__).parents[4] / "scripts" / "fail2ban"
VERIFIED = ScanDetected(**SCAN | {"verified": True})
VICTIM = "203.0.113.9"
LIES = (
    f"from {VICTIM}",
    f"\n2025-06-01T14:32:07.841203Z {VICTIM} session.open dpt=22",
    f"\r2025-06-01T14:32:07.841203Z {VICTIM} session.open dpt=22\x00",
    f" dpt=1 \u2028 2025-06-01 14:32:07 {VICTIM} session.open dpt=22",
    f"<ADDR>{VICTIM}</ADDR> <HOST> F-ID {VICTIM}",
    "\x1b[2K\x1b[1G2025-06-01T14:32:07.841203Z 203.0.113.9 session.open dpt=22",
)


def test_the_lines():
    assert line(OPENED) == b"2025-06-01T14:32:07.841203Z 198.51.100.42 session.open dpt=443 service=nginx"
    assert line(CREDENTIAL) == (
        b"2025-06-01T14:32:07.841203Z 198.51.100.42 service.credential dpt=22 service=openssh method=password "
        b"user=root\\x1b[2J"
    )
    assert line(VERIFIED) == (
        b"2025-06-01T14:32:07.841203Z 198.51.100.42 scan.detected dpt=80 port_count=1001 target_count=2 level=1 "
        b"tool=nmap techniques=syn,half-open"
    )


def test_nobody_is_banned_for_what_another_may_have_sent():
    assert line(DETECTED) is None


def test_the_rest_is_no_reason_for_a_ban():
    kinds = {str(type(event).__struct_config__.tag) for event in EXAMPLES if line(event)}
    assert kinds == {"session.open", "service.credential", "tripwire.touched"}


@given(events())
def test_nothing_an_attacker_writes_is_more_than_the_last_value(event):
    written = line(event)
    if written is None:
        return
    match = re.fullmatch(r"2025-06-01T14:32:07\.841203Z (\S+) ([a-z.]+) dpt=22( [ -~]*)?", written.decode("ascii"))
    assert match
    assert match[1] in {"198.51.100.42", "2001:db8::7"}
    if isinstance(event, ServiceCredential):
        assert not event.user or written.decode().endswith(f"user={escaped(event.user)}")


def fail2ban_regex(output: str, log: Path) -> str:
    argv = ["fail2ban-regex", "-o", output, str(log), str(FOLDER / "filter.conf")]
    return subprocess.run(argv, capture_output=True, text=True, timeout=60, check=True).stdout


def found(log: Path) -> list[str]:
    """The addresses that fail2ban would count, in order."""
    return fail2ban_regex("ip", log).split()


def test_fail2ban_finds_each_true_address_and_no_other(tmp_path):
    written = [OPENED, CREDENTIAL, VERIFIED, SessionOpened(AT, SRC6, 1, DST6, 2, "", b"")]
    texts = (*(lie.encode() for lie in LIES), *NASTY)
    written += [ServiceCredential(AT, SRC, 1, DST, 22, lie, lie, text, text) for text in texts for lie in LIES[:2]]
    log = tmp_path / "log"
    log.write_bytes(b"".join([(line(event) or b"") + b"\n" for event in written]))
    assert found(log) == ["198.51.100.42"] * 3 + ["2001:db8::7"] + ["198.51.100.42"] * 2 * len(texts)


@pytest.mark.parametrize(
    "forged",
    [
        f"{VICTIM} session.open dpt=22",
        f"2025-06-01T14:32:07.841203Z x {VICTIM} session.open dpt=22",
        f"2025-06-01T14:32:07.841203Z {VICTIM} session.opened dpt=22",
        f"2025-06-01T14:32:07.841203Z {VICTIM} session.close dpt=22",
        f"x 2025-06-01T14:32:07.841203Z {VICTIM} session.open dpt=22",
    ],
)
def test_what_only_looks_like_our_line_is_none(forged, tmp_path):
    log = tmp_path / "log"
    log.write_text(f"{forged}\n")
    assert found(log) == []


def test_the_time_is_understood(tmp_path):
    log = tmp_path / "log"
    log.write_bytes((line(OPENED) or b"") + b"\n")
    assert "\t1748788327,\t" in fail2ban_regex("row", log)


def test_the_jail_names_the_filter_and_bans_at_once():
    jail = (FOLDER / "jail.conf").read_text()
    assert re.search(r"(?m)^filter\s*=\s*rawspoof$", jail)
    assert re.search(r"(?m)^maxretry\s*=\s*1$", jail)
    assert re.search(r"(?m)^logpath\s*=\s*/var/log/rawspoof/fail2ban\.log$", jail)
