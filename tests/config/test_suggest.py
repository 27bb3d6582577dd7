"""Facts stand beside the key that they are about, and nothing that somebody else chose ends a comment."""

import tomllib

from rawspoof.config.keys import KNOWN
from rawspoof.config.load import look
from rawspoof.config.show import default_text
from rawspoof.config.suggest import LISTED_MAX, Facts, Interface, notes, settings

FACTS = Facts(
    interfaces=(
        Interface("eth0", "", ("192.0.2.2/24", "2001:db8::2/64")),
        Interface("docker0", "bridge", ("172.17.0.1/16",)),
    ),
    services=((22, "sshd"), (8080, "")),
    inner=((5432, "postgres"),),
    gateways=("192.0.2.1",),
    resolvers=("192.0.2.53",),
    sessions=(("root", "198.51.100.7"), ("", "2001:db8::7")),
    system="Debian GNU/Linux 12 (bookworm), Linux 6.1.0",
    cores=4,
    free_mb=100_000,
)


def test_each_fact_is_beside_its_key():
    assert notes(FACTS) == {
        "sensor.interfaces": [
            "Here: eth0 (192.0.2.2/24, 2001:db8::2/64), docker0 (172.17.0.1/16); covered, all of them.",
            'To cover one only: interfaces = ["eth0"]',
        ],
        "sensor.exempt_ports": [
            "Here: 22 (sshd), 8080; the kernel's, there is no need to name them.",
            "On loopback only, so that others meet the sensor there: 5432 (postgres).",
        ],
        "sensor.allow": [
            "Here, by SSH: root from 198.51.100.7, 2001:db8::7; connections to real services need nothing here.",
            'To see the machine as it is from there: allow = ["198.51.100.7/32", "2001:db8::7/128"]',
        ],
        "block.never": [
            "Here: gateways 192.0.2.1; never blocked, there is no need to name them.",
            "Here: resolvers 192.0.2.53; never blocked, there is no need to name them.",
        ],
        "sensor.workers": [
            "Here: 4 cores; one worker answers some 50,000 packets a second; for more: workers = 4",
        ],
        "sensor.personality": ["Here: Debian GNU/Linux 12 (bookworm), Linux 6.1.0; `host` speaks as it does."],
        "store.mb_max": ["Here: 100,000 MiB are free."],
        "evidence.total_mb_max": ["Here: 100,000 MiB are free."],
    }
    assert set(notes(FACTS)) <= set(KNOWN)
    assert settings(FACTS) == {}


def test_no_facts_no_notes():
    assert notes(Facts()) == {}
    assert settings(Facts()) == {}


def test_a_small_disk_has_a_small_store(tmp_path):
    small = Facts(free_mb=800)
    path = tmp_path / "r.toml"
    path.write_text(default_text(notes(small), settings(small)))
    config, _, wrong = look(str(path))
    assert (config.store.mb_max, config.evidence.total_mb_max, wrong) == (200, 50, [])
    assert "too little" in path.read_text()
    # The least there can be is still right.
    path.write_text(default_text({}, settings(Facts(free_mb=0))))
    assert look(str(path)).wrong == []


def test_a_missing_user_is_told():
    assert list(notes(Facts(user=False))) == ["sensor.user"]


def test_names_that_others_chose_stay_in_their_comment():
    hostile = 'x\nuser = "root"\r\u2028\x1b[31m'
    facts = Facts(
        interfaces=(Interface(hostile, "", ("192.0.2.2/24",)),) * 2,
        services=tuple((port, hostile) for port in range(1, LISTED_MAX + 6)),
        sessions=((hostile, "192.0.2.9"),),
        system=hostile,
    )
    text = default_text(notes(facts), settings(facts))
    assert text.isascii()
    assert " and 5 more;" in text
    assert tomllib.loads(text) == tomllib.loads(default_text())
