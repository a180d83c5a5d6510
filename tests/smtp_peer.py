"""A small SMTP server for tests: speaks RFC 5321 on loopback, answers as each test wants, keeps what it was given."""

import asyncio
import ssl
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage

CUT = "cut"
"""An answer that is none: the line goes dead."""


def certificate(folder):
    """A certificate for localhost that signs itself, and its key, as files."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / "localhost.pem"
    path.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return path


class SmtpPeer:
    """`answer(step, line)` may return another reply than the usual, or CUT; steps: connect, mail, rcpt, data, end."""

    def __init__(self, *, tls=None) -> None:
        self.received: list[EmailMessage] = []
        self.senders: list[str] = []
        self.connections = 0
        self.secured = 0
        self.answer: Callable[[str, str], str | None] = lambda _step, _line: None
        self.tls = tls
        self.port = 0

    def __enter__(self):
        self.loop = asyncio.new_event_loop()
        started = threading.Event()

        def run() -> None:
            asyncio.set_event_loop(self.loop)
            self.server = self.loop.run_until_complete(asyncio.start_server(self._serve, "127.0.0.1", self.port))
            self.port = self.server.sockets[0].getsockname()[1]
            started.set()
            self.loop.run_forever()
            self.server.close()
            pending = asyncio.all_tasks(self.loop)
            for task in pending:
                task.cancel()
            self.loop.run_until_complete(asyncio.gather(*pending, return_exceptions=True))
            self.loop.run_until_complete(self.loop.shutdown_asyncgens())
            self.loop.close()

        self.thread = threading.Thread(target=run)
        self.thread.start()
        started.wait()
        return self

    def __exit__(self, *_error) -> None:
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join()

    async def _serve(self, reader, writer) -> None:
        self.connections += 1
        try:
            await self._talk(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    async def _talk(self, reader, writer) -> None:  # noqa: C901, PLR0912 - one branch for each command
        async def say(step: str, line: str, usual: str) -> bool:
            reply = self.answer(step, line) or usual
            if reply == CUT:
                writer.transport.abort()
                return False
            writer.write(reply.encode() + b"\r\n")
            await writer.drain()
            return True

        if not await say("connect", "", "220 peer"):
            return
        while line := (await reader.readline()).decode("latin-1").strip():
            word = line.split(" ")[0].upper()
            match word:
                case "EHLO" | "HELO":
                    tls = "250-STARTTLS\r\n" if self.tls else ""
                    ok = await say("ehlo", line, f"250-peer\r\n{tls}250 8BITMIME")
                case "STARTTLS" if self.tls:
                    writer.write(b"220 go\r\n")
                    await writer.drain()
                    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
                    context.load_cert_chain(self.tls)
                    await writer.start_tls(context)
                    self.secured += 1
                    ok = True
                case "MAIL":
                    self.senders.append(line.split("<")[1].split(">")[0])
                    ok = await say("mail", line, "250 ok")
                case "RCPT":
                    ok = await say("rcpt", line, "250 ok")
                case "DATA":
                    ok = await say("data", line, "354 go on")
                    if ok and not (self.answer("data", line) or "354").startswith("354"):
                        continue
                    if ok:
                        ok = await self._content(reader, writer)
                case "RSET" | "NOOP":
                    ok = await say("rset", line, "250 ok")
                case "QUIT":
                    await say("quit", line, "221 bye")
                    return
                case _:
                    ok = await say("other", line, "502 no")
            if not ok:
                return

    async def _content(self, reader, writer) -> bool:
        raw = await reader.readuntil(b"\r\n.\r\n")
        reply = self.answer("end", "") or "250 taken"
        if reply == CUT or reply.startswith("250"):
            self.received.append(message_from_bytes(raw[:-3].replace(b"\r\n..", b"\r\n."), policy=policy.default))
        if reply == CUT:
            writer.transport.abort()
            return False
        writer.write(reply.encode() + b"\r\n")
        await writer.drain()
        return True
