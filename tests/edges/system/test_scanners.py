"""The shipped rules load, each with its source; a broken one is named with its file."""

import shutil

import pytest

from rawspoof.config.load import ConfigError
from rawspoof.edges.system.scanners import load_rules
from rawspoof.edges.system.signatures import VARIABLE, folder


def test_every_rule_says_where_it_is_from():
    rules = load_rules()
    assert {"nmap", "masscan", "zmap", "hping3", "mirai", "naabu", "unicornscan", "metasploit"} <= {
        rule.name for rule in rules.tools
    }
    assert all(len(rule.source) > 10 for rule in [*rules.tools, *rules.systems])
    assert all(words.rule.source for words in rules.words)


def test_a_broken_rule_is_named(tmp_path, monkeypatch):
    shutil.copytree(folder() / "scanners", tmp_path / "scanners")
    (tmp_path / "scanners" / "mine.toml").write_text("[[tool]]\n")
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    with pytest.raises(ConfigError, match=r"mine\.toml: .*missing"):
        load_rules()
