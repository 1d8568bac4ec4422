"""What was given is taken away by a command: functions, log-ins, passwords, tokens."""

import io

import pytest
from django.contrib.auth import authenticate
from tests.worlds import small

from obeya.cli import main
from obeya.journal import queries as journal
from obeya.people import actions, queries
from obeya.people.queries import Function

pytestmark = pytest.mark.django_db

NEW = "another-horse-battery-7"


@pytest.fixture
def meera(db):
    small.create_site()
    made = actions.create_user(
        username="meera", display_name="Meera", password=small.PASSWORD, origin=small.ORIGIN
    )
    actions.grant(user_id=made.id, site=small.SITE, function=Function.QUALITY, origin=small.ORIGIN)
    return made


def run(*words):
    try:
        return main.main(("users", *words))
    except SystemExit as leaving:
        return leaving.code


def types_about(name):
    return [event.type for event in journal.list_about(f"user:{name}")]


def test_a_function_is_taken_and_the_plant_is_told_that_nobody_has_it(meera, capsys):
    assert run("revoke", "meera", "--site", "PUNE", "--function", "quality") == 0
    said = capsys.readouterr()
    assert "no longer" in said.out
    assert "Nobody is" in said.err
    assert queries.functions_of(meera, "PUNE") == frozenset()
    assert "people.function_revoked" in types_about("meera")
    assert run("revoke", "meera", "--site", "PUNE", "--function", "quality") == 2
    assert "is not" in capsys.readouterr().err


def test_a_person_is_deactivated_with_log_in_and_tokens(meera, capsys):
    secret = actions.create_token(user_id=meera.id, name="mes", origin=small.ORIGIN).secret
    assert run("deactivate", "meera") == 0
    assert "have ended" in capsys.readouterr().out
    assert authenticate(None, username="meera", password=small.PASSWORD) is None
    assert queries.find_by_token(secret) is None
    assert run("deactivate", "meera") == 0
    assert "before" in capsys.readouterr().out
    assert types_about("meera").count("people.user_deactivated") == 1
    assert run("password", "meera", "--password-stdin") == 2


def test_a_new_password_comes_from_standard_input(meera, monkeypatch, capsys):
    monkeypatch.setattr("sys.stdin", io.StringIO(NEW + "\n"))
    assert run("password", "meera", "--password-stdin") == 0
    assert NEW not in capsys.readouterr().out
    assert authenticate(None, username="meera", password=small.PASSWORD) is None
    assert authenticate(None, username="meera", password=NEW) is not None


def test_a_new_password_comes_from_a_file_and_never_from_an_argument(meera, tmp_path, capsys):
    file = tmp_path / "password"
    file.write_text(NEW + "\r\n")
    assert run("password", "meera", "--password-file", str(file)) == 0
    assert authenticate(None, username="meera", password=NEW) is not None
    file.write_text("short\n")
    assert run("password", "meera", "--password-file", str(file)) == 2
    assert run("password", "meera", "--password-file", str(tmp_path / "none")) == 2
    assert "Cannot read" in capsys.readouterr().err
    assert run("password", "meera", "secret-word") == 2


def test_tokens_are_listed_without_secrets_and_revoked_by_name(meera, capsys):
    secret = actions.create_token(user_id=meera.id, name="line 1", origin=small.ORIGIN).secret
    other = actions.create_token(user_id=meera.id, name="line 2", origin=small.ORIGIN).secret
    assert run("tokens", "meera") == 0
    listed = capsys.readouterr().out
    assert "line 1" in listed
    assert "good until revoked" in listed
    assert secret not in listed
    assert run("revoke-token", "meera", "line 1") == 0
    assert queries.find_by_token(secret) is None
    assert queries.find_by_token(other) is not None
    run("tokens", "meera")
    assert "revoked 20" in capsys.readouterr().out
    assert run("revoke-token", "meera", "line 1") == 0
    assert "before" in capsys.readouterr().out
    assert run("revoke-token", "meera", "line 9") == 2
    assert "lists them" in capsys.readouterr().err
    assert run("tokens", "nobody") == 2
