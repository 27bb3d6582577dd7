"""The shape of the tree: what lies where, which core room may look into which, and that tests are tests.

Read from the files themselves, new ones too; what git ignores does not count.
"""

import ast
import importlib.util
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path, PurePath
from typing import Final

import pytest

ROOT: Final = Path(__file__).parent.parent

TOP: Final = {
    ".ci",
    ".containerignore",
    ".gitignore",
    "Containerfile",
    "LICENSE",
    "Vagrantfile",
    "completions",
    "compose.yaml",
    "man",
    "pyproject.toml",
    "rawspoof",
    "scripts",
    "signatures",
    "tests",
}
"""Beside documents (*.md). Decided once: a new thing finds its place in one of these."""

ROOMS: Final = (
    "wire",
    "tcp",
    "personality",
    "signature",
    "conversation",
    "world",
    "event",
    "evidence",
    "watch",
    "gate",
    "outcome",
    "tally",
    "talk",
    "doorbell",
    "parlour",
    "sensor",
)
"""The core from the inside out: a room may look into itself and those before it."""

WINDOWS: Final = {
    "asyncio",
    "logging",
    "netfilterqueue",
    "os",
    "pyroute2",
    "random",
    "scapy",
    "secrets",
    "socket",
    "sqlite3",
    "subprocess",
    "threading",
    "time",
}

# scapy forges each personality's SYN-ACK once, at start-up; what is sent is stamped from that.
MAY_LOOK_OUT: Final = {("rawspoof/core/wire/forge.py", "scapy")}

# Values without behaviour: the settings that rooms are built from.
SETTINGS: Final = "rawspoof.config.model"

WITHOUT_TEST_FILE: Final[dict[str, str]] = {}
"""Modules that are tested elsewhere, and where. One without a function needs no test."""


def files(*below: str) -> list[PurePath]:
    """Every file of the project below these folders, tracked or about to be."""
    # The checkout may belong to whoever called sudo.
    git = [
        "git",
        "-c",
        "safe.directory=*",
        "ls-files",
        "-z",
        "--cached",
        "--others",
        "--exclude-standard",
        "--",
        *below,
    ]
    listed = subprocess.run(git, cwd=ROOT, check=True, capture_output=True, text=True).stdout.split("\0")
    return [PurePath(name) for name in listed if name and (ROOT / name).exists()]


def modules(*below: str) -> list[PurePath]:
    return [path for path in files(*below) if path.suffix == ".py"]


def tree(path: PurePath) -> ast.Module:
    return ast.parse((ROOT / path).read_bytes())


def imported(path: PurePath) -> Iterator[str]:
    """The dotted name of everything a module imports, anywhere in it; what only a type checker reads does not count."""
    module = tree(path)
    for branch in ast.walk(module):
        if isinstance(branch, ast.If) and ast.unparse(branch.test) == "TYPE_CHECKING":
            branch.body = []
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            source = importlib.util.resolve_name("." * node.level + (node.module or ""), ".".join(path.parts[:-1]))
            yield from (f"{source}.{alias.name}" for alias in node.names)


def fault(path: PurePath, name: str) -> str | None:
    """What is wrong with a core module importing this, None if nothing."""
    top, *rest = name.split(".")
    if top in WINDOWS:
        return None if (str(path), top) in MAY_LOOK_OUT else "is a window"
    if top != "rawspoof" or name.startswith(f"{SETTINGS}."):
        return None
    if rest[0] != "core":
        return "is outside of the core"
    return None if ROOMS.index(rest[1]) <= ROOMS.index(room(path)) else "is a room further out"


def room(path: PurePath) -> str:
    """The room of a module's path rawspoof/core/ROOM…"""
    return path.with_suffix("").parts[2]


def test_the_top_level_is_what_the_design_says() -> None:
    assert {path.parts[0] for path in files() if path.suffix != ".md" or len(path.parts) > 1} == TOP


def test_no_core_room_has_a_window_or_looks_outward() -> None:
    core = [path for path in modules("rawspoof/core") if room(path) != "__init__"]
    assert {room(path) for path in core} <= set(ROOMS)
    assert [f"{path}: {name} {why}" for path in core for name in imported(path) if (why := fault(path, name))] == []


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("tcp/receive.py", "time.monotonic"),
        ("tcp/receive.py", "scapy.layers.inet"),
        ("wire/checksum.py", "rawspoof.core.tcp.seqnum"),
        ("world/host.py", "rawspoof.core.sensor.Sensor"),
        ("sensor.py", "rawspoof.edges.link.base.Link"),
        ("sensor.py", "rawspoof.config.load.load"),
    ],
)
def test_a_wrong_import_is_found(path: str, name: str) -> None:
    assert fault(PurePath("rawspoof/core", path), name)


def has_code(path: PurePath) -> bool:
    """Whether a module does anything: some function of it has more than a docstring."""
    return any(
        isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and not all(isinstance(part, ast.Expr) and isinstance(part.value, ast.Constant) for part in node.body)
        for node in ast.walk(tree(path))
    )


def test_every_module_has_its_test_file() -> None:
    """tests/ mirrors rawspoof/ without core/; tests with a kernel are all in tests/netns."""
    tests = modules("tests")
    lacking = []
    for path in modules("rawspoof"):
        inner = path.relative_to("rawspoof/core" if "core" in path.parts else "rawspoof")
        homes = {PurePath("tests") / inner.parent, PurePath("tests/netns")}
        named = re.compile(rf"test_{path.stem.strip('_')}(_\w+)?")
        if has_code(path) and not any(test.parent in homes and named.fullmatch(test.stem) for test in tests):
            lacking.append(str(path))
    assert sorted(lacking) == sorted(WITHOUT_TEST_FILE)


def test_no_test_is_skipped() -> None:
    attributes = [
        f"{path}:{node.lineno} {ast.unparse(node)}"
        for path in modules("tests")
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Attribute)
    ]
    assert [name for name in attributes if re.search(r" (pytest|unittest)\b.*\.(skip|importorskip)", name)] == []


def test_no_test_knows_the_machine_it_was_written_on() -> None:
    path_of_a_machine = re.compile(rb"""["']/(home|root|work|opt|mnt|Users)/\w""")
    assert [str(path) for path in files("tests") if path_of_a_machine.search((ROOT / path).read_bytes())] == []
