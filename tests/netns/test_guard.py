"""The table's life: one owner, nobody else's hand in it, nothing left of it; and the set of blocked sources."""

import os
import signal
import socket
import subprocess
import sys
from ipaddress import ip_address
from time import sleep

import pytest

from rawspoof.config.model import Config, Sensor
from rawspoof.edges.firewall.guard import FirewallError, Guard, check_interfaces
from rawspoof.edges.firewall.plan import Plan, plan_from
from rawspoof.edges.lab.namespaces import INTERFACE
from tests.netns.taps import SOURCE, SOURCE6, TARGET, TARGET6, attempt, call, greeting, queued, serving, tapped

pytestmark = pytest.mark.netns

UDP = socket.SOCK_DGRAM

HOLDER = """
import os, sys, time
from rawspoof.edges.firewall.guard import Guard
from rawspoof.edges.firewall.plan import Plan
guard = Guard(Plan())
guard.install()
if sys.argv[1] == "fork" and os.fork() == 0:
    guard.close_inherited()
    # What a forked worker does at its end must not touch the table either.
    guard.remove()
    print("child", flush=True)
    sys.stdin.read()
    os._exit(0)
print("parent", flush=True)
sys.stdin.read()
"""


def tables(lab) -> str:
    return call(lab, "sensor", "nft", "list", "tables")


@pytest.fixture
def holder(lab):
    """Starts a process on the sensor's side that installs the table and waits."""
    started = []

    def start(how: str, lines: int) -> subprocess.Popen:
        argv = [sys.executable, "-c", HOLDER, how]
        process = lab.run("sensor", argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        started.append(process)
        for _ in range(lines):
            process.stdout.readline()
        return process

    yield start
    for process in started:
        process.stdin.close()
        process.stdout.close()


@pytest.fixture
def guard(lab):
    with lab.inside("sensor"), Guard(Plan(blocked_max=2)) as guard:
        yield guard


def packed(address: str) -> bytes:
    return ip_address(address).packed


def test_the_table_is_there_inside_and_gone_outside(lab):
    with lab.inside("sensor"), Guard(Plan()) as guard:
        assert tables(lab) == "table inet rawspoof\n"
        guard.remove()
        assert tables(lab) == ""
        guard.remove()
        guard.install()
        assert tables(lab) == "table inet rawspoof\n"
    assert tables(lab) == ""


def test_the_table_goes_when_its_block_is_left_by_an_error(lab):
    with lab.inside("sensor"), pytest.raises(ZeroDivisionError), Guard(Plan()):
        raise ZeroDivisionError
    assert tables(lab) == ""


def test_nobody_else_can_flush_or_delete_it(lab, guard):
    call(lab, "sensor", "nft", "flush", "ruleset")
    with lab.inside("sensor"):
        assert subprocess.run(["nft", "delete", "table", "inet", "rawspoof"], capture_output=True).returncode != 0
    assert "queue" in call(lab, "sensor", "nft", "list", "ruleset")


def test_a_second_daemon_is_told_who_holds_the_table(lab, guard):
    pid = os.getpid()
    with (
        lab.inside("sensor"),
        pytest.raises(FirewallError, match=rf"another rawspoof \(.*pid {pid}\) holds .* stop it"),
    ):
        Guard(Plan()).install()
    assert tables(lab) == "table inet rawspoof\n"


def test_a_table_loaded_by_hand_is_not_mixed_with_ours(lab):
    call(lab, "sensor", "nft", "add", "table", "inet", "rawspoof")
    with lab.inside("sensor"), pytest.raises(FirewallError, match="loaded by hand: `nft delete table inet rawspoof`"):
        Guard(Plan()).install()
    assert tables(lab) == "table inet rawspoof\n"


def test_sigkill_leaves_nothing(lab, holder):
    process = holder("alone", 1)
    assert tables(lab) == "table inet rawspoof\n"
    process.kill()
    process.wait()
    assert tables(lab) == ""


def test_a_child_that_closed_its_copy_neither_removes_nor_keeps_the_table(lab, holder):
    process = holder("fork", 2)
    assert tables(lab) == "table inet rawspoof\n"
    process.kill()
    process.wait()
    assert tables(lab) == ""


def test_an_unknown_interface_is_an_error_before_anything_is_installed(lab):
    with lab.inside("sensor"):
        check_interfaces(Plan(interfaces=(INTERFACE,)))
        with pytest.raises(FirewallError, match=f"no interface 'eth9'; this machine has {INTERFACE}"):
            Guard(Plan(interfaces=(INTERFACE, "eth9"))).install()
    assert tables(lab) == ""


def test_without_rights_the_error_names_them(lab):
    code = "import os; os.setuid(65534); from rawspoof.edges.firewall.guard import *; Guard(Plan()).install()"
    with lab.inside("sensor"):
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert "FirewallError: no right to change the firewall (CAP_NET_ADMIN): start as root, or with " in done.stderr


@pytest.mark.parametrize(("source", "target"), [(SOURCE, TARGET), (SOURCE6, TARGET6)])
def test_a_blocked_source_is_dropped_until_it_is_unblocked(lab, guard, source, target):
    with tapped(lab) as tap, serving(lab, "sensor", 8088):
        assert guard.block(packed(source), 60)
        assert not queued(tap, lab, target, 4444, expected=False)
        assert attempt(lab, target, 8088, 0.2) == "silent"
        assert not echoed(lab, target)
        guard.unblock(packed(source))
        assert queued(tap, lab, target, 4444)
        assert greeting(lab, "attacker", target, 8088) == b"genuine"
        assert echoed(lab, target)


def echoed(lab, target: str) -> bool:
    """Whether a datagram comes back, be it as the news that nobody is there."""
    with lab.inside("attacker"), socket.socket(socket.AF_INET6 if ":" in target else socket.AF_INET, UDP) as asking:
        asking.settimeout(0.2)
        asking.connect((target, 4444))
        asking.send(b"hello")
        try:
            asking.recv(1)
        except ConnectionRefusedError:
            return True
        except TimeoutError:
            return False
    return True


@pytest.mark.parametrize(("source", "target"), [(SOURCE, TARGET), (SOURCE6, TARGET6)])
def test_one_blocked_from_services_meets_only_the_maze(lab, guard, source, target):
    with tapped(lab) as tap, serving(lab, "sensor", 8088):
        assert guard.block(packed(source), 60, "services")
        assert attempt(lab, target, 8088, 0.2) == "silent"
        assert queued(tap, lab, target, 4444)
        guard.unblock(packed(source), "services")
        assert greeting(lab, "attacker", target, 8088) == b"genuine"


@pytest.mark.parametrize(("source", "target"), [(SOURCE, TARGET), (SOURCE6, TARGET6)])
def test_of_one_in_the_tarpit_only_syns_are_heard(lab, guard, source, target):
    with tapped(lab) as tap, serving(lab, "sensor", 8088):
        assert guard.block(packed(source), 60, "tarpit")
        assert queued(tap, lab, target, 4444)
        tap.packets()
        assert call(lab, "attacker", "nmap", *(["-6"] if ":" in target else []), "-Pn", "-n", "-sA", "-p4444", target)
        assert tap.packets() == []
        assert greeting(lab, "attacker", target, 8088) == b"genuine"


def test_many_blocks_are_restored_as_far_as_there_is_room(lab):
    blocks = [(packed(f"192.0.{n // 200}.{n % 200}"), 60.0, "all") for n in range(1201)]
    with lab.inside("sensor"), Guard(Plan(blocked_max=1200)) as guard:
        assert len(guard.restore(blocks)) == guard.blocks_refused == 1
        assert guard.restore([(packed("192.0.2.9"), 60.0, how) for how in ("services", "tarpit")]) == []
        assert call(lab, "sensor", "nft", "list", "ruleset").count("expires") == 1202


def test_a_block_ends_by_itself_and_a_new_one_takes_the_place_of_the_old(lab, guard):
    with tapped(lab) as tap:
        guard.block(packed(SOURCE), 3600)
        guard.block(packed(SOURCE), 0.1)
        sleep(0.2)
        assert queued(tap, lab, TARGET, 4444)


def test_to_unblock_a_source_that_is_not_blocked_does_nothing(guard):
    guard.unblock(packed(SOURCE))
    assert guard.block(packed(SOURCE), 60)


def test_beyond_the_limit_a_source_is_not_blocked_but_counted(lab, guard):
    sources = [packed(f"192.0.2.{n}") for n in range(4)]
    assert [guard.block(source, 60) for source in sources] == [True, True, False, False]
    assert guard.blocks_refused == 2
    # One of those that are in can still be blocked for longer, and each family has its own room.
    assert guard.block(sources[0], 120)
    assert guard.block(packed("2001:db8::1"), 60)
    guard.unblock(sources[1])
    assert guard.block(sources[2], 60)


def test_many_allowed_networks_fit_into_one_batch(lab):
    # Every second address, so that none can be merged.
    allow = tuple(f"10.0.{n // 128}.{n % 128 * 2}/32" for n in range(800))
    with lab.inside("sensor"), Guard(plan_from(Config(sensor=Sensor(allow=allow)))):
        assert call(lab, "sensor", "nft", "list", "ruleset").count("allowed source") == 800


def test_a_signal_that_ends_the_process_leaves_nothing(lab, holder):
    process = holder("alone", 1)
    process.send_signal(signal.SIGTERM)
    process.wait()
    assert tables(lab) == ""
