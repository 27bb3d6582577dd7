"""The command lines of portspoof and portspoof-py, flag by flag. Reads no file that they name."""

from collections.abc import Callable, Sequence
from getopt import GetoptError, gnu_getopt
from pathlib import Path, PurePath
from typing import Final, NamedTuple

from rawspoof.config.migrate.draft import Draft
from rawspoof.config.model import World

LISTENER: Final = 4444
"""Where both tools listen unless -p says otherwise."""

_SHORT: Final = "p:i:s:c:l:f:n:12t:T:DdvVh"
_SHORT_PY: Final = "p:i:s:c:l:vh"
_LONG_PY: Final = (
    *("port=", "bind-ip=", "signatures=", "config=", "log-file=", "verbose", "help", "iface=", "no-iptables"),
    *("admin-port=", "admin-host=", "admin-passwd=", "admin-ssl", "admin-ssl-cert=", "admin-ssl-key=", "email-config="),
)
_ALIASES: Final = {
    "--port": "-p",
    "--bind-ip": "-i",
    "--signatures": "-s",
    "--config": "-c",
    "--log-file": "-l",
    "--verbose": "-v",
    "--help": "-h",
}
NO_LISTENER: Final = (
    "rawspoof has no listening port: it takes packets before they come to one, so nothing is redirected"
)
_NONE: Final = {
    "-2": "portspoof reads it and does nothing about it; nor does rawspoof",
    "-V": "says a version: rawspoof --version",
    "-h": "says how to use it: rawspoof run --help",
    "-D": "stays a flag: rawspoof run -D; with systemd it is not needed",
    "-d": 'rawspoof writes to no syslog unless a [[sink]] of kind "syslog" says so: nothing to turn off',
}
_FILES: Final = {
    "-n": "world.fuzz_wrapper",
    "--admin-passwd": "admin.passwd_file",
    "--admin-ssl-cert": "admin.cert_file",
    "--admin-ssl-key": "admin.key_file",
    "--email-config": "mail.json_file",
}
_WRAPPERS: Final = frozenset({"sudo", "nohup", "exec", "env", "nice", "setsid", "python", "python3", "root", "daemon"})
_PY: Final = frozenset({"portspoof-py", "portspoof_py"})


class Command(NamedTuple):
    """A command line of one of the two."""

    where: str
    py: bool
    flags: tuple[tuple[str, str], ...]
    base: Path
    """What relative files are relative to."""

    @property
    def listener(self) -> int:
        """The port that it listens on."""
        said = dict(self.flags).get("-p", "")
        return int(said) if said.isascii() and said.isdecimal() and len(said) < 6 else LISTENER


def find(words: Sequence[str]) -> int | None:
    """Where in a shell command one of the tools is started: its place among the words; None if it is not."""
    for at, word in enumerate(words):
        name = PurePath(word).name
        if name == "portspoof" or name in _PY:
            return at
        if not (word.startswith("-") or "=" in word or name in _WRAPPERS or words[at - 1 : at] == ["-u"]):
            return None
    return None


def parse(words: Sequence[str], where: str, base: Path) -> Command:
    """The flags of a command line, the tool's name first. Raises ValueError: which flag is wrong."""
    py = PurePath(words[0]).name in _PY
    try:
        # getopt wants its lists to be lists.
        said, _ = gnu_getopt(list(words[1:]), _SHORT_PY if py else _SHORT, list(_LONG_PY) if py else [])
    except GetoptError as wrong:
        raise ValueError(f"{wrong.msg}: `{words[0]} -h` lists its flags") from None
    return Command(where, py, tuple((_ALIASES.get(flag, flag), value) for flag, value in said), base)


def take(command: Command, draft: Draft) -> None:
    """Put what a command line says into the draft."""
    given = dict(command.flags)
    for flag, value in command.flags:
        what = f"{flag} {value}".rstrip()
        if flag in _NONE:
            draft.none(command.where, what, _NONE[flag])
        elif flag in _FILES:
            draft.keep(command.where, what, _FILES[flag], _path(command, value))
        else:
            _FLAGS[flag](command, draft, what, value)
    _unsaid(command, draft, given)


def _unsaid(command: Command, draft: Draft, given: dict[str, str]) -> None:
    """What the tools do without being told."""
    if command.py:
        if "--no-iptables" not in given:
            why = "portspoof-py never takes it; without this line it answers wherever no sshd listens"
            draft.keep(command.where, "port 22", "sensor.exempt_ports", [22], why)
        if "--admin-port" in given and "--admin-passwd" not in given:
            draft.keep(command.where, "(no --admin-passwd)", "admin.passwd_file", _path(command, "admin.passwd"))
    elif "-d" not in given:
        why = 'portspoof tells syslog too: a [[sink]] with kind = "syslog" and its url does, if somebody reads that'
        draft.none(command.where, "(no -d)", why)
    if "-s" not in given and not {"-1", "-f"} & set(given):
        why = "every port is open and silent, as before; without this line each has a service"
        draft.keep(command.where, "(no -s)", "world.kind", "open", why)


def _path(command: Command, value: str) -> str:
    return str(command.base / value)


def _number(command: Command, draft: Draft, what: str, value: str, key: str) -> None:
    try:
        draft.keep(command.where, what, key, int(value))
    except ValueError:
        draft.ask(command.where, what, f"is no number; set {key}")


def _port(command: Command, draft: Draft, what: str, value: str) -> None:
    draft.none(command.where, what, NO_LISTENER)


def _address(command: Command, draft: Draft, what: str, value: str) -> None:
    if value in ("0.0.0.0", "::", ""):  # noqa: S104  read, not listened at
        draft.none(command.where, what, "every address is covered unless sensor.addresses names some")
    else:
        draft.keep(command.where, what, "sensor.addresses", [value], "only this address is covered")


def _signatures(command: Command, draft: Draft, what: str, value: str) -> None:
    why = "its patterns are dealt beside rawspoof's own services"
    draft.keep(command.where, what, "signatures", [_path(command, value)], why)


def _conf(command: Command, draft: Draft, what: str, value: str) -> None:
    if {"-1", "-f"} & set(dict(command.flags)):
        draft.none(command.where, what, "portspoof passes over its configuration while it fuzzes")
    else:
        draft.keep(command.where, what, "portspoof_conf", _path(command, value), "read from there at each start")


def _log(command: Command, draft: Draft, what: str, value: str) -> None:
    path = _path(command, value)
    if command.py:
        draft.keep(command.where, what, "events.log_file", path, "the same JSON line for each connection")
    else:
        draft.keep(command.where, what, "events.file", path, "the same text line for each connection")
        draft.keep(command.where, what, "events.form", "portspoof", "`ecs` instead tells of every scan, in JSON")


def _wordlist(command: Command, draft: Draft, what: str, value: str) -> None:
    draft.keep(command.where, what, "world.kind", "fuzz")
    draft.keep(command.where, what, "world.fuzz_wordlist", _path(command, value))


def _random(command: Command, draft: Draft, what: str, value: str) -> None:
    if "-f" in dict(command.flags):
        draft.ask(command.where, what, "portspoof refuses -1 beside -f: -f stands; take it away for random bytes")
    else:
        draft.keep(command.where, what, "world.kind", "fuzz")


def _holds(command: Command, draft: Draft, what: str, value: str) -> None:
    """Either of -t and -T, both of which decide what the other comes to."""
    given = dict(command.flags)
    shortest, longest = _seconds(given.get("-t")), _seconds(given.get("-T"))
    if _seconds(value) is None:
        draft.ask(command.where, what, "is no number of seconds; set world.hold_min_s and hold_max_s")
    elif what.startswith("-t"):
        draft.keep(command.where, what, "world.hold_min_s", shortest)
    else:
        least = min(World().hold_min_s, longest or 0.0) if shortest is None else shortest
        if shortest is None and least < World().hold_min_s:
            draft.keep(command.where, what, "world.hold_min_s", least, "no longer than the longest")
        raised = max(longest or 0.0, least)
        why = "kept" if raised == longest else "raised to -t, as portspoof does"
        # 0 means for ever here, and the shortest there is in portspoof.
        draft.keep(command.where, what, "world.hold_max_s", raised or 0.01, why)


def _seconds(text: str | None) -> float | None:
    try:
        return float(text) if text is not None and float(text) >= 0 else None
    except ValueError:
        return None


def _verbose(command: Command, draft: Draft, what: str, value: str) -> None:
    draft.keep(command.where, what, "events.verbose", True, "portspoof-py's line a connection, on standard output")


def _interface(command: Command, draft: Draft, what: str, value: str) -> None:
    draft.keep(command.where, what, "sensor.interfaces", [value], "only this interface is covered")


def _no_rules(command: Command, draft: Draft, what: str, value: str) -> None:
    why = (
        "you see to the rules, which are other ones now: `rawspoof rules`; without this line rawspoof installs its own"
    )
    draft.keep(command.where, what, "sensor.firewall", False, why)


def _admin_port(command: Command, draft: Draft, what: str, value: str) -> None:
    _number(command, draft, what, value, "admin.port")


def _admin_host(command: Command, draft: Draft, what: str, value: str) -> None:
    draft.keep(command.where, what, "admin.host", value, "beyond loopback it is HTTPS")


def _admin_tls(command: Command, draft: Draft, what: str, value: str) -> None:
    draft.keep(command.where, what, "admin.tls", "on")


_FLAGS: Final[dict[str, Callable[[Command, Draft, str, str], None]]] = {
    "-p": _port,
    "-i": _address,
    "-s": _signatures,
    "-c": _conf,
    "-l": _log,
    "-f": _wordlist,
    "-1": _random,
    "-t": _holds,
    "-T": _holds,
    "-v": _verbose,
    "--iface": _interface,
    "--no-iptables": _no_rules,
    "--admin-port": _admin_port,
    "--admin-host": _admin_host,
    "--admin-ssl": _admin_tls,
}
