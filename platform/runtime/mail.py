"""Outgoing mail: a text to one person, by the server that the operator has set."""

from __future__ import annotations

import smtplib
import ssl
from email.message import EmailMessage
from email.utils import format_datetime

from kith.runtime.context import Context
from kith.runtime.settings import Mail

SECONDS = 20.0
"""How long a server may be silent."""


def letter(mail: Mail, context: Context, to: str, subject: str, text: str, id_: str) -> EmailMessage:
    """A letter; `id_` stays the same when it is sent again, so that a mailbox can tell."""
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = mail.sender, to, subject
    made["Date"] = format_datetime(context.now)
    made["Message-ID"] = f"<{id_}@{mail.sender.rpartition('@')[2].strip('> ')}>"
    made["Auto-Submitted"] = "auto-generated"
    made.set_content(text)
    return made


def send(mail: Mail, message: EmailMessage) -> None:
    """Hand a letter to the server; raises what smtplib and the network raise."""
    secure = ssl.create_default_context()
    if mail.secure:
        client: smtplib.SMTP = smtplib.SMTP_SSL(mail.host, mail.port, timeout=SECONDS, context=secure)
    else:
        client = smtplib.SMTP(mail.host, mail.port, timeout=SECONDS)
    with client:
        if not mail.secure and not mail.plain:
            client.starttls(context=secure)
        if mail.user:
            client.login(mail.user, mail.password)
        client.send_message(message)
