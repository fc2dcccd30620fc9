"""The sandbox as a running server: one process, one HTTP port for all systems, one SMTP port."""

import asyncio
import logging
import os
import signal
import socket
import struct
import threading
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import Future
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass

from aiohttp import web

from ecosystem.errors import EcosystemError
from ecosystem.paths import Home
from sandbox.faces import control, salesforce, sap_odata_v2, sap_odata_v4, servicenow
from sandbox.faces.exchange import Answer, Credentials, Face, Question
from sandbox.faces.tables import Tables
from sandbox.faults import FaultRule, Faults
from sandbox.smtp import Outbox, protocol
from sandbox.source import Source
from sandbox.state import State, resume, save

logger = logging.getLogger(__name__)

HTTP_PORT = 18080
SMTP_PORT = 18025
PAGE_LIMIT = 1_000
SHUTDOWN_S = 0.5
"""How long answers under way may take to end when the sandbox stops; a slow one is broken off."""
HTML_PAGE = b"<!DOCTYPE html><html><head><title>Log on</title></head><body><h1>Please log on</h1></body></html>"
RESET = struct.pack("ii", 1, 0)
"""SO_LINGER with no time: closing the socket resets the connection."""


def credentials_from_environment() -> Credentials:
    """`SANDBOX_LOGIN` and `SANDBOX_PASSWORD`, which all systems accept; both are `sandbox` where they are not set."""
    return Credentials(os.environ.get("SANDBOX_LOGIN", "sandbox"), os.environ.get("SANDBOX_PASSWORD", "sandbox"))


@dataclass(frozen=True)
class Settings:
    """How a sandbox behaves. `page_limit` is the most documents on one OData page."""

    credentials: Credentials
    page_limit: int = PAGE_LIMIT


@dataclass(frozen=True)
class Address:
    """Where a sandbox listens."""

    host: str
    port: int
    smtp_port: int

    @property
    def base_url(self) -> str:
        """Scheme, host and port, without a slash at the end."""
        return f"http://{self.host}:{self.port}"


class Sandbox:
    """All faces over one source, with their faults and their log."""

    def __init__(self, source: Source, home: Home, seed: int | None, settings: Settings) -> None:
        tables = Tables(source)
        self.faults = Faults()
        self.log = control.Log()
        self.outbox = Outbox(home.outbox)
        self._salesforce = salesforce.Salesforce(tables, settings.credentials)
        self._control = control.Control(
            source, self.faults, self.log, on_advance=lambda: save(home, State(seed, source.now()))
        )
        self._faces: tuple[tuple[str, Face], ...] = (
            (
                sap_odata_v4.ROOT,
                sap_odata_v4.SapODataV4(tables, settings.credentials, settings.page_limit),
            ),
            (
                sap_odata_v2.ROOT,
                sap_odata_v2.SapODataV2(tables, settings.credentials, settings.page_limit),
            ),
            ("/services/", self._salesforce),
            (servicenow.ROOT, servicenow.ServiceNow(tables, settings.credentials)),
        )

    def application(self) -> web.Application:
        """The HTTP application."""
        application = web.Application()
        application.router.add_route("*", "/{path:.*}", self._handle)
        return application

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        question = await _question(request)
        if question.path.startswith(control.ROOT):
            return _response(self._control.answer(question))
        face = next((face for prefix, face in self._faces if question.path.startswith(prefix)), self._control)
        rule = self.faults.strike(question.path)
        if rule is not None and rule.kind == "drop":
            self.log.add(question, None, 0, rule.kind)
            return _dropped(request)
        if rule is not None and rule.kind == "expired_token":
            self._salesforce.expire_tokens()
        if rule is not None and rule.seconds is not None:
            await asyncio.sleep(rule.seconds)
        answer = self._answer(face, question, rule)
        self.log.add(question, answer.status, answer.rows, rule.kind if rule else None)
        if rule is not None and rule.kind == "truncate":
            return await _truncated(request, answer, rule.sent_share)
        return _response(answer)

    def _answer(self, face: Face, question: Question, rule: FaultRule | None) -> Answer:
        if rule is not None and rule.kind == "html":
            return Answer(200, HTML_PAGE, "text/html; charset=utf-8")
        if rule is not None and rule.status is not None:
            failed = face.failure(rule.status, f"fault asked for: {rule.status}")
            retry = {} if rule.retry_after is None else {"Retry-After": str(rule.retry_after)}
            return Answer(failed.status, failed.body, failed.content_type, {**failed.headers, **retry})
        try:
            return face.answer(question)
        except EcosystemError as error:
            logger.error("%s %s: %s", question.method, question.path, error)
            return face.failure(500, str(error))


async def _question(request: web.Request) -> Question:
    # aiohttp's own query is decoded with + as a space; the raw target tells them apart
    _, _, query = request.raw_path.partition("?")
    return Question(
        method=request.method,
        path=request.path,
        query=query,
        headers=request.headers,
        body=await request.read(),
        origin=f"{request.scheme}://{request.host}",
    )


def _response(answer: Answer) -> web.Response:
    return web.Response(
        status=answer.status, body=answer.body, headers={**answer.headers, "Content-Type": answer.content_type}
    )


def _dropped(request: web.Request) -> web.Response:
    """Reset the connection before any byte of an answer."""
    if request.transport is not None:
        connection = request.transport.get_extra_info("socket")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        request.transport.abort()
    return web.Response()


async def _truncated(request: web.Request, answer: Answer, share: float) -> web.StreamResponse:
    """Announce the whole body, send a part of it, close the connection."""
    headers = {**answer.headers, "Content-Type": answer.content_type, "Content-Length": str(len(answer.body))}
    response = web.StreamResponse(status=answer.status, headers=headers)
    await response.prepare(request)
    await response.write(answer.body[: int(len(answer.body) * share)])
    if request.transport is not None:
        request.transport.close()
    return response


@asynccontextmanager
async def _listening(sandbox: Sandbox, host: str, port: int, smtp_port: int) -> AsyncIterator[Address]:
    loop = asyncio.get_running_loop()
    runner = web.AppRunner(sandbox.application(), access_log=None, shutdown_timeout=SHUTDOWN_S)
    await runner.setup()
    try:
        try:
            await web.TCPSite(runner, host, port).start()
            mail = await loop.create_server(lambda: protocol(sandbox.outbox), host, smtp_port)
        except OSError as error:
            raise EcosystemError(
                f"The sandbox cannot listen on {host} at ports {port} (HTTP) and {smtp_port} (SMTP): "
                f"{error.strerror}; end what listens there or choose others with --port and --smtp-port."
            ) from error
        try:
            yield Address(host, runner.addresses[0][1], mail.sockets[0].getsockname()[1])
        finally:
            mail.close()
    finally:
        await runner.cleanup()


def serve(
    source: Source,
    home: Home,
    *,
    seed: int | None = None,
    host: str = "127.0.0.1",
    port: int = HTTP_PORT,
    smtp_port: int = SMTP_PORT,
    settings: Settings | None = None,
) -> None:
    """Serve a fresh source until SIGTERM or SIGINT, from where the last run in this home left it.

    Writes `<home>/sandbox/state.json` and caught mails to `<home>/outbox`. `seed` is None for replayed files.

    Raises:
        EcosystemError: a port is taken, or the home holds the state of another world.
    """
    resume(home, source, seed)
    sandbox = Sandbox(source, home, seed, settings or Settings(credentials_from_environment()))

    async def until_stopped() -> None:
        stop = asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
        async with _listening(sandbox, host, port, smtp_port) as address:
            logger.info("the sandbox listens on %s, mail on port %s", address.base_url, address.smtp_port)
            await stop.wait()

    asyncio.run(until_stopped())


@contextmanager
def running(
    source: Source, home: Home, *, seed: int | None = None, settings: Settings | None = None
) -> Iterator[Address]:
    """A sandbox in a thread of this process, on free ports of the loopback interface, for as long as the block runs."""
    resume(home, source, seed)
    sandbox = Sandbox(source, home, seed, settings or Settings(credentials_from_environment()))
    loop = asyncio.new_event_loop()
    stop = asyncio.Event()
    listening: Future[Address] = Future()

    async def until_stopped() -> None:
        try:
            async with _listening(sandbox, "127.0.0.1", 0, 0) as address:
                listening.set_result(address)
                await stop.wait()
        except Exception as error:
            if listening.done():
                raise
            listening.set_exception(error)

    def run() -> None:
        with asyncio.Runner(loop_factory=lambda: loop) as runner:
            runner.run(until_stopped())

    thread = threading.Thread(target=run, name="sandbox")
    thread.start()
    address = listening.result()
    try:
        yield address
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join()
