"""Facts of this machine are found, and of a /proc that is made up exactly those that are in it."""

from pathlib import Path

from rawspoof.edges.system.facts import facts, free_mb, sessions, system

HEADER = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n"
ROW = "   0: 0202000A:0016 076433C6:{port:04X} 01 00000000:00000000 00:00000000 00000000     0        0 {inode} 1\n"


def proc(root: Path) -> Path:
    """Three connections: sshd's with a title, sshd's own listener's process without, and another program's."""
    (root / "net").mkdir()
    (root / "net/tcp").write_text(HEADER + "".join(ROW.format(port=p, inode=p) for p in (101, 102, 103)))
    called = {101: ("sshd", "sshd: alice@pts/0"), 102: ("sshd-session", "/usr/sbin/sshd"), 103: ("nc", "nc")}
    for pid, (name, title) in called.items():
        (root / str(pid) / "fd").mkdir(parents=True)
        (root / str(pid) / "fd/3").symlink_to(f"socket:[{pid}]")
        (root / str(pid) / "comm").write_text(f"{name}\n")
        (root / str(pid) / "cmdline").write_bytes(title.encode() + b"\0")
    return root


def test_sessions_are_sshds_and_our_own(tmp_path):
    root = proc(tmp_path)
    assert list(sessions({}, root)) == [("alice", "198.51.100.7"), ("", "198.51.100.7")]
    assert list(sessions({"SSH_CONNECTION": "192.0.2.9 5 192.0.2.2 22"}, root))[-1] == ("", "192.0.2.9")
    # It is a variable: anybody may have written it.
    assert len(list(sessions({"SSH_CONNECTION": "x\ny 1"}, root))) == 2


def test_this_machine_has_facts():
    found = facts({})
    assert found.cores >= 1
    assert found.free_mb is not None
    assert found.system
    assert all(one.name != "lo" for one in found.interfaces)


def test_the_system_has_its_name_with_the_kernels(tmp_path):
    (tmp_path / "os-release").write_text('ID=x\nPRETTY_NAME="Some OS 3"\n')
    assert system(tmp_path / "os-release").startswith("Some OS 3, Linux ")
    assert system(tmp_path / "none").startswith("Linux ")


def test_a_folder_that_is_not_there_yet_has_the_room_of_the_one_it_will_be_in(tmp_path):
    assert free_mb(tmp_path / "a/b") is not None
