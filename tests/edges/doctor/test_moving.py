"""What portspoof and its like leave behind, in files; processes are in tests/netns/test_moving.py."""

import pytest

from rawspoof.edges.doctor.finding import Finding, Level
from rawspoof.edges.doctor.moving import moving


def left(root, path: str, text: str = "") -> list[Finding]:
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).write_text(text)
    return list(moving(root))


def test_a_machine_that_never_had_any_is_quiet(tmp_path):
    assert list(moving(tmp_path)) == []


@pytest.mark.parametrize(
    ("path", "cure"),
    [
        ("etc/systemd/system/multi-user.target.wants/portspoof.service", "systemctl disable portspoof"),
        ("etc/systemd/system/multi-user.target.wants/portsentry.service", "systemctl disable portsentry"),
        ("etc/init.d/portspoof_simple.sh", "update-rc.d portspoof_simple remove"),
        ("etc/rc3.d/S20portspoof", "update-rc.d portspoof remove"),
    ],
)
def test_what_starts_at_boot_is_told_with_how_to_end_that(tmp_path, path, cure):
    (finding,) = left(tmp_path, path)
    assert (finding.level, finding.id, finding.cure) == (Level.ADVICE, "moving.boot", cure)


def test_other_things_that_start_are_not(tmp_path):
    left(tmp_path, "etc/init.d/ssh")
    assert left(tmp_path, "etc/systemd/system/multi-user.target.wants/nginx.service") == []


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("etc/iptables/rules.v4", "-A PREROUTING -i eth0 -p tcp -m tcp --dport 1:65535 -j REDIRECT --to-ports 4444\n"),
        ("etc/nftables.conf", "table ip n {\n tcp dport 1-65535 redirect to :4444\n}\n"),
    ],
)
def test_a_redirection_that_comes_back_at_boot_is_told(tmp_path, path, line):
    (finding,) = left(tmp_path, path, line)
    assert finding.id == "moving.saved-rules"
    assert str(tmp_path / path) in finding.what
    assert left(tmp_path, path, f"# {line}".replace("\n ", "\n # ")) == []


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("etc/sysctl.d/99-portspoof.conf", "net.netfilter.nf_conntrack_max=131072\n"),
        ("etc/sysctl.conf", "a=1\nnet.core.somaxconn = 4096\n"),
        ("etc/modprobe.d/xt_recent.conf", "options xt_recent ip_list_tot=10000\n"),
    ],
)
def test_tuning_that_nothing_needs_any_more_is_told(tmp_path, path, line):
    (finding,) = left(tmp_path, path, line)
    assert finding.id == "moving.tuning"
    assert line.strip().split("\n")[-1] in finding.what
    assert left(tmp_path, path, "net.core.somaxconn = 8192\n") == []


def test_its_list_of_banned_sources_is_told(tmp_path):
    (finding,) = left(tmp_path, "proc/net/xt_recent/PORTSCAN")
    assert finding.id == "moving.recent"


def test_its_configuration_is_of_use(tmp_path):
    (finding,) = left(tmp_path, "etc/portspoof/portspoof.conf")
    assert finding.level is Level.GOOD
    assert "rawspoof run -c /etc/portspoof/portspoof.conf" in finding.what
