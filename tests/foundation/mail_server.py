"""Real mail servers on loopback: one that answers as a test tells it, and one that never says a word."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from email import message_from_bytes
from email.message import Message

from aiosmtpd.controller import Controller

TRANSPORT = "django.core.mail.backends.smtp.EmailBackend"


class Mailbox:
    """Answers each recipient and each letter with the given lines, and keeps what it has taken."""

    def __init__(self) -> None:
        self.recipient_answer = "250 OK"
        self.data_answer = "250 OK"
        self.answer_seconds = 0.0
        self.messages: list[Message] = []
        self.recipients: list[str] = []
        self.refused_count = 0

    async def handle_RCPT(self, server, session, envelope, address, options) -> str:
        if self.recipient_answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        else:
            self.refused_count += 1
        return self.recipient_answer

    async def handle_DATA(self, server, session, envelope) -> str:
        await asyncio.sleep(self.answer_seconds)
        if self.data_answer.startswith("250"):
            self.messages.append(message_from_bytes(envelope.content))
            self.recipients += envelope.rcpt_tos
        else:
            self.refused_count += 1
        return self.data_answer


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def running(mailbox: Mailbox, port: int) -> Iterator[None]:
    controller = Controller(mailbox, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield
    finally:
        controller.stop()


@contextmanager
def silent_server() -> Iterator[int]:
    """Yield the port of a server that accepts connections and never says a word."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


@contextmanager
def dripping_server(pause_seconds: float) -> Iterator[int]:
    """Yield the port of a server whose greeting comes one byte at a time and never ends."""
    has_ended = threading.Event()
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        thread = threading.Thread(target=_drip, args=(listener, pause_seconds, has_ended), daemon=True)
        thread.start()
        yield listener.getsockname()[1]
        has_ended.set()
        thread.join()


def _drip(listener: socket.socket, pause_seconds: float, has_ended: threading.Event) -> None:
    connection, _address = listener.accept()
    with connection, suppress(OSError):
        while not has_ended.wait(pause_seconds):
            connection.sendall(b"2")
