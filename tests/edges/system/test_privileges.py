"""What a process keeps and loses, tried in children of our own. Takes root, as the daemon does."""

import os
import pwd
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from rawspoof.edges.system import privileges
from rawspoof.edges.system.privileges import CAP_KILL, CAP_NET_ADMIN, CAP_NET_RAW

USER = "nobody"


def child(body: Callable[[], object]) -> str:
    """What `body` gives or raises in a child, as text."""
    theirs, ours = os.pipe()
    pid = os.fork()
    if not pid:
        try:
            os.write(ours, str(body()).encode())
        except BaseException as error:
            os.write(ours, repr(error).encode())
        finally:
            os._exit(0)
    os.close(ours)
    os.waitpid(pid, 0)
    with os.fdopen(theirs, "rb") as file:
        return file.read().decode()


def status(field: str) -> str:
    """A field of /proc/self/status."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(line.split(":", 1)[1].strip() for line in lines if line.startswith(f"{field}:"))


def become(*keep: int) -> None:
    privileges.become(USER, keep)


def test_it_becomes_the_user_and_keeps_only_what_was_named() -> None:
    account = pwd.getpwnam(USER)

    def tell() -> list[object]:
        become(CAP_NET_RAW)
        kept = 1 << CAP_NET_RAW
        sets = [int(status(name), 16) == kept for name in ("CapEff", "CapPrm")]
        return [os.getresuid() == (account.pw_uid,) * 3, os.getresgid() == (account.pw_gid,) * 3, os.getgroups(), *sets]

    assert child(tell) == str([True, True, [], True, True])


def test_held_tells_what_may_be_used() -> None:
    def tell() -> list[bool]:
        before = privileges.held(CAP_NET_ADMIN)
        become(CAP_NET_RAW)
        return [before, privileges.held(CAP_NET_RAW), privileges.held(CAP_NET_ADMIN)]

    assert child(tell) == str([True, True, False])


def test_there_is_no_way_back() -> None:
    def tell() -> list[str]:
        become()
        tried = []
        for way in (lambda: os.setuid(0), lambda: privileges.limit([CAP_KILL]), lambda: os.kill(1, 0)):
            try:
                way()
                tried.append("done")
            except PermissionError:
                tried.append("refused")
        return [*tried, status("NoNewPrivs")]

    assert child(tell) == str(["refused", "refused", "refused", "1"])


def test_root_may_limit_itself() -> None:
    def tell() -> list[bool]:
        privileges.limit([CAP_KILL])
        return [os.geteuid() == 0, privileges.held(CAP_KILL), privileges.held(CAP_NET_ADMIN)]

    assert child(tell) == str([True, True, False])


def test_a_user_that_is_not_there_is_told() -> None:
    assert child(lambda: privileges.become("nobody-of-that-name", ())).startswith("KeyError")


def test_a_process_is_named_as_ps_shows_it() -> None:
    def tell() -> str:
        privileges.name("rawspoof-and-more-than-fits")
        return status("Name")

    assert child(tell) == "rawspoof-and-mo"


def test_a_child_dies_with_its_parent() -> None:
    theirs, ours = os.pipe()
    parent = os.fork()
    if not parent:
        parent = os.getpid()
        if not os.fork():
            privileges.die_with_parent(signal.SIGKILL, parent)
            os.write(ours, b"ready")
            while True:
                signal.pause()
        signal.pause()
        os._exit(0)
    os.close(ours)
    with os.fdopen(theirs, "rb", buffering=0) as file:
        assert file.read(5) == b"ready"
        os.kill(parent, signal.SIGKILL)
        os.waitpid(parent, 0)
        # The end of the pipe: nobody is left who could write.
        assert file.read(5) == b""


def test_a_child_whose_parent_died_before_ends_at_once() -> None:
    pid = os.fork()
    if not pid:
        privileges.die_with_parent(signal.SIGKILL, os.getppid() + 1)
        os._exit(7)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 1


def test_what_the_kernel_refuses_is_raised(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(privileges, "_PR_SET_NAME", -1)
    with pytest.raises(OSError, match="Invalid argument"):
        privileges.name("x")


def test_files_are_opened_as_another_user_for_a_while_even_by_root_of_few_rights(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    theirs = tmp_path / "theirs"
    theirs.touch(0o640)
    os.chown(theirs, pwd.getpwnam(USER).pw_uid, -1)

    def tell() -> list[object]:
        privileges.limit({privileges.CAP_SETUID, privileges.CAP_SETGID, CAP_KILL})
        before = os.access(theirs, os.W_OK, effective_ids=True)
        with privileges.acting_as(USER):
            theirs.open("ab").close()
        return [before, os.geteuid(), os.getegid(), privileges.held(CAP_KILL)]

    # pytest keeps its folders to itself: they are entered before the rights are gone.
    os.chdir(tmp_path)
    theirs = Path("theirs")
    assert child(tell) == "[False, 0, 0, True]"


def test_who_is_not_root_stays_who_they_are_and_keeps_what_was_named() -> None:
    def tell() -> list[object]:
        privileges.become(USER, {CAP_NET_RAW, CAP_NET_ADMIN})
        user = os.getresuid()
        privileges.become("no-such-user", {CAP_NET_RAW})
        with privileges.acting_as("no-such-user"):
            same = os.getresuid() == user
        mask = 1 << CAP_NET_RAW
        return [same, int(status("CapEff"), 16) == mask, int(status("CapAmb"), 16), privileges.owner("no-such-user")]

    assert child(tell) == "[True, True, 0, None]"
