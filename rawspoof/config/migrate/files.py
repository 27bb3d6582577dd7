"""The files that stay where they are and are only named: configuration, signatures, email.json, admin.passwd.

Looks through them for what will surprise; none of what they hold goes further.
"""

from typing import Final

from rawspoof.config.mail import overlaid, wrong_keys
from rawspoof.config.migrate.draft import Draft
from rawspoof.config.migrate.kinds import Input, Kind
from rawspoof.config.model import Mail
from rawspoof.core.signature.foreign import portspoof

PORTSPOOF_LINE_MAX: Final = 2047
"""Bytes that portspoof reads of a line."""
KEYS: Final = {
    Kind.CONF: "portspoof_conf",
    Kind.SIGNATURES: "signatures",
    Kind.EMAIL: "mail.json_file",
    Kind.PASSWD: "admin.passwd_file",
}


def take(kind: Kind, given: Input, path: str, draft: Draft) -> None:
    """Name the file in its key, and tell what a look into it shows; `path` is what it is to be named."""
    key, (_, why) = KEYS[kind], _LOOKS[kind]
    draft.keep(given.name, kind.value, key, [path] if kind is Kind.SIGNATURES else path, why)
    look(kind, given, draft)


def look(kind: Kind, given: Input, draft: Draft) -> None:
    """Only tell what a look into it shows, of a file that a flag named."""
    _LOOKS[kind][0](given, draft)


def _conf(given: Input, draft: Draft) -> None:
    payloads, problems = portspoof.conf(given.name, given.bytewise)
    # The port is enough to find a line by: payloads are the user's own file's.
    lines = [line.split() or ["(blank)"] for line in given.bytewise.split("\n")]
    for problem in problems:
        draft.ask(f"{problem.file}:{problem.line}", lines[problem.line - 1][0], problem.reason)
    used = {payload.line for payload in payloads.values()}
    draft.none(
        given.name, f"{len(used)} payloads", f"said at {len(payloads)} ports, from line {min(used, default=0)} on"
    )


def _signatures(given: Input, draft: Draft) -> None:
    text = given.bytewise
    if any(line.startswith(("Probe TCP ", "Probe UDP ")) for line in text.split("\n")):
        return
    patterns = list(portspoof.signatures(text))
    draft.none(
        given.name, f"{len(patterns)} patterns", "`rawspoof signatures import` tells which become no service, and why"
    )
    blank = text.rstrip("\n").count("\n") + 1 - len(patterns)
    if blank:
        draft.none(
            given.name, f"{blank} blank lines", "passed over, as portspoof-py does; portspoof sends a newline for them"
        )
    for number, line in patterns:
        if len(line) > PORTSPOOF_LINE_MAX:
            why = f"is longer than {PORTSPOOF_LINE_MAX} bytes, where portspoof cuts it in two; here it is one pattern"
            draft.none(f"{given.name}:{number}", f"{len(line)} bytes", why)


def _email(given: Input, draft: Draft) -> None:
    try:
        mail = overlaid(Mail(), given.data)
    except ValueError as wrong:
        draft.refuse("mail.json_file", f"{wrong}: mend it, then set mail.json_file")
        return
    if mail.enabled:
        for key, why in wrong_keys(mail):
            draft.refuse("mail.json_file", f"{key}: {why}: mend it, then set mail.json_file")
    else:
        draft.none(given.name, "enabled", "is false: nothing is mailed until the web admin or you change that")
    draft.none(given.name, "scans", 'rawspoof mails of scans too: `"scans": false` in it keeps to connections')
    if mail.smtp_password:
        why = "stays in there and goes nowhere else; smtp_password_file in its place names a file of its own"
        draft.none(given.name, "smtp_password", why)
        _private(given, draft)


def _passwd(given: Input, draft: Draft) -> None:
    draft.none(given.name, "the password", "stays in there in clear; `rawspoof admin passwd` puts a hash in its place")
    _private(given, draft)


def _private(given: Input, draft: Draft) -> None:
    if given.mode is not None and given.mode & 0o077:
        draft.ask(given.name, f"mode {given.mode:04o}", f"lets others read the password: chmod 600 {given.name}")


_LOOKS: Final = {
    Kind.CONF: (_conf, "read from there at each start, as it is"),
    Kind.SIGNATURES: (_signatures, "its patterns are dealt beside rawspoof's own services"),
    Kind.EMAIL: (_email, "read from there, and again whenever it changes"),
    Kind.PASSWD: (_passwd, "read from there at each start"),
}
