"""Every command answers in words: what people mistype ends with code 2 and no traceback."""

import importlib
import io
import json

import pytest

from obeya.cli import arguments, doctor, findings, main
from obeya.journal import actions as journal
from obeya.journal import events
from obeya.journal import queries as queries_of_the_journal
from obeya.people import actions as people
from obeya.people import queries

SITE = ["sites", "create", "PUNE", "--country", "IN", "--timezone", "Asia/Kolkata", "--currency", "INR"]


def run(*words):
    """The exit code, whether it is returned or raised."""
    try:
        return main.main(words)
    except SystemExit as leaving:
        return leaving.code


@pytest.fixture
def site(db):
    assert run(*SITE) == 0
    return "PUNE"


def test_help_lists_every_command(capsys):
    assert run("--help") == 0
    said = capsys.readouterr().out
    for name in ("run", "demo", "doctor", "migrate", "journal", "users", "tasks", "orders", "reset"):
        assert name in said


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("bogus",),
        ("run", "--port", "0"),
        ("run", "--port", "٣"),
        ("run", "--port", "99999999999999999999"),
        ("run", "--workers", "-1"),
        ("demo", "--pace", "nan"),
        ("demo", "--pace", "-3"),
        ("worker", "--concurrency", "1000"),
        ("users", "create"),
        ("users", "token", "asha", "--name", "x", "--days", "0"),
        ("orders", "read-corpus", "/nowhere"),
        ("journal",),
    ],
)
def test_a_mistyped_command_ends_with_two_and_says_why(words, capsys):
    assert run(*words) == 2
    told = capsys.readouterr().err
    assert told.strip()
    assert "Traceback" not in told


def test_what_is_no_text_is_refused(capsys):
    assert run("users", "list\udcff") == 2
    assert "UTF-8" in capsys.readouterr().err


def test_every_command_names_a_module_and_a_function_that_exist():
    commands = [
        ("run",), ("demo",), ("web",), ("worker",), ("tick",), ("simulate",), ("doctor",), ("migrate",),
        ("load-demo",), ("reset",), ("journal", "verify"), ("journal", "export"), ("users", "list"),
        ("sites", "list"),
    ]  # fmt: skip
    for words in commands:
        args = arguments.parser().parse_args(words)
        module = importlib.import_module(args.module)
        assert callable(vars(module)[args.call]), words


def test_a_person_is_created_with_a_function_and_listed(site, monkeypatch, capsys):
    monkeypatch.setattr("sys.stdin", io.StringIO("correct-horse-42\n"))
    assert run("users", "create", "Asha", "--site", site, "--function", "order_desk") == 0
    assert run("users", "list") == 0
    assert "PUNE:order_desk" in capsys.readouterr().out
    assert queries.find_user("asha") is not None


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("users", "create", "x", "--function", "boss", "--site", "PUNE"), "There is no function"),
        (("users", "create", "x", "--function", "it"), "--site"),
        (("users", "create", "x", "--function", "it", "--site", "MOON"), "There is no site"),
        (("users", "create", "x", "--no-password", "--email", "nonsense"), "mail address"),
        (("users", "create", "", "--no-password"), "user name"),
        (("users", "grant", "nobody", "PUNE", "it"), "Nobody is called"),
        (("users", "token", "nobody", "--name", "x"), "Nobody is called"),
        (("sites", "create", "pune", "--country", "IN", "--timezone", "x", "--currency", "INR"), "capital"),
        (tuple(SITE), "exists already"),
        (("journal", "export", "--out", "/nowhere/at/all"), "Cannot write"),
        (("orders", "read-corpus", "/nowhere", "--out", "x"), "not a folder"),
    ],
)
def test_a_mistake_about_people_and_files_is_told_in_words(site, words, said, capsys):
    assert run(*words) == 2
    told = capsys.readouterr().err
    assert said in told
    assert "Traceback" not in told


def test_a_password_that_is_too_easy_is_refused_and_nobody_is_created(site, monkeypatch, capsys):
    monkeypatch.setattr("sys.stdin", io.StringIO("short\n"))
    assert run("users", "create", "bob", "--site", site, "--function", "it") == 2
    assert "too short" in capsys.readouterr().err
    assert queries.find_user("bob") is None


def test_a_person_is_marked_absent_and_is_back(site, monkeypatch, capsys):
    monkeypatch.setattr("sys.stdin", io.StringIO("correct-horse-battery\n" * 2))
    run("users", "create", "meera", "--site", "PUNE", "--function", "quality", "--no-password")
    run("users", "create", "ravi", "--no-password")
    capsys.readouterr()
    days = ("--from", "2099-02-09", "--to", "2099-02-10")
    assert run("users", "absent", "meera", *days, "--substitute", "ravi") == 0
    assert capsys.readouterr().out == "meera is absent from 2099-02-09 to 2099-02-10; ravi stands in.\n"
    assert run("users", "list") == 0
    assert (
        "meera is absent 2099-02-08 18:30 - 2099-02-10 18:30 UTC; ravi stands in" in capsys.readouterr().out
    )
    assert run("users", "absent", "meera", *days) == 2
    assert "marked absent in this time already" in capsys.readouterr().err
    assert run("users", "back", "meera") == 0
    assert "meera is back." in capsys.readouterr().out


def test_a_token_is_printed_alone_so_that_a_script_can_take_it(site, capsys):
    assert run("users", "create", "bot", "--no-password") == 0
    capsys.readouterr()
    assert run("users", "token", "bot", "--name", "mes", "--days", "30") == 0
    secret = capsys.readouterr().out.strip()
    holder = queries.find_by_token(secret)
    assert holder is not None
    assert holder.person.username == "bot"


def test_the_journal_is_proved_and_exported_as_cloud_events(site, tmp_path, capsys):
    out = tmp_path / "events.jsonl"
    assert run("journal", "export", "--out", str(out)) == 0
    events = [json.loads(line) for line in out.read_text().splitlines()]
    assert {event["specversion"] for event in events} == {"1.0"}
    assert "people.site_created" in {event["type"] for event in events}
    assert run("journal", "verify") == 0
    assert f"{len(events)} events proved" in capsys.readouterr().out


def test_the_doctor_misses_workers_and_tickers_and_says_what_to_do(site):
    journal.seal_all()
    found = doctor.look(doctor.with_the_database())
    missing = {one.what: one.do for one in found if one.state is findings.State.BAD}
    assert {"Worker", "Ticker", "People"} <= missing.keys()
    assert all(missing.values())
    assert findings.exit_code(found) == 1


def test_the_doctor_is_content_with_tables_and_clock(site):
    found = {one.what: one.state for one in doctor.look(doctor.with_the_database())}
    assert found["Tables"] is findings.State.OK
    assert found["Clock"] is findings.State.OK


def test_the_doctor_finds_keys_that_others_can_read(tmp_path, monkeypatch):
    monkeypatch.setenv("OBEYA_HOME", str(tmp_path))
    key = tmp_path / "secret_key"
    key.write_text("x")
    key.chmod(0o644)
    assert "Keys" in {one.what for one in doctor.look((doctor.folder,)) if one.state is findings.State.BAD}
    key.chmod(0o600)
    assert findings.exit_code(doctor.look((doctor.folder,))) == 0


def test_a_reset_never_touches_a_server_of_somebody_elses(monkeypatch, capsys):
    monkeypatch.setenv("OBEYA_DATABASE_URL", "postgresql://somewhere/else")
    assert run("reset", "--yes") == 2
    assert "yourself" in capsys.readouterr().err


def test_a_reset_removes_what_obeya_made_and_nothing_else(tmp_path, monkeypatch):
    monkeypatch.delenv("OBEYA_DATABASE_URL")
    monkeypatch.setenv("OBEYA_HOME", str(tmp_path))
    (tmp_path / "media").mkdir()
    (tmp_path / "media" / "photo").write_text("x")
    (tmp_path / "demo.env").write_text("OBEYA_X=1\n")
    (tmp_path / "taxes.pdf").write_text("not ours")
    (tmp_path / "obeya.env").write_text("OBEYA_SMTP_HOST=mail\n")
    monkeypatch.delenv("OBEYA_SMTP_HOST", raising=False)
    assert run("reset", "--demo") == 0
    assert {path.name for path in tmp_path.iterdir()} - {"run.lock"} == {"taxes.pdf", "obeya.env"}


def test_a_reset_of_a_plants_own_home_is_refused_where_only_the_demo_is_meant(tmp_path, monkeypatch, capsys):
    monkeypatch.delenv("OBEYA_DATABASE_URL")
    monkeypatch.setenv("OBEYA_HOME", str(tmp_path))
    (tmp_path / "postgres").mkdir()
    assert run("reset", "--demo") == 2
    assert (tmp_path / "postgres").exists()
    assert "own data" in capsys.readouterr().err


def test_the_demo_is_refused_beyond_this_machine(capsys):
    assert run("demo", "--host", "0.0.0.0") == 2
    assert "this machine only" in capsys.readouterr().err


def test_people_created_by_a_command_are_in_the_journal(site):
    origin = events.Origin.fresh(source="test", actor="system")
    people.create_user(username="zoe", display_name="Zoe", origin=origin)
    assert run("users", "grant", "zoe", site, "driver") == 0
    told = [event.type for event in queries_of_the_journal.list_about("user:zoe")]
    assert "people.function_granted" in told
