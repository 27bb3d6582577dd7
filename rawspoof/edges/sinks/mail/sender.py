"""One mail to one server, and what went wrong in one line. Knows no event.

A server that cannot do TLS where TLS is asked for gets neither password nor mail (RFC 3207 §4.1 leaves that to us).
"""

import smtplib
import socket
import ssl
from contextlib import suppress
from email.message import EmailMessage
from typing import Final

from rawspoof.config.model import Mail
from rawspoof.edges.sinks.forms.facts import plain

TIMEOUT_S: Final = 15.0
"""Longest wait for each answer. RFC 5321 §4.5.3.2 has minutes, for servers that accept slowly under load; ours waits
beside nobody, but the next try does as well."""

SAID_MAX: Final = 200
"""Characters of a server's answer that are told."""


class MailError(OSError):
    """One line for people: the server, what went wrong there, and the cure where there is one."""


def send(mail: Mail, password: str, message: EmailMessage, timeout_s: float = TIMEOUT_S) -> list[str]:
    """Send a mail, and give the recipients that the server refused while it took others. Raises MailError."""
    where = f"{mail.smtp_host}:{mail.smtp_port}"
    try:
        context = ssl.create_default_context(cafile=mail.smtp_ca_file or None)
    except OSError as error:
        raise MailError(f"mail.smtp_ca_file: {mail.smtp_ca_file}: {error.strerror or 'not PEM'}") from None
    try:
        server = _connect(mail, context, timeout_s)
        try:
            if mail.smtp_starttls and not mail.smtp_tls:
                server.starttls(context=context)
            if mail.smtp_user:
                server.login(mail.smtp_user, password)
            refused = list(server.send_message(message))
            # It has the mail; what it says of our leaving is of no interest.
            with suppress(OSError):
                server.quit()
            return refused
        finally:
            server.close()
    except UnicodeEncodeError:
        raise MailError(f"{where}: only ASCII can be a user or password there") from None
    except OSError as error:
        raise MailError(f"{where}: {_explain(error, mail, timeout_s)}") from None


def _connect(mail: Mail, context: ssl.SSLContext, timeout_s: float) -> smtplib.SMTP:
    # smtplib would ask the name service for our full name, for as long as that takes.
    name = socket.gethostname()
    if mail.smtp_tls:
        return smtplib.SMTP_SSL(mail.smtp_host, mail.smtp_port, name, timeout=timeout_s, context=context)
    return smtplib.SMTP(mail.smtp_host, mail.smtp_port, name, timeout=timeout_s)


def _explain(error: OSError, mail: Mail, timeout_s: float) -> str:
    if isinstance(error, smtplib.SMTPServerDisconnected) and isinstance(error.__context__, OSError):
        # smtplib calls every trouble while it waits for an answer a hang-up.
        error = error.__context__
    match error:
        case ssl.SSLCertVerificationError():
            return f"its certificate is not trusted ({error.verify_message}): name its CA in mail.smtp_ca_file"
        case ssl.SSLError():
            return f"no TLS there ({error.reason}): mail.smtp_tls is for port 465, mail.smtp_starttls for 587 and 25"
        case smtplib.SMTPNotSupportedError() if "STARTTLS" in str(error):
            return "it has no STARTTLS: set mail.smtp_tls, or mail.smtp_starttls = false to send in clear"
        case smtplib.SMTPNotSupportedError():
            return f"{plain(str(error))}: leave mail.smtp_user empty"
        case smtplib.SMTPAuthenticationError():
            return f"it refuses mail.smtp_user or the password: {_said(error)}"
        case smtplib.SMTPSenderRefused():
            return f"it refuses mail from {plain(error.sender)}: {_said(error)}"
        case smtplib.SMTPRecipientsRefused():
            answers = error.recipients.items()
            return "; ".join(f"it refuses mail to {plain(to)}: {code} {_text(text)}" for to, (code, text) in answers)
        case smtplib.SMTPResponseException():
            return f"it answers {_said(error)}"
        case smtplib.SMTPServerDisconnected():
            return "it hung up: does it want TLS from the first byte (mail.smtp_tls)?"
        case TimeoutError():
            return f"no answer within {timeout_s:g} s: does it want TLS from the first byte (mail.smtp_tls)?"
        case socket.gaierror():
            return f"unknown host: {error.strerror}"
    return error.strerror or plain(str(error))


def _said(error: smtplib.SMTPResponseException) -> str:
    return f"{error.smtp_code} {_text(error.smtp_error)}"


def _text(said: bytes | str) -> str:
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    return plain(" ".join(text.split()))[:SAID_MAX]
