"""Clients and brute forcers of FTP, SMTP, POP3 and IMAP fail to log in as they do elsewhere; we know what they tried.

All of them run at once against one sensor: most of their time is the refusals' delay.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from tests.netns.programs import Case, Ended, check, place, program, side_by_side
from tests.netns.sensors import open_folder

pytestmark = pytest.mark.netns

REFUSED = "530 Login incorrect."
SWAKS = "swaks --server {to} --port {port} --from a@b.example --to c@d.example --auth-user bob --auth-password pw"
# Exim is as old as the world has dealt it, and so is its TLS.
CURL_TLS = "curl -sSk --ssl-reqd --tlsv1.0 --ciphers DEFAULT@SECLEVEL=0 "
HYDRA = "hydra -I -t 1 -l bob -p"
CASES: Final = {
    "ftp": Case("vsftpd", "ftp -n -v {to} {port}", REFUSED, 0, ("PASS", "bob", "tnftp"), b"user bob tnftp\nls\nquit\n"),
    "lftp": Case(
        "vsftpd",
        "lftp -u bob,lftp -p {port} {to}",
        "Login failed: 530 Login incorrect.",
        1,
        ("PASS", "bob", "lftp"),
        b"set net:max-retries 1\nset ftp:ssl-allow no\nls\n",
    ),
    "lftp-tls": Case(
        "pureftpd",
        "lftp -u bob,inside -p {port} {to}",
        "Login authentication failed",
        1,
        ("PASS", "bob", "inside"),
        b"set net:max-retries 1\nset ssl:verify-certificate no\nset ftp:ssl-force yes\nls\n",
    ),
    "curl-ftp": Case(
        "vsftpd", "curl -sS ftp://bob:curl@{to}:{port}/", "Access denied: 530", 67, ("PASS", "bob", "curl")
    ),
    "curl-anonymous": Case(
        "vsftpd", "curl -sS ftp://{to}:{port}/", "Access denied: 530", 67, ("PASS", "anonymous", "ftp@example.com")
    ),
    "curl-pop3": Case(
        "dovecot-pop3", "curl -sS pop3://bob:curl@{to}:{port}/", "Login denied", 67, ("PLAIN", "bob", "curl")
    ),
    "curl-imap": Case(
        "dovecot-imap", "curl -sS imap://bob:curl@{to}:{port}/", "Login denied", 67, ("PLAIN", "bob", "curl")
    ),
    "curl-imap-tls": Case(
        "courier-imap",
        CURL_TLS + "imap://bob:tls@{to}:{port}/",
        "Access denied",
        67,
        ("LOGIN", "bob", "tls"),
    ),
    "curl-smtp": Case(
        "postfix",
        "curl -sS smtp://bob:curl@{to}:{port}/ --mail-from a@b.example --mail-rcpt c@d.example -T /dev/null",
        "Login denied",
        67,
        ("PLAIN", "bob", "curl"),
    ),
    "swaks-relay": Case(
        "postfix",
        "swaks --server {to} --port {port} --from a@b.example --to c@d.example",
        "454 4.7.1 <c@d.example>: Relay access denied",
        24,
        None,
    ),
    "swaks-login": Case("postfix", SWAKS + "L --auth LOGIN", "535 5.7.8 Error", 28, ("LOGIN", "bob", "pwL")),
    "swaks-plain": Case("exim", SWAKS + "P --auth PLAIN", "535 Incorrect", 28, ("PLAIN", "bob", "pwP")),
    "curl-smtp-tls": Case(
        "exim",
        CURL_TLS + "smtp://bob:tls@{to}:{port}/ --mail-from a@b.example --mail-rcpt c@d.example -T /dev/null",
        "Login denied",
        67,
        ("PLAIN", "bob", "tls"),
    ),
    "hydra-ftp": Case("vsftpd", HYDRA + " hftp -s {port} {to} ftp", "0 valid password", 0, ("PASS", "bob", "hftp")),
    "hydra-pop3": Case(
        "dovecot-pop3", HYDRA + " hpop -s {port} {to} pop3", "0 valid password", 0, ("LOGIN", "bob", "hpop")
    ),
    "hydra-imap": Case(
        "courier-imap", HYDRA + " himap -s {port} {to} imap", "0 valid password", 0, ("LOGIN", "bob", "himap")
    ),
    "hydra-smtp": Case(
        "postfix", HYDRA + " hsmtp -s {port} {to} smtp", "0 valid password", 0, ("LOGIN", "bob", "hsmtp")
    ),
    "medusa-ftp": Case(
        "vsftpd", "medusa -h {to} -n {port} -u bob -p mftp -M ftp", "ACCOUNT CHECK: [ftp]", 0, ("PASS", "bob", "mftp")
    ),
    "nmap-ftp": Case(
        "vsftpd",
        "nmap -Pn -n -sT -p {port} --script +ftp-anon,+ftp-syst {to}",
        "open",
        0,
        ("PASS", "anonymous", "IEUser@"),
    ),
    "nmap-smtp": Case(
        "postfix", "nmap -Pn -n -sT -p {port} --script +smtp-commands {to}", "PIPELINING, SIZE 10240000", 0, None
    ),
    "nmap-pop3": Case(
        "dovecot-pop3", "nmap -Pn -n -sT -p {port} --script +pop3-capabilities {to}", "AUTH-RESP-CODE", 0, None
    ),
    "nmap-imap": Case(
        "dovecot-imap", "nmap -Pn -n -sT -p {port} --script +imap-capabilities {to}", "LOGIN-REFERRALS", 0, None
    ),
}


@pytest.fixture(scope="module")
def seen() -> Iterator[tuple[dict[str, Ended], Path]]:
    """How every client ended, and the file of events."""
    with place() as here, open_folder() as folder:
        yield side_by_side(folder, {name: program(here, case) for name, case in CASES.items()}), here.events


@pytest.mark.parametrize("name", CASES)
def test_it_ends_as_against_any_server_that_refuses(seen, name):
    ended, events = seen
    check(CASES[name], ended[name], events)
