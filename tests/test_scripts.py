"""The scripts in a checkout of their own, with small stand-ins for dpkg, apt and Python that write down their calls.

What the real ones do with these calls is seen by whoever runs the scripts; here it is whether and when they are called.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.checkout import AS_NOBODY, FAKES, Checkout

# An empty /usr/sbin that only the command sees, so that the machine's own service policy is not touched.
EMPTY_SBIN = ("unshare", "--mount", "sh", "-c", 'mount -t tmpfs none /usr/sbin && eval "$1" && exec "$0" --test')


@pytest.fixture
def checkout() -> Iterator[Checkout]:
    # Not tmp_path, into which only root may look.
    with TemporaryDirectory() as root:
        Path(root).chmod(0o755)
        yield Checkout(Path(root).resolve())


PIP = "python -m pip install --disable-pip-version-check -e ."


def test_install_installs_once(checkout: Checkout) -> None:
    assert checkout.run("scripts/install", "--test") == (0, "rawspoof: installing Python packages into .venv\n")
    assert checkout.calls() == [PIP + "[test]"]
    assert checkout.run("scripts/install", "--test") == (0, "")
    assert checkout.run("scripts/install") == (0, "")
    assert checkout.calls() == []


def test_install_adds_what_was_not_asked_for_before(checkout: Checkout) -> None:
    checkout.run("scripts/install")
    checkout.run("scripts/install", "--test", "--dev")
    assert checkout.calls() == [PIP, PIP + "[test,dev]"]


@pytest.mark.parametrize("change", ["pyproject.toml", "python"])
def test_install_follows_a_change(checkout: Checkout, change: str) -> None:
    checkout.run("scripts/install")
    if change == "python":
        checkout.python = "3.13"
    else:
        checkout.write(change, "[project]\ndependencies = []")
    checkout.run("scripts/install")
    assert checkout.calls() == [PIP, PIP]


def test_a_failed_install_shows_why_and_is_tried_again(checkout: Checkout) -> None:
    checkout.write("broken", "")
    assert checkout.run("scripts/install") == (1, "rawspoof: installing Python packages into .venv\nsaid by pip\n")
    (checkout.root / "broken").unlink()
    assert checkout.run("scripts/install") == (0, "rawspoof: installing Python packages into .venv\n")


@pytest.mark.parametrize("stale", [False, True])
def test_install_updates_the_package_lists_only_if_they_are_stale(checkout: Checkout, stale: bool) -> None:
    checkout.write("absent", "gcc\n")
    if stale:
        checkout.write("stale", "")
    status, said = checkout.run("scripts/install")
    assert (status, said.splitlines()[0]) == (0, "rawspoof: installing Debian packages: gcc")
    asked = [line.split()[-2 if "gcc" in line else -1 :] for line in checkout.calls() if "apt-get" in line]
    assert asked == [["--download-only", "gcc"], *([["update"]] if stale else []), ["--no-install-recommends", "gcc"]]


@pytest.mark.parametrize("there", [None, "#!/bin/sh\nexit 101 # the owner's"])
def test_install_starts_no_service(checkout: Checkout, there: str | None) -> None:
    checkout.write("absent", "gcc\nnginx\nopenssh-server\n")
    before = "true" if there is None else "cp theirs /usr/sbin/policy-rc.d"
    checkout.write("theirs", there or "")
    checkout.write("after", "")
    checkout.write_program("install-and-look", 'scripts/install "$@"; cp /usr/sbin/* after; true')
    assert checkout.run(*EMPTY_SBIN, "./install-and-look", before)[0] == 0
    assert "exit 101" in (checkout.root / "policy").read_text()
    assert (checkout.root / "after").read_text() == (there or "")
    assert "systemctl disable nginx.service ssh.service ssh.socket" in checkout.calls()


def test_install_says_what_only_root_can_add(checkout: Checkout) -> None:
    checkout.write("absent", "gcc\n")
    said = "rawspoof: needs root to install gcc: sudo scripts/install\n"
    assert checkout.run(*AS_NOBODY, "scripts/install") == (1, said)


def test_install_refuses_an_old_python(checkout: Checkout) -> None:
    checkout.python = "3.10"
    status, said = checkout.run("scripts/install")
    assert (status, said.count("\n")) == (1, 1)
    assert "needs Python 3.11 or newer" in said
    assert "is Python 3.10" in said


@pytest.mark.parametrize("script", ["install", "check"])
def test_a_wrong_option_is_answered_with_the_right_ones(checkout: Checkout, script: str) -> None:
    status, said = checkout.run(f"scripts/{script}", "--wrong")
    assert (status, said.count("\n")) == (2, 1)
    assert f"usage: scripts/{script} [--" in said


@pytest.mark.parametrize("script", ["run", "test"])
def test_who_is_not_root_is_told_in_a_line(checkout: Checkout, script: str) -> None:
    status, said = checkout.run(*AS_NOBODY, f"scripts/{script}")
    assert (status, said.count("\n")) == (1, 1)
    assert said.endswith(f": sudo scripts/{script}\n")


def test_run_hands_on_its_arguments_where_it_was_called(checkout: Checkout) -> None:
    checkout.write_program(".venv/bin/rawspoof", 'echo "$PWD: $*"')
    checkout.write("elsewhere/there", "")
    status, said = checkout.run("env", "-C", "elsewhere", "../scripts/run", "-c", "my file.toml")
    assert (status, said.splitlines()[-1]) == (0, f"{checkout.root}/elsewhere: run -c my file.toml")


CALLS = [
    "python -m pytest -n 3 --dist loadfile --no-loadscope-reorder -m not alone -x tests/wire",
    "python -m pytest -m alone -x tests/wire",
]


def test_test_hands_on_its_arguments(checkout: Checkout) -> None:
    assert checkout.run("scripts/test", "-x", "tests/wire")[0] == 0
    assert checkout.calls() == [PIP + "[test]", *CALLS]


@pytest.mark.parametrize(("failed", "again"), [(3, True), (9, False)])
def test_a_few_that_failed_have_another_go(checkout: Checkout, failed: int, again: bool) -> None:
    cache = ".pytest_cache/v/cache"
    pytests = f"""mkdir -p {cache}; cp names {cache}/lastfailed; echo "python $*" >>calls
case $* in *--last-failed*) ;; *alone*) exit 1 ;; esac"""
    fake = FAKES["python3"].replace(
        "-c*)", f'"-m pytest"*) {pytests} ;;\n-c*json*) exec /usr/bin/python3 "$@" ;;\n-c*)', 1
    )
    checkout.write_program("fakes/python3", fake)
    checkout.write("names", json.dumps({f"tests/test_{number}.py::test": True for number in range(failed)}))
    status, said = checkout.run("scripts/test")
    assert (status == 0, "tests/test_0.py::test" in said) == (again, again)
    assert sum("--last-failed" in call for call in checkout.calls()) == (2 if again else 0)
