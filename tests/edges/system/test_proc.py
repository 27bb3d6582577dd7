"""/proc read back as values, from a folder that looks like it."""

from ipaddress import ip_address
from pathlib import Path

import pytest

from rawspoof.edges.system.proc import Listener, Queue, described, listeners, netlink_pids, queues, words
from rawspoof.edges.system.proc import number as first_number

HEAD = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n"
TCP = """\
   0: 0164C6C6:0016 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 501 1 0 100 0 0 10 0
   1: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 502 1 0 100 0 0 10 0
   2: 0164C6C6:0016 0264C6C6:C350 01 00000000:00000000 00:00000000 00000000     0        0 503 1 0 100 0 0 10 0
"""
TCP6 = """\
   0: B80D0120000051000000000001000000:01BB 00000000000000000000000000000000:0000 0A 0:0 00:0 0     0        0 504 1
"""
NETLINK = """\
sk               Eth Pid        Groups   Rmem     Wmem     Dump  Locks    Drops    Inode
000000000000abcd 12  77         00000000 0        0        0     2        0        601
000000000000abce 12  3000000000 00000000 0        0        0     2        0        602
000000000000abcf 0   77         00000000 0        0        0     2        0        603
000000000000abd0 12  0          00000000 0        0        0     2        0        604
"""
QUEUES = """\
    0     77     0 2  4016     0     0        0  1
   11 3000000000     3 2  4016     0     0        9  1
   12     99     0 2  4016     0     0        0  1
"""


@pytest.fixture
def proc(tmp_path: Path) -> Path:
    for path, text in {
        "net/tcp": HEAD + TCP,
        "net/tcp6": HEAD + TCP6,
        "net/netlink": NETLINK,
        "net/netfilter/nfnetlink_queue": QUEUES,
        "sys/net/ipv4/ip_forward": "1\n",
        "77/comm": "python\n",
        "88/comm": "sshd\n",
    }.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    # Process 100 shares a socket with its parent 88.
    for pid, held in {"77": [601, 602, 603], "88": [501], "100": [501, 504]}.items():
        (tmp_path / pid / "fd").mkdir(parents=True)
        for count, inode in enumerate(held):
            (tmp_path / pid / "fd" / str(count)).symlink_to(f"socket:[{inode}]")
        (tmp_path / pid / "fd" / "9").symlink_to("/dev/null")
    return tmp_path


def test_listening_sockets_of_both_families_with_whose_they_are(proc):
    assert listeners(proc) == [
        Listener(ip_address("198.198.100.1"), 22, 88),
        Listener(ip_address("127.0.0.1"), 8080, None),
        Listener(ip_address("2001:db8:51::1"), 443, 100),
    ]


def test_without_ipv6_there_is_still_ipv4(proc):
    (proc / "net/tcp6").unlink()
    assert [listener.port for listener in listeners(proc)] == [22, 8080]


def test_queues_and_who_reads_them_also_by_a_second_socket(proc):
    assert queues(proc) == [Queue(0, 77), Queue(11, 77), Queue(12, None)]


def test_without_nfqueue_there_are_no_queues(proc):
    (proc / "net/netfilter/nfnetlink_queue").unlink()
    assert queues(proc) == []


def test_only_netfilter_sockets_count(proc):
    assert netlink_pids(proc) == {77: 77, 3000000000: 77}


@pytest.mark.parametrize(("pid", "said"), [(88, "sshd, pid 88"), (5, "pid 5"), (None, "unknown process")])
def test_a_process_for_people(proc, pid, said):
    assert described(pid, proc) == said


def test_numbers_and_words_of_files_that_may_not_be_there(proc):
    assert first_number("sys/net/ipv4/ip_forward", proc) == 1
    assert first_number("sys/net/none", proc) is None
    assert words("net/none", proc) == []
