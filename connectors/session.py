"""One HTTP session to one system: time-outs, retries, request budget, and credentials that stay with their host."""

import json
import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any, NoReturn, Protocol
from urllib.parse import urljoin, urlsplit

import requests

from config.sources import RetrySettings
from connectors.connection import Connection
from ecosystem.errors import EcosystemError

logger = logging.getLogger(__name__)

LONGEST_BACKOFF_S = 30
MOST_REDIRECTS = 5
LOOPBACK = {"127.0.0.1", "localhost", "::1"}


class SourceError(EcosystemError):
    """The source could not be read on. What was read before it is good and may be landed."""


class RefusedRequest(SourceError):
    """The source answered that it will not do this request, however often it is repeated."""

    def __init__(self, sentence: str, code: str) -> None:
        super().__init__(sentence)
        self.code = code


class IncompleteRead(EcosystemError):
    """The source announced more rows than it sent, so what was read has a hole somewhere."""


@dataclass(frozen=True)
class Answer:
    """A JSON answer; numbers with a point are :class:`~decimal.Decimal`."""

    payload: Any
    headers: Mapping[str, str]
    links: Mapping[str, str]
    url: str


Check = Callable[[Answer], str | None]
"""Says what is wrong with an answer that a repetition may cure, or ``None``."""


class Authentication(Protocol):
    """How requests prove who sends them. Instances hold secrets and never show them."""

    def headers(self, session: "SourceSession") -> Mapping[str, str]:
        """Headers of the next request; may itself ask the source for a token."""

    def refresh(self) -> bool:
        """Forget a token that the source no longer accepts; false: there is nothing to renew."""

    def secrets(self) -> tuple[str, ...]:
        """Texts that must not appear in any message."""


class SourceSession:
    """All requests of one extract. Not for use by several threads."""

    def __init__(
        self,
        connection: Connection,
        authentication: Authentication,
        *,
        system: str,
        request_budget: int,
        retry: RetrySettings,
    ) -> None:
        self.system = system
        self.base_url = connection.base_url
        self.requests_sent = 0
        self._connection = connection
        self._authentication = authentication
        self._budget = request_budget
        self._retry = retry
        self._http = requests.Session()
        self._http.headers["User-Agent"] = "vendor-ecosystem-warehouse"
        # a proxy of the environment must not see, nor break, requests to this machine
        self._http.trust_env = urlsplit(self.base_url).hostname not in LOOPBACK

    def __enter__(self) -> "SourceSession":
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def get_json(self, link: str, *, headers: Mapping[str, str] | None = None, check: Check | None = None) -> Answer:
        """Ask for a path below the connection's host, or for an absolute link to the same host.

        Raises:
            RefusedRequest: a client error that no repetition cures, credentials included.
            SourceError: the budget is used up, or no attempt brought a usable answer.
        """
        return self._request("GET", self.resolve(link), dict(headers or {}), None, check, authenticated=True)

    def post_form(self, path: str, form: Mapping[str, str]) -> Answer:
        """Send a form without authentication: this is how tokens are asked for. Raises as :meth:`get_json`."""
        return self._request("POST", self.resolve(path), {}, form, None, authenticated=False)

    def resolve(self, link: str, base: str | None = None) -> str:
        """The absolute address of a link that the source gave, relative to ``base`` (default: the host).

        Raises:
            SourceError: it leads to another host, which must not get our credentials.
        """
        absolute = urljoin(base or self.base_url, link)
        if _origin(absolute) != _origin(self.base_url):
            host = urlsplit(absolute).netloc
            self.fail(
                f"gave a link to another host ({host}); it was not followed, because credentials stay with one host"
            )
        return absolute

    def fail(self, what: str, todo: str = "") -> NoReturn:
        """Raise a :class:`SourceError` that names system, connection and host."""
        raise SourceError(self._sentence(what, todo))

    def _sentence(self, what: str, todo: str) -> str:
        sentence = f"{self.system} (connection {self._connection.connection_id}, {self.base_url}) {what}"
        for secret in (self._connection.password, *self._authentication.secrets()):
            if secret:
                sentence = sentence.replace(secret, "***")
        return f"{sentence}: {todo}." if todo else f"{sentence}."

    def _request(
        self,
        method: str,
        url: str,
        headers: dict[str, str],
        form: Mapping[str, str] | None,
        check: Check | None,
        *,
        authenticated: bool,
    ) -> Answer:
        renewed = False
        redirects = 0
        attempt = 0
        while True:
            attempt += 1
            credentials = self._authentication.headers(self) if authenticated else {}
            self._spend()
            response, problem = self._send(method, url, {**headers, **credentials}, form)
            wait_s = min(self._retry.first_wait_s * 2 ** (attempt - 1), LONGEST_BACKOFF_S)
            if response is not None:
                status = response.status_code
                if response.is_redirect and redirects < MOST_REDIRECTS:
                    url = self.resolve(response.headers["Location"], base=url)
                    redirects, attempt = redirects + 1, attempt - 1
                    continue
                if (
                    status == HTTPStatus.UNAUTHORIZED
                    and authenticated
                    and not renewed
                    and self._authentication.refresh()
                ):
                    renewed, attempt = True, attempt - 1
                    continue
                if _is_passing(response):
                    problem = f"answered {status}{_message(response)}"
                    wait_s = self._asked_wait(response, wait_s)
                elif not response.ok or response.is_redirect:
                    self._refuse(response)
                else:
                    answer, problem = _read(response, check)
                    if answer:
                        return answer
            if attempt >= self._retry.attempts:
                self.fail(f"{problem}, in {attempt} attempts", _advice(problem, self._connection.variable))
            logger.info("%s", self._sentence(f"{problem}; attempt {attempt + 1} follows in {wait_s:.1f} s", ""))
            time.sleep(wait_s)

    def _spend(self) -> None:
        if self.requests_sent >= self._budget:
            self.fail(
                f"was sent the {self._budget} requests that this run may send",
                "run again to go on from the last landed batch, or raise request_budget in config/sources.yml",
            )
        self.requests_sent += 1

    def _send(
        self, method: str, url: str, headers: Mapping[str, str], form: Mapping[str, str] | None
    ) -> tuple[requests.Response | None, str]:
        """One attempt: the whole response, or what went wrong on the way."""
        try:
            response = self._http.request(
                method,
                url,
                headers={"Accept": "application/json", **headers},
                data=form,
                auth=_no_netrc,
                timeout=(self._retry.connect_timeout_s, self._retry.read_timeout_s),
                allow_redirects=False,
            )
        except requests.exceptions.SSLError:
            self.fail("has a certificate that is not trusted", "install its authority's certificate on this machine")
        except (requests.ConnectionError, requests.Timeout) as error:
            return None, self._unreachable(error)
        except (requests.exceptions.ChunkedEncodingError, requests.exceptions.ContentDecodingError):
            return None, "broke off its answer"
        return response, ""

    def _unreachable(self, error: requests.RequestException) -> str:
        text = str(error)
        if isinstance(error, requests.ConnectTimeout):
            return f"cannot be reached (no answer within {self._retry.connect_timeout_s:g} s)"
        if isinstance(error, requests.Timeout) or "Read timed out" in text:
            return f"sent nothing for {self._retry.read_timeout_s:g} s"
        if "NameResolution" in text or "getaddrinfo" in text:
            return "cannot be reached (its host name is unknown)"
        if "refused" in text:
            return "cannot be reached (connection refused)"
        if "NewConnectionError" in text:
            return "cannot be reached"
        return "dropped the connection"

    def _asked_wait(self, response: requests.Response, own_wait_s: float) -> float:
        asked_s = _retry_after_s(response.headers.get("Retry-After"))
        if asked_s is None:
            return own_wait_s
        if asked_s > self._retry.longest_wait_s:
            self.fail(
                f"answered {response.status_code} and asks for a pause of {asked_s:.0f} s, longer than the"
                f" {self._retry.longest_wait_s:g} s that a run waits",
                "run again after it; the run goes on from the last landed batch",
            )
        return asked_s

    def _refuse(self, response: requests.Response) -> NoReturn:
        status = response.status_code
        code, _ = _error(response)
        what = f"answered {status}{_message(response)}"
        if status == HTTPStatus.UNAUTHORIZED or code in {"invalid_client", "invalid_grant"}:
            todo = f"check login and password of the connection in {self._connection.variable} or in Airflow"
        elif code == "REQUEST_LIMIT_EXCEEDED":
            todo = (
                "its daily quota is used up; run again when it is renewed, the run goes on from the last landed batch"
            )
        elif status == HTTPStatus.FORBIDDEN:
            todo = "give the user of the connection the permissions listed in docs/connect"
        else:
            todo = "compare the entity table of the connector with what this system offers"
        raise RefusedRequest(self._sentence(what, todo), code)


def _no_netrc(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """Credentials come from the connection alone: without an ``auth``, requests looks into ``~/.netrc``."""
    return request


def _origin(url: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port or {"http": 80, "https": 443}.get(parts.scheme)


def _read(response: requests.Response, check: Check | None) -> tuple[Answer | None, str]:
    try:
        payload = json.loads(response.content, parse_float=Decimal)
    except ValueError:
        if response.content.lstrip()[:1] == b"<":
            return None, "answered with a page of HTML instead of JSON"
        return None, "answered with JSON that is cut off or damaged"
    links = {name: link["url"] for name, link in response.links.items()}
    answer = Answer(payload, response.headers, links, response.url)
    problem = check(answer) if check else None
    return (None, problem) if problem else (answer, "")


def _is_passing(response: requests.Response) -> bool:
    """Whether a repetition may succeed. Salesforce says 403 where others say 429, for its daily quota too."""
    status = response.status_code
    if status == HTTPStatus.TOO_MANY_REQUESTS or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return True
    code, message = _error(response)
    return code == "REQUEST_LIMIT_EXCEEDED" and "TotalRequests" not in message


def _retry_after_s(text: str | None) -> float | None:
    """Seconds, from a number or an HTTP date; ``None`` when the header is absent or unreadable."""
    if not text:
        return None
    if text.strip().isdigit():
        return float(text)
    try:
        return max(0.0, (parsedate_to_datetime(text) - datetime.now(UTC)).total_seconds())
    except (ValueError, TypeError):
        return None


def _message(response: requests.Response) -> str:
    shown = " ".join(" ".join(_error(response)).split())
    return f" ({shown[:300]})" if shown else ""


def _error(response: requests.Response) -> tuple[str, str]:
    """Code and message of the error bodies that are in use: OData's, Salesforce's array, ServiceNow's, OAuth's."""
    try:
        body = json.loads(response.content)
    except ValueError:
        return "", ""
    if isinstance(body, list) and body and isinstance(body[0], dict):
        return str(body[0].get("errorCode", "")), str(body[0].get("message", ""))
    if not isinstance(body, dict):
        return "", ""
    error = body.get("error")
    if isinstance(error, dict):
        message = error.get("message", "")
        return str(error.get("code", "")), str(message.get("value", "") if isinstance(message, dict) else message)
    return str(error or ""), str(body.get("error_description", ""))


def _advice(problem: str, variable: str) -> str:
    if problem.startswith("cannot be reached"):
        return f"check host and port of the connection in {variable} or in Airflow, and the network"
    return "run again later; the run goes on from the last landed batch"
