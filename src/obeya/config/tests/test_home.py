"""The home folder: its settings, its lock, its ports."""

import os
import socket
import stat

import pytest

from obeya.config import answers, home


def test_settings_are_read_with_quotes_comments_and_export(tmp_path):
    file = tmp_path / "obeya.env"
    file.write_text('# ours\n\nOBEYA_A=1\nexport OBEYA_B="two words"\nOBEYA_C=\n')
    assert home.read_settings(file) == {"OBEYA_A": "1", "OBEYA_B": "two words", "OBEYA_C": ""}


def test_a_line_that_is_no_setting_is_refused_with_its_number(tmp_path):
    file = tmp_path / "obeya.env"
    file.write_text("OBEYA_A=1\nwhat is this\n")
    with pytest.raises(answers.Mistake, match="line 2"):
        home.read_settings(file)


def test_a_settings_file_that_is_no_text_is_refused(tmp_path):
    file = tmp_path / "obeya.env"
    file.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(answers.Mistake, match="cannot be read"):
        home.read_settings(file)


def test_no_settings_file_means_no_settings(tmp_path):
    assert home.read_settings(tmp_path / "obeya.env") == {}


def test_what_the_environment_says_wins_over_the_home(tmp_path, monkeypatch):
    (tmp_path / "obeya.env").write_text("OBEYA_SMTP_HOST=from-file\nOBEYA_SMTP_PORT=2525\n")
    monkeypatch.setenv("OBEYA_HOME", str(tmp_path))
    monkeypatch.setenv("OBEYA_SMTP_HOST", "from-environment")
    monkeypatch.setenv("OBEYA_SMTP_PORT", "0")
    monkeypatch.delenv("OBEYA_SMTP_PORT")
    home.enter()
    assert os.environ["OBEYA_SMTP_HOST"] == "from-environment"
    assert os.environ["OBEYA_SMTP_PORT"] == "2525"


def test_written_settings_are_read_back_and_kept_to_their_owner(tmp_path):
    file = tmp_path / "demo.env"
    home.write_settings(file, {"OBEYA_B": "2", "OBEYA_A": "x=y"})
    assert home.read_settings(file) == {"OBEYA_A": "x=y", "OBEYA_B": "2"}
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_second_runner_of_a_home_is_refused(tmp_path):
    with home.sole_runner(tmp_path):
        assert home.is_running(tmp_path)
        with pytest.raises(answers.Mistake, match="already"), home.sole_runner(tmp_path):
            pass
    assert not home.is_running(tmp_path)


def test_a_home_that_does_not_exist_runs_nothing(tmp_path):
    assert not home.is_running(tmp_path / "nowhere")


def test_a_taken_port_is_refused_in_words():
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        port = listening.getsockname()[1]
        with pytest.raises(answers.Mistake, match="--port"):
            home.refuse_taken_port("127.0.0.1", port)


@pytest.mark.parametrize("host", ["256.1.1.1", "no such host", "203.0.113.7"])
def test_an_address_that_is_not_this_machines_is_refused(host):
    with pytest.raises(answers.Mistake):
        home.refuse_taken_port(host, home.free_port())
