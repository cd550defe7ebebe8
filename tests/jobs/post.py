"""A real mail server on this machine, that answers what a test asks of it."""

import asyncio
import threading
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from backend.config.processes import free_port

HOST = "127.0.0.1"


@dataclass
class Post:
    """What the server took, and what it says to the next mail."""

    took: list[EmailMessage] = field(default_factory=list)
    to: list[str] = field(default_factory=list)
    says: str = "250 OK"
    hangs_up: bool = False
    _taken: threading.Event = field(default_factory=threading.Event)

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.says.startswith("5") or self.says.startswith("4"):
            return self.says
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        content = envelope.content or b""
        assert isinstance(content, bytes)
        self.took.append(message_from_bytes(content, policy=policy.default))  # type: ignore[arg-type]
        self.to += envelope.rcpt_tos
        self._taken.set()
        if self.hangs_up:
            server.transport.abort()
            await asyncio.sleep(0)
        return "250 OK"

    def wait(self, seconds: float = 60) -> bool:
        """Wait until a mail was taken."""
        return self._taken.wait(seconds)

    @property
    def port(self) -> int:
        return int(self.controller.port)

    controller: Controller = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self.controller = Controller(self, hostname=HOST, port=free_port(HOST, 20025))
