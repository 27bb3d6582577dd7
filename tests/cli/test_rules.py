"""`rawspoof rules`: which of the forms is printed, for which configuration."""

import pytest

from rawspoof.cli.main import main
from rawspoof.edges.firewall.iptables import as_iptables
from rawspoof.edges.firewall.nft import as_nft
from rawspoof.edges.firewall.plan import Plan


@pytest.mark.parametrize(
    ("argv", "text"),
    [
        ([], as_nft(Plan(), compat=False)),
        (["--native"], as_nft(Plan(), compat=False)),
        (["--compat"], as_nft(Plan(), compat=True)),
        (["--format", "iptables"], as_iptables(Plan())),
        (["--iface", "eth1", "--queue", "9"], as_nft(Plan(interfaces=("eth1",), queue=9), compat=False)),
    ],
)
def test_the_form_asked_for_is_printed(argv, text, capsys):
    assert main(["rules", *argv]) == 0
    assert capsys.readouterr().out == text


def test_the_configuration_is_read(capsys, tmp_path):
    (tmp_path / "r.toml").write_text("[sensor]\nexempt_ports = [22, 23]\n")
    assert main(["rules", "-c", str(tmp_path / "r.toml")]) == 0
    assert "tcp dport 22-23 accept" in capsys.readouterr().out


def test_two_forms_at_once_are_refused():
    with pytest.raises(SystemExit):
        main(["rules", "--native", "--compat"])
