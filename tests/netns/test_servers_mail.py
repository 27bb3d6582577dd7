"""vsftpd, Postfix and Dovecot as Debian has them hear what our speakers hear, and say what ours say.

The real ones listen on the loopback of a lab's side, with folders of their own. Where we differ on purpose
it is written down here.
"""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

import pytest

from rawspoof.core.signature.identity import Identity
from rawspoof.edges.lab.namespaces import Lab
from tests.conversation.talks import living
from tests.netns.sensors import open_folder
from tests.netns.servers import Talk, Where, of_ours, side_by_side

pytestmark = pytest.mark.netns

HERE: Final = "127.0.0.1"
FTP, SMTP, POP3, IMAP = 21, 25, 110, 143
VSFTPD: Final = living("vsftpd", ver="3.0.3")
POSTFIX: Final = living("postfix", os="linux/debian")
DOVECOT: Final = {
    POP3: living("dovecot-pop3", product="Dovecot pop3d"),
    IMAP: living("dovecot-imap", os="unix", product="Dovecot imapd"),
}
WHO: Final[dict[int, Identity]] = {FTP: VSFTPD, SMTP: POSTFIX, **DOVECOT}


class Script(NamedTuple):
    """What one connection hears."""

    port: int
    lines: tuple[bytes, ...]
    differ: dict[bytes, tuple[bytes, bytes]] = {}  # noqa: RUF012
    """Lines that are answered differently on purpose: by the real server, by ours. Parts of answers."""

    def sends(self) -> list[bytes]:
        return [line + b"\r\n" for line in self.lines]

    def ours(self) -> list[bytes]:
        return of_ours(WHO[self.port], self.sends())

    def talk(self) -> Talk:
        """With the real server."""
        greeting, *answers = self.ours()
        wanted = [
            self.differ[line][0] if line in self.differ else said
            for line, said in zip(self.lines, answers, strict=True)
        ]
        return Talk(Where(self.port, HERE), self.sends(), (greeting, *wanted))


SCRIPTS: Final = {
    "ftp before a login": Script(
        FTP,
        (
            *(b"SYST", b"HELP", b"NOOP", b"FEAT", b"OPTS UTF8 ON", b"OPTS MLST", b"PASS x", b"foo", b"USER"),
            *(b"AUTH TLS", b"PBSZ 0", b"PROT P", b"PWD", b"LIST", b"PORT 1,2,3,4,5,6", b"PASV", b"GET / HTTP/1.0"),
            *(b"\x16\x03\x01\0\0S\x01", b"USER " + b"a" * 2000, b"  USER bob", b"\xff\xf4\xff\xf2ABOR", b"QUIT now"),
        ),
    ),
    "ftp login": Script(FTP, (b"USER anonymous", b"PASS a@b", b"PASS b", b"user bob", b"USER bob2", b"SYST", b"QUIT")),
    "ftp too long": Script(FTP, (b"USER " + b"a" * 5000,)),
    "smtp hello": Script(
        SMTP,
        (
            *(b"EHLO", b"HELO", b"HELO a b", b"EHLO [192.0.2.1]", b"ehlo x.y", b"MAIL", b"MAIL FROM", b"MAIL FROM:"),
            *(b"MAIL FROM:a@b.c", b"RCPT", b"RCPT TO:", b"RSET", b"NOOP x"),
        ),
    ),
    "smtp order": Script(
        SMTP,
        (
            *(b"DATA", b"RCPT TO:<a@b>", b"MAIL FROM:<>", b"MAIL FROM:<a@b.c>", b"DATA", b"RCPT TO:<vic@tim.org>"),
            *(b"RCPT TO:vic@tim.org", b"RCPT TO:<nobodyx>", b"rcpt to:<Vic@Tim.org> NOTIFY=NEVER", b"QUIT"),
        ),
    ),
    "smtp other commands": Script(
        SMTP,
        (
            *(b"VRFY", b"VRFY nobodyx", b"VRFY <a@b.c>", b"EXPN root", b"ETRN a.b", b"ETRN", b"HELP", b"TURN"),
            *(b"STARTTLS", b"RSET x", b"QUIT x"),
        ),
    ),
    "smtp somebody": Script(
        SMTP, (b"VRFY root",), {b"VRFY root": (b"252 2.0.0 root\r\n", b"550 5.1.1 <root>: Recipient address rejected")}
    ),
    "smtp http": Script(SMTP, (b"GET / HTTP/1.0",)),
    "smtp header": Script(SMTP, (b"Host: x",)),
    "smtp tls": Script(SMTP, (b"\x16\x03\x01\0",)),
    "smtp auth": Script(
        SMTP,
        (
            *(b"EHLO x", b"AUTH", b"AUTH FOO", b"AUTH PLAIN", b"*", b"AUTH PLAIN AGEAYg==", b"AUTH LOGIN", b"YWJj"),
            *(b"ZGVm", b"AUTH LOGIN YWJj", b"ZGVm", b"AUTH LOGIN", b"!!", b"MAIL FROM:<a@b.c>", b"AUTH LOGIN"),
        ),
    ),
    "smtp errors": Script(SMTP, tuple(b"x%d" % n for n in range(20))),
    "pop3 before a login": Script(
        POP3,
        (
            *(b"CAPA", b"NOOP", b"STAT", b"PASS x", b"USER", b"USER bob", b"APOP bob abc", b"STLS", b"CAPA", b"foo"),
            *(b"", b"AUTH", b"QUIT"),
        ),
    ),
    "pop3 logins": Script(
        POP3,
        (
            *(b"USER bob", b"PASS pw", b"PASS pw", b"AUTH FOO", b"AUTH PLAIN", b"*", b"AUTH PLAIN", b"AGEAYg=="),
            *(b"AUTH PLAIN AGEAYg==", b"AUTH LOGIN", b"YWJj", b"ZGVm", b"AUTH PLAIN !!"),
        ),
    ),
    "pop3 http": Script(POP3, (b"GET / HTTP/1.0", b"Host: x", b"")),
    "pop3 too long": Script(POP3, (b"A" * 9000,)),
    "imap before a login": Script(
        IMAP,
        (
            *(b"a CAPABILITY", b"b NOOP", b"c SELECT inbox", b"d ID NIL", b"e STARTTLS", b"f LOGIN a", b"g NOOP"),
            *(b"h ENABLE CONDSTORE", b"i LOGOUT"),
        ),
        # The real one has a mechanism more in its list, for Postfix.
        {b"a CAPABILITY": (b"AUTH=PLAIN AUTH=LOGIN\r\n", b"AUTH=PLAIN\r\n")},
    ),
    "imap logins": Script(
        IMAP,
        (
            *(
                b"a LOGIN bob pw",
                b'b LOGIN "b\\"o" "p w"',
                b"c LOGIN {3}",
                b"bob {4+}\r\npass",
                b"d LOGIN {2+}\r\nab c",
            ),
            *(b"e AUTHENTICATE PLAIN", b"AGEAYg==", b"f AUTHENTICATE PLAIN AGEAYg==", b"g AUTHENTICATE FOO"),
            *(b"h AUTHENTICATE PLAIN", b"*", b"i AUTHENTICATE PLAIN !!"),
        ),
    ),
    "imap errors": Script(IMAP, (b"a LOGIN a b c", b"b NOOP", b"c AUTHENTICATE", b"d STARTTLS", b"e foo", b"f NOOP")),
    "imap literal too large": Script(IMAP, (b"a LOGIN {999999999}",)),
    "imap http": Script(IMAP, (b"GET / HTTP/1.0", b"Host: x", b"")),
    "imap too long": Script(IMAP, (b"a " + b"x" * 9000,)),
}

VSFTPD_CONF: Final = """
listen=YES
listen_address=127.0.0.1
background=NO
anonymous_enable=NO
local_enable=YES
pam_service_name=vsftpd
secure_chroot_dir={folder}/empty
"""
DOVECOT_CONF: Final = """
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
protocols = imap pop3
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
auth_mechanisms = plain login
auth_failure_delay = 0
passdb {{
  driver = passwd-file
  args = {folder}/users
}}
userdb {{
  driver = static
  args = uid=nobody gid=nogroup home={folder}
}}
service auth {{
  unix_listener {folder}/sasl {{
    mode = 0666
  }}
}}
service anvil {{
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
"""
MAIN_CF: Final = """
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
maillog_file = {folder}/mail.log
maillog_file_prefixes = {folder}
myhostname = {fqdn}
mydestination = $myhostname, localhost
mynetworks = 192.0.2.1/32
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
alias_maps =
smtpd_banner = $myhostname ESMTP $mail_name (Debian/GNU)
smtpd_relay_restrictions = permit_mynetworks permit_sasl_authenticated defer_unauth_destination
smtpd_sasl_auth_enable = yes
smtpd_sasl_type = dovecot
smtpd_sasl_path = {folder}/sasl
smtpd_discard_ehlo_keywords = chunking
smtpd_soft_error_limit = 1000
"""
MASTER_CF: Final = """
smtp      inet  n - n - - smtpd
cleanup   unix  n - n - 0 cleanup
qmgr      unix  n - n 300 1 qmgr
rewrite   unix  - - n - - trivial-rewrite
proxymap  unix  - - n - - proxymap
anvil     unix  - - n - 1 anvil
postlog   unix-dgram n - n - 1 postlogd
"""


@pytest.fixture(scope="module")
def heard() -> Iterator[dict[str, list[bytes]]]:
    """What the real servers said to every script: the greeting, then an answer a line."""
    with open_folder() as folder, Lab() as lab:
        _start(lab, folder)
        yield side_by_side(lab, {name: script.talk() for name, script in SCRIPTS.items()})


def _start(lab: Lab, folder: Path) -> None:
    for name in ("empty", "queue", "data", "postfix"):
        (folder / name).mkdir()
    shutil.chown(folder / "data", "postfix")
    files = {
        "vsftpd.conf": VSFTPD_CONF,
        "dovecot.conf": DOVECOT_CONF,
        "users": "somebody:{{PLAIN}}else\n",
        "postfix/main.cf": MAIN_CF,
        "postfix/master.cf": MASTER_CF,
    }
    for name, text in files.items():
        (folder / name).write_text(text.format(folder=folder, fqdn=POSTFIX.facts["fqdn"].decode()))
    with (folder / "said").open("wb") as said:
        lab.run("attacker", ["vsftpd", folder / "vsftpd.conf"], stderr=said, stdout=said)
        lab.run("attacker", ["dovecot", "-F", "-c", folder / "dovecot.conf"], stderr=said, stdout=said)
        lab.run("attacker", ["postfix", "-c", folder / "postfix", "start-fg"], stderr=said, stdout=said)


@pytest.mark.parametrize("name", SCRIPTS)
def test_ours_says_what_the_real_one_says(heard, name):
    script = SCRIPTS[name]
    for line, theirs, ours in zip(script.lines, heard[name][1:], script.ours()[1:], strict=True):
        if line in script.differ:
            real, fake = script.differ[line]
            assert (real in theirs, fake in ours) == (True, True), (line[:80], theirs, ours)
        else:
            assert ours == theirs, line[:80]


@pytest.mark.parametrize(
    ("name", "differ"),
    [
        ("ftp login", (b"", b"")),
        ("smtp http", (b"", b"")),
        # nmap does not know what Debian's Dovecot adds.
        ("pop3 http", (b" (Debian)", b"")),
        ("imap http", (b" AUTH=LOGIN] Dovecot (Debian)", b"] Dovecot")),
    ],
)
def test_greetings_are_the_same_but_for(heard, name, differ):
    ours = SCRIPTS[name].ours()[0]
    # The real one has no TLS here, and says so.
    assert heard[name][0].replace(*differ) == ours.replace(b" STARTTLS", b"")
