"""The ledger's tables are what the models declare, wherever they came from."""

import sqlite3
import threading
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, inspect, text

from alerts import migrate
from alerts.ledger import known_companies, metadata, open_ledger, writing
from alerts.run import run_alerts
from ecosystem.errors import EcosystemError
from ecosystem.paths import project_root

# What a run of the last program without Alembic left behind: a digest that was sent and a mail that waits.
BEFORE_ALEMBIC = Path(__file__).with_name("ledger_before_alembic.sql")
OLD_TABLES = ("company", "evaluation", "alert", "outbox", "outbox_recipient", "alert_event")


def alembic_config():
    config = Config()
    config.set_main_option("script_location", str(project_root() / "alerts" / "migrations"))
    return config


def differences(engine):
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={
                "version_table": migrate.VERSION_TABLE,
                "compare_type": True,
                "compare_server_default": True,
                "include_name": lambda name, kind, _parents: kind != "table" or name in metadata.tables,
            },
        )
        return compare_metadata(context, metadata)


def test_migrations_and_models_agree_on_sqlite(home):
    engine = open_ledger(home)
    assert set(inspect(engine).get_table_names()) == {*metadata.tables, migrate.VERSION_TABLE}
    assert differences(engine) == []
    engine.dispose()


def test_migrations_and_models_agree_on_postgresql(on_postgres, home):
    engine = open_ledger(home)
    assert set(metadata.tables) <= set(inspect(engine).get_table_names())
    assert differences(engine) == []
    engine.dispose()


def test_the_program_knows_the_newest_revision():
    assert ScriptDirectory.from_config(alembic_config()).get_current_head() == migrate.HEAD


def test_a_ledger_of_a_newer_program_is_refused_and_left_alone(home):
    engine = open_ledger(home)
    with writing(engine) as connection:
        connection.execute(text(f"UPDATE {migrate.VERSION_TABLE} SET version_num = '9999'"))
    engine.dispose()
    before = home.alerts_db.read_bytes()
    with pytest.raises(EcosystemError, match="is at revision '9999', which this program"):
        open_ledger(home)
    assert home.alerts_db.read_bytes() == before


def test_opening_a_current_ledger_waits_for_no_writer(home):
    engine = open_ledger(home)
    opened = threading.Event()

    def open_again():
        open_ledger(home).dispose()
        opened.set()

    with writing(engine):
        worker = threading.Thread(target=open_again)
        worker.start()
        assert opened.wait(20), "a page that reads must not wait until a mail is sent"
    worker.join()
    engine.dispose()


def test_a_ledger_made_before_alembic_is_taken_over_and_its_waiting_mail_goes_out(
    home, publish, signal, smtp, mailbox, day
):
    home.root.mkdir(parents=True)
    with sqlite3.connect(home.alerts_db) as old:
        old.executescript(BEFORE_ALEMBIC.read_text(encoding="utf-8"))
        held = {table: old.execute(f"SELECT * FROM {table} ORDER BY 1").fetchall() for table in OLD_TABLES}
    old.close()
    assert all(held.values())
    publish([signal(1, 1), signal(2, 1)], day(2))

    result = run_alerts(home, day(2), smtp)

    assert (result.opened, result.resolved, result.withdrawn) == (0, 0, 0)
    assert [mail.kind for mail in result.mails] == ["opened"]
    with sqlite3.connect(home.alerts_db) as new:
        for table in set(OLD_TABLES) - {"outbox", "outbox_recipient", "evaluation"}:
            count = len(held[table][0])
            assert [row[:count] for row in new.execute(f"SELECT * FROM {table} ORDER BY 1")] == held[table], table
    new.close()
    engine = open_ledger(home)
    assert differences(engine) == []
    engine.dispose()


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_alerts_from_before_targets_keep_what_they_are_about(database, home, request):
    if database == "postgresql":
        engine = request.getfixturevalue("on_postgres")
    else:
        home.root.mkdir(parents=True)
        engine = create_engine(f"sqlite:///{home.alerts_db}")
    with engine.begin() as connection:
        config = alembic_config()
        config.attributes["connection"] = connection
        command.upgrade(config, "0003")
        for number, stream in enumerate(("vendor", "data"), start=1):
            connection.execute(
                text(
                    "INSERT INTO alert (id, stream, fingerprint, rule_id, kpi_family, severity, subject_key, state,"
                    " announced, cycle, opened_at, changed_at, facts) VALUES (:id, :stream, :stream, 'r', 'f', 'alert',"
                    " 's', 'open', 'mail', 1, '2026-06-30T18:00:00Z', '2026-06-30T18:00:00Z', '{}')"
                ),
                {"id": number, "stream": stream},
            )
    if database == "sqlite":
        engine.dispose()

    ready = open_ledger(home)

    with ready.connect() as connection:
        found = connection.execute(text("SELECT stream, subject_kind, alarms_told FROM alert ORDER BY id")).all()
    assert [tuple(row) for row in found] == [("vendor", "vendor", None), ("data", "pipeline", None)]
    assert differences(ready) == []
    ready.dispose()


def test_a_ledger_on_postgresql_made_before_alembic_is_taken_over(on_postgres, home):
    with on_postgres.begin() as connection:
        config = alembic_config()
        config.attributes["connection"] = connection
        command.upgrade(config, migrate.FIRST)
        connection.execute(text(f"DROP TABLE {migrate.VERSION_TABLE}"))
        connection.execute(text("INSERT INTO company VALUES ('erp_s4hana', 'build', '2026-06-30T18:00:00Z')"))

    engine = open_ledger(home)

    assert differences(engine) == []
    with engine.connect() as connection:
        assert known_companies(connection) == {"erp_s4hana"}
    engine.dispose()
