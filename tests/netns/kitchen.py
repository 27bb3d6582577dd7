"""A document's blocks of code, done as it says: in a sensor's and an attacker's namespace, on a copy of this disk.

```` ```sh run ```` starts a sensor and waits until it answers, ```` ```sh sensor ```` and ```` ```sh attacker ```` are
run to their end on that side, a block with a path is a file, ```` ```text ```` after a command is what it prints (`…`
stands for anything). SENSOR is the sensor's address.
"""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, NamedTuple

from rawspoof.edges.lab.lab import READY
from rawspoof.edges.lab.namespaces import Lab, Side
from tests.netns.sensors import READY_S, SECRET, open_folder, until
from tests.netns.taps import TARGET

ENDED_S: Final = 60.0
"""For one block; most take a second."""
BLOCK: Final = re.compile(r"^```(\w+)(?: ([^\n]+))?\n(.*?)^```$", re.DOTALL | re.MULTILINE)
COPIES: Final = ("etc", "var", "opt")
"""Folders of which the blocks see a copy, thrown away in the end."""
PLACE: Final = f"""set -e
for name in {" ".join(COPIES)}; do
    mkdir -p "$0/$name/new" "$0/$name/work"
    mount -t overlay -o "lowerdir=/$name,upperdir=$0/$name/new,workdir=$0/$name/work" none "/$name"
done
rm -rf /etc/rawspoof /var/lib/rawspoof /var/log/rawspoof
mkdir -p /etc/rawspoof /var/lib/rawspoof /var/log/rawspoof
chown nobody /var/log/rawspoof
cat >/var/lib/rawspoof/secret
chmod 600 /var/lib/rawspoof/secret
echo there
exec sleep 600"""


class Block(NamedTuple):
    """A fenced piece of a document."""

    language: str
    where: str
    """`run`, a side, or a path; "" for what a command prints."""
    text: str


def recipes(document: Path) -> dict[str, list[Block]]:
    """The blocks under each heading that has any."""
    parts = re.split(r"^## (.+)$", document.read_text(), flags=re.MULTILINE)[1:]
    found = {
        title: [Block(*block) for block in BLOCK.findall(text)] for title, text in zip(*[iter(parts)] * 2, strict=True)
    }
    return {title: blocks for title, blocks in found.items() if blocks}


class Kitchen:
    """Where the blocks of one recipe are done."""

    def __init__(self, lab: Lab, folder: Path) -> None:
        self._lab, self._folder = lab, folder
        (folder / "bin").mkdir()
        for name, text in {"sudo": 'exec "$@"', "rawspoof": f'exec {sys.executable} -m rawspoof "$@"'}.items():
            (folder / "bin" / name).write_text(f"#!/bin/sh\n{text}\n")
            (folder / "bin" / name).chmod(0o755)
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
        disk = lab.run("sensor", ["unshare", "--mount", "sh", "-c", PLACE, str(folder)], **pipes)
        assert disk.stdin
        assert disk.stdout
        with disk.stdin, disk.stdout:
            disk.stdin.write(SECRET)
            disk.stdin.close()
            assert disk.stdout.readline() == b"there\n"
        self._disk = disk.pid
        self._said = ""

    def do(self, block: Block) -> None:
        """One block. Fails the test where it does not do what it says."""
        if block.language != "sh" and block.where:
            self._run("sensor", ["sh", "-c", 'mkdir -p "${0%/*}"; cat >"$0"', block.where], block.text)
        elif block.language != "sh":
            assert _pattern(block.text).search(self._said), self._said
        elif block.where == "run":
            self._start(block.text)
        else:
            self._said = self._run(block.where, ["sh", "-e", "-c", block.text.replace("SENSOR", TARGET)])

    def _start(self, command: str) -> None:
        said = self._folder / "said"
        with said.open("wb") as stderr:
            argv = self._entered(["sh", "-c", f"exec {command.strip().removeprefix('sudo ')}"])
            how = {"stdin": subprocess.DEVNULL, "stdout": stderr, "stderr": stderr, "env": self._environment()}
            sensor = self._lab.run("sensor", argv, cwd=self._folder, **how)
        until(lambda: READY.decode() in said.read_text() or sensor.poll() is not None, READY_S)
        assert sensor.poll() is None, said.read_text()

    def _run(self, side: Side, argv: list[str], text: str = "") -> str:
        how = {
            "stdin": subprocess.PIPE,
            "stdout": subprocess.PIPE,
            "stderr": subprocess.STDOUT,
            "text": True,
            "errors": "replace",
        }
        ran = self._lab.run(side, self._entered(argv), cwd=self._folder, env=self._environment(), **how)
        said: str = ran.communicate(text, timeout=ENDED_S)[0]
        assert ran.returncode == 0, (argv, said)
        return said

    def _entered(self, argv: list[str]) -> list[str]:
        return ["nsenter", "--mount", "--root", f"--wdns={self._folder}", "-t", str(self._disk), *argv]

    def _environment(self) -> dict[str, str]:
        return {**os.environ, "PATH": f"{self._folder}/bin:{os.environ['PATH']}", "COLUMNS": "120", "LC_ALL": "C.UTF-8"}


def _pattern(shown: str) -> re.Pattern[str]:
    """What matches output with these lines in it, in this order, however wide its columns are."""
    lines = [r"\s+".join(map(re.escape, line.split())).replace("…", r"[^\n]*") for line in shown.splitlines()]
    return re.compile("(?s:.*)".join(lines))


@contextmanager
def kitchen() -> Iterator[Kitchen]:
    """An empty one."""
    with open_folder() as folder, Lab() as lab:
        yield Kitchen(lab, folder)
