"""A route is posted in its channels, once; a channel's URL reaches no log, error text or table."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from sqlalchemy import select

from alerts.channels import url_from_airflow, url_from_environment
from alerts.data_alert import report_step
from alerts.ledger import POST, open_ledger, outbox
from alerts.run import run_alerts
from config.alert_routes import load_alert_routes
from ecosystem.errors import EcosystemError, UsageError

TOKEN = "s3cret-t0ken"


class Service(ThreadingHTTPServer):
    """A webhook receiver: keeps what it took, answers as it is told."""

    def __init__(self):
        self.answers, self.received, self.paths = [], [], []
        super().__init__(("127.0.0.1", 0), Receiver)


class Receiver(BaseHTTPRequestHandler):
    server: Service

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        code = self.server.answers.pop(0) if self.server.answers else 200
        self.server.paths.append(self.path)
        if code == 200:
            self.server.received.append(json.loads(body))
        self.send_response(code)
        self.end_headers()

    def log_message(self, *_arguments):
        pass


@pytest.fixture
def service():
    server = Service()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def channels_on(service, routes_file, monkeypatch):
    text = routes_file.read_text(encoding="utf-8")
    text += (
        "channels:\n  hook: {name: Webhook of the buyers, connection: hook_of_buyers}\n"
        "default_channels: [hook]\nengineers_channels: [hook]\n"
    )
    text = text.replace("team: logistics}", "team: logistics, channels: [hook]}")
    routes_file.write_text(text, encoding="utf-8")
    monkeypatch.setenv("AIRFLOW_CONN_HOOK_OF_BUYERS", f"json://127.0.0.1:{service.server_port}/{TOKEN}")


@pytest.fixture
def news(channels_on, service, publish, signal, home, smtp, day):
    """A company past its first load, and a new line of each of two vendors, one of them of a strategic vendor."""
    publish([], day(1))
    run_alerts(home, day(1), smtp)
    publish([signal(1, 1), signal(1, 2, is_strategic=True)], day(2))


def posts(home):
    engine = open_ledger(home)
    with engine.connect() as connection:
        found = connection.execute(select(outbox).where(outbox.c.medium == POST)).mappings().all()
    engine.dispose()
    return found


def test_a_route_with_a_channel_is_posted_once_beside_its_mail(news, service, home, smtp, mailbox, day):
    for _ in range(3):
        run_alerts(home, day(2), smtp)

    (post,) = service.received
    assert post["title"] == "Vendor 1: 1 order line slips, worst +10 days, EUR 18,400 open"
    assert "1 order line is now promised later than before" in post["message"]
    assert "Buyers has the mail with evidence and next steps. Reference" in post["message"]
    assert len(mailbox.received) == 2
    assert [row["state"] for row in posts(home)] == ["sent"]


def test_a_channel_that_fails_gets_the_post_later_and_holds_no_mail_back(news, service, home, smtp, mailbox, day):
    service.answers = [500]
    with pytest.raises(EcosystemError, match=r"1 post waits in the outbox after 0 sent: the channel 'hook'"):
        run_alerts(home, day(2), smtp)
    assert len(mailbox.received) == 2
    assert service.received == []

    run_alerts(home, day(2), smtp)
    assert len(service.received) == 1
    assert len(mailbox.received) == 2


def test_a_mail_server_that_is_down_holds_no_post_back(news, service, home, smtp, mail_server, day):
    mail_server.stop()
    with pytest.raises(EcosystemError, match="cannot be reached"):
        run_alerts(home, day(2), smtp)
    assert len(service.received) == 1


def test_after_a_failure_a_channel_is_left_alone_until_the_next_run(
    channels_on, service, publish, signal, home, smtp, day
):
    publish([], day(1))
    run_alerts(home, day(1), smtp)
    publish([signal(1, vendor) for vendor in range(5)], day(2))
    service.answers = [500] * 5
    with pytest.raises(EcosystemError, match="5 posts wait in the outbox after 0 sent"):
        run_alerts(home, day(2), smtp)
    assert len(service.paths) == 1
    service.answers = []
    run_alerts(home, day(2), smtp)
    assert len(service.received) == 5


def test_the_secret_url_reaches_no_log_no_error_and_no_table(news, service, home, smtp, day, caplog):
    service.answers = [500]
    with caplog.at_level("DEBUG"), pytest.raises(EcosystemError) as failure:
        run_alerts(home, day(2), smtp)
    assert service.paths == [f"/{TOKEN}"], "the post was sent to it"
    assert TOKEN not in caplog.text
    assert TOKEN not in str(failure.value)
    assert TOKEN.encode() not in home.alerts_db.read_bytes()


def test_a_channel_without_an_address_waits_and_names_the_variable(
    news, service, home, smtp, mailbox, day, monkeypatch
):
    monkeypatch.delenv("AIRFLOW_CONN_HOOK_OF_BUYERS")
    with pytest.raises(EcosystemError, match="AIRFLOW_CONN_HOOK_OF_BUYERS is not set"):
        run_alerts(home, day(2), smtp)
    assert len(mailbox.received) == 2
    monkeypatch.setenv("AIRFLOW_CONN_HOOK_OF_BUYERS", "no url at all")
    with pytest.raises(EcosystemError, match="the connection hook_of_buyers holds no Apprise URL") as failure:
        run_alerts(home, day(2), smtp)
    assert "no url at all" not in str(failure.value)


def test_a_post_whose_channel_is_gone_from_the_routes_is_taken_out(news, service, home, smtp, routes_file, day):
    service.answers = [500]
    with pytest.raises(EcosystemError):
        run_alerts(home, day(2), smtp)
    text = routes_file.read_text(encoding="utf-8")
    routes_file.write_text(text.split("channels:\n")[0].replace(", channels: [hook]", ""), encoding="utf-8")
    run_alerts(home, day(2), smtp)
    assert posts(home) == []
    assert service.received == []


def test_a_name_calls_no_one_in_a_chat(channels_on, service, publish, signal, home, smtp, day):
    publish([], day(1))
    run_alerts(home, day(1), smtp)
    publish([signal(1, 1, vendor_name="<!channel> @everyone [x](http://evil.example) `*_")], day(2))
    run_alerts(home, day(2), smtp)
    text = json.dumps(service.received[0], ensure_ascii=False)
    for sign in ("<!", "@", "[x]", "`", "*"):
        assert sign not in text


def test_data_alerts_are_posted_in_the_engineers_channel(channels_on, service, home, smtp, day):
    for _ in range(2):
        report_step(home, day(1), smtp, "extract_erp.purchase_order", "The ERP does not answer.")
    assert [post["title"] for post in service.received] == ["Data: 1 step failed: extract_erp.purchase_order"]


def test_a_channel_that_is_not_there_is_named(channels_on, routes_file):
    text = routes_file.read_text(encoding="utf-8")
    routes_file.write_text(text.replace("default_channels: [hook]", "default_channels: [huk]"), encoding="utf-8")
    with pytest.raises(UsageError, match=r"the channels of route 'default' name 'huk', which is not there \(hook\)"):
        load_alert_routes()


def test_a_url_comes_from_a_connection_in_json_or_from_airflow_too(monkeypatch):
    monkeypatch.setenv("AIRFLOW_CONN_X", '{"conn_type": "generic", "password": "slack://a/b/c"}')
    assert url_from_environment("x") == "slack://a/b/c"

    class Connection:
        conn_id, password = "x", "slack://a/b/c"

    assert url_from_airflow(Connection()) == "slack://a/b/c"
    Connection.password = None
    with pytest.raises(UsageError, match="has no password"):
        url_from_airflow(Connection())
    monkeypatch.setenv("AIRFLOW_CONN_X", '{"password": slack}')
    with pytest.raises(UsageError, match="neither a URL nor a connection in JSON") as failure:
        url_from_environment("x")
    assert "slack" not in str(failure.value)
