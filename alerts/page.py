"""The page that a mail's link opens: a small service of its own, ``ecosystem alerts serve``.

Reading changes nothing, because mail scanners follow links; whatever changes something is a POST with a token that only
the page of the same link hands out. There is no list of alerts: without a valid link there is nothing to see.
"""

import base64
import hashlib
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Annotated, Any
from urllib.parse import parse_qs

import uvicorn
from fastapi import Depends, FastAPI, Request
from fastapi.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from jinja2 import Environment, PackageLoader, StrictUndefined
from sqlalchemy import Engine
from starlette.exceptions import HTTPException

from alerts import actions, ledger
from alerts.actions import ReasonCode, Refused, Verdict
from alerts.document import unbroken
from alerts.links import SECRET_VARIABLE, Audience, Link, LinkExpired, LinkRefused, Signer, signer_from_environment
from alerts.page_view import View, facts_of, view
from config.alert_routes import load_alert_routes
from ecosystem.clock import current_time
from ecosystem.errors import EcosystemError, UsageError
from ecosystem.paths import Home

FORM_VALID_FOR = timedelta(hours=4)
FORM_MAX_BYTES = 20_000
SILENCE_DAYS = (7, 14, 30, 60)
DONE = {
    "acknowledged": "Noted: you have taken it on. Nobody is reminded of it any more.",
    "closed": "Noted: it is closed. Thank you for the verdict; the rule's precision is measured from it.",
    "silenced": "Noted: nobody is mailed about it until then.",
    "nothing": "Nothing was left to do: a colleague was quicker, or you pressed twice.",
}

logger = logging.getLogger(__name__)


class _Failure(Exception):
    """A page that says why there is nothing to see or why nothing was done."""

    def __init__(self, status: int, title: str, text: str) -> None:
        super().__init__(title)
        self.status, self.title, self.text = status, title, text


@dataclass(frozen=True)
class _Desk:
    """What every request needs."""

    home: Home
    engine: Engine
    signer: Signer
    now: Callable[[], datetime]

    def open(self, token: str, now: datetime) -> Link:
        try:
            return self.signer.read(token, now)
        except LinkExpired as refusal:
            raise _Failure(410, "This link is over", str(refusal)) from None
        except LinkRefused as refusal:
            raise _Failure(404, "There is nothing here", str(refusal)) from None

    def view(self, link: Link, now: datetime) -> View:
        routes = load_alert_routes()
        try:
            with self.engine.connect() as connection, connection.begin():
                return view(connection, self.home, routes, self.signer, link, now)
        except LinkRefused as refusal:
            raise _Failure(403, "This link opens nothing any more", str(refusal)) from None

    def view_to_act(self, token: str, form: Mapping[str, str], request: Request, now: datetime) -> View:
        """The view of a link whose holder has sent a form of its page."""
        link = self.open(token, now)
        # Browsers say where a form came from; the token below holds where they do not.
        is_foreign = request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none")
        if is_foreign or not self.signer.is_form_of(form.get("form", ""), token, now):
            raise _Failure(
                403, "Nothing was changed", "This form is too old or did not come from the page: open the link again."
            )
        found = self.view(link, now)
        if found.audience is not Audience.TEAM:
            raise _Failure(403, "Nothing was changed", "This link is for reading.")
        return found


async def _form(request: Request) -> dict[str, str]:
    """The fields of a form, each once.

    Raises:
        _Failure: it is larger than any form of ours, or no text.
    """
    content = b""
    async for part in request.stream():
        content += part
        if len(content) > FORM_MAX_BYTES:
            raise _Failure(413, "Nothing was changed", "This is more text than a form of this page sends.")
    try:
        fields = parse_qs(content.decode("utf-8"), keep_blank_values=True, max_num_fields=20, strict_parsing=False)
    except ValueError:
        raise _Failure(400, "Nothing was changed", "This is no form of this page.") from None
    return {name: values[0] for name, values in fields.items()}


Form = Annotated[dict[str, str], Depends(_form)]


def create_app(home: Home, now: Callable[[], datetime] = current_time) -> FastAPI:
    """The service over the ledger and the publications of a state directory.

    Raises:
        UsageError: there is no secret to read links with, or it is too short.
        EcosystemError: the ledger cannot be opened.
    """
    signer = signer_from_environment()
    if signer is None:
        raise UsageError(
            f"{SECRET_VARIABLE} is not set: the page opens by signed links only. Set the secret that the alert task "
            "signs with."
        )
    desk = _Desk(home, ledger.open_ledger(home), signer, now)
    app = FastAPI(title="Early warning", docs_url=None, redoc_url=None, openapi_url=None)
    _add_pages(app, desk)
    _add_failures(app)

    @app.middleware("http")
    async def guarded(request: Request, answer: Callable[[Request], Awaitable[Response]]) -> Response:
        response = await answer(request)
        response.headers.update(_guards())
        return response

    return app


def _add_pages(app: FastAPI, desk: _Desk) -> None:
    @app.get("/health")
    def health() -> PlainTextResponse:
        return PlainTextResponse("ok\n")

    @app.get("/")
    def nothing() -> Response:
        raise _Failure(404, "There is nothing here", "Open an alert by the link in its mail.")

    @app.get("/alert/{token}")
    def show(token: str, done: str = "") -> Response:
        now = desk.now()
        found = desk.view(desk.open(token, now), now)
        return _page(
            "page.html",
            view=found,
            doc=found.document,
            facts=facts_of(found.document),
            token=token,
            form=desk.signer.form_token(token, now + FORM_VALID_FOR),
            done=DONE.get(done, ""),
            reasons=_REASONS,
            silence_days=SILENCE_DAYS,
        )

    @app.post("/alert/{token}/acknowledge")
    def acknowledge(token: str, request: Request, form: Form) -> Response:
        now = desk.now()
        found = desk.view_to_act(token, form, request, now)
        done = "nothing"
        if found.unanswered_fingerprints:
            actions.acknowledge(desk.engine, found.unanswered_fingerprints, found.actor, _at(found, now), _note(form))
            done = "acknowledged"
        return _back(token, done)

    @app.post("/alert/{token}/close")
    def close(token: str, request: Request, form: Form) -> Response:
        now = desk.now()
        found = desk.view_to_act(token, form, request, now)
        done = "nothing"
        if found.open_fingerprints:
            reason, verdict = _chosen(form, "reason_code", ReasonCode), _chosen(form, "verdict", Verdict)
            at = _at(found, now)
            actions.resolve(desk.engine, found.open_fingerprints, found.actor, at, reason, verdict, _note(form))
            done = "closed"
        return _back(token, done)

    @app.post("/alert/{token}/silence")
    def silence(token: str, request: Request, form: Form) -> Response:
        now = desk.now()
        found = desk.view_to_act(token, form, request, now)
        days = form.get("days", "")
        if days not in map(str, SILENCE_DAYS):
            raise _Failure(400, "Nothing was changed", "Choose how long it shall be silent.")
        at = _at(found, now)
        ends = at + timedelta(days=int(days))
        actions.silence(desk.engine, found.silence_conditions, found.actor, _note(form) or "", at, ends)
        return _back(token, "silenced")


def _add_failures(app: FastAPI) -> None:
    @app.exception_handler(_Failure)
    def failed(_request: Request, failure: _Failure) -> Response:
        return _page("page_failure.html", failure.status, title=failure.title, text=failure.text)

    @app.exception_handler(HTTPException)
    def no_such_page(_request: Request, error: HTTPException) -> Response:
        return _page(
            "page_failure.html",
            error.status_code,
            title="There is nothing here",
            text="Open an alert by the link in its mail.",
        )

    @app.exception_handler(Refused)
    def refused(_request: Request, _error: Refused) -> Response:
        text = "The alert changed while you read: open the link again and look at how it stands now."
        return _page("page_failure.html", 409, title="Nothing was changed", text=text)

    @app.exception_handler(UsageError)
    def misused(_request: Request, error: UsageError) -> Response:
        return _page("page_failure.html", 400, title="Nothing was changed", text=str(error))

    @app.exception_handler(Exception)
    def broken(_request: Request, _error: Exception) -> Response:
        # Runs outside the middleware that guards all other answers; the server logs what happened.
        text = "Something went wrong on our side. Your link stays good: try again in some minutes."
        response = _page("page_failure.html", 500, title="Not just now", text=text)
        response.headers.update(_guards())
        return response

    @app.exception_handler(EcosystemError)
    def out_of_order(_request: Request, error: EcosystemError) -> Response:
        logger.error("the page cannot be shown: %s", error)
        text = "What the page reads is not available just now. Your link stays good: try again in some minutes."
        return _page("page_failure.html", 503, title="Not just now", text=text)


_REASONS = (
    ("vendor", "The vendor"),
    ("us", "We ourselves"),
    ("carrier", "The carrier"),
    ("data", "Wrong or late data"),
)


def _chosen(form: Mapping[str, str], field: str, choices: Any) -> Any:
    try:
        return choices(form.get(field, ""))
    except ValueError:
        raise _Failure(400, "Nothing was changed", "Choose a cause and whether the alert was right.") from None


def _at(found: View, now: datetime) -> datetime:
    """When a person acted: never before what is acted on, for alerts follow the clock of their publications, which
    runs ahead where the sandbox is the source.
    """
    return max(now, found.changed_at)


def _note(form: Mapping[str, str]) -> str | None:
    return form.get("note", "").strip() or None


def _back(token: str, done: str) -> Response:
    """To the page again, so that reloading it sends nothing twice. Relative: a proxy may serve it below a path."""
    return RedirectResponse(f"../{token}?done={done}", status_code=303)


def _page(template: str, status: int = 200, **values: Any) -> Response:
    page = _environment().get_template(template).render(style=_style(), **values)
    return HTMLResponse(unbroken(page), status_code=status)


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("alerts"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )


@cache
def _style() -> str:
    source, _, _ = PackageLoader("alerts").get_source(_environment(), "page.css")
    return source


@cache
def _guards() -> dict[str, str]:
    """Headers of every answer: nothing from elsewhere is loaded, nothing is kept, and the link goes nowhere."""
    style = base64.b64encode(hashlib.sha256(_style().encode()).digest()).decode()
    policy = (
        f"default-src 'none'; style-src 'sha256-{style}'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    )
    return {
        "Content-Security-Policy": policy,
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "X-Robots-Tag": "noindex, nofollow",
        "Cache-Control": "no-store",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    }


def server_config(app: FastAPI, host: str, port: int) -> uvicorn.Config:
    """How the service runs. No access log: a path of it holds a link."""
    return uvicorn.Config(app, host=host, port=port, access_log=False, server_header=False, log_level="warning")


def serve(home: Home, host: str, port: int) -> None:
    """Run the service until it is interrupted.

    Raises:
        UsageError: there is no secret to read links with, or it is too short.
        EcosystemError: the ledger cannot be opened.
    """
    uvicorn.Server(server_config(create_app(home), host, port)).run()
