"""Obeya answers to its own address, and every setting has its line in the documentation."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from obeya.config import address

ROOT = Path(__file__).parents[4]
PAGE = ROOT / "docs" / "howto" / "settings.md"
INTERNAL = {"OBEYA_LIFELINE", "OBEYA_PROCESS", "OBEYA_TEST_DB"}
"""Set by Obeya for its own processes, or by its tests; the page names them as such."""
_NAME = re.compile(r"OBEYA_[A-Z0-9_]*[A-Z0-9]")


def settings_with(tmp_path, **environment):
    asked = "ALLOWED_HOSTS CSRF_TRUSTED_ORIGINS SECURE_PROXY_SSL_HEADER SESSION_COOKIE_SECURE"
    program = (
        "import json; from django.conf import settings as s; "
        f"print(json.dumps([getattr(s, name) for name in {asked!r}.split()]))"
    )
    env = {name: value for name, value in os.environ.items() if not name.startswith("OBEYA_")}
    env |= {"OBEYA_HOME": str(tmp_path), "DJANGO_SETTINGS_MODULE": "obeya.config.settings", **environment}
    told = subprocess.run(
        [sys.executable, "-c", program], env=env, capture_output=True, text=True, check=True, timeout=60
    )
    return json.loads(told.stdout)


def test_the_base_url_alone_lets_a_webhook_and_a_form_in(tmp_path):
    hosts, origins, proxy, secure = settings_with(tmp_path, OBEYA_BASE_URL="https://obeya.example.com")
    assert hosts == ["127.0.0.1", "localhost", "[::1]", "obeya.example.com"]
    assert origins == ["https://obeya.example.com"]
    assert (proxy, secure) == (None, True)


def test_other_names_are_added_and_a_proxy_is_believed_only_when_named(tmp_path):
    hosts, origins, proxy, _ = settings_with(
        tmp_path,
        OBEYA_BASE_URL="https://obeya.example.com:8443/",
        OBEYA_ALLOWED_HOSTS="obeya.lan",
        OBEYA_TRUSTED_ORIGINS="https://obeya.lan",
        OBEYA_BEHIND_PROXY="1",
    )
    assert hosts == ["obeya.lan", "obeya.example.com"]
    assert origins == ["https://obeya.lan", "https://obeya.example.com:8443"]
    assert proxy == ["HTTP_X_FORWARDED_PROTO", "https"]


@pytest.mark.parametrize(
    ("base_url", "hosts", "origins"),
    [
        ("http://127.0.0.1:8000", ["127.0.0.1"], []),
        ("http://[::1]:8000", ["127.0.0.1", "[::1]"], []),
        ("https://Obeya.Example.com", ["127.0.0.1", "obeya.example.com"], ["https://obeya.example.com"]),
        ("obeya.example.com", ["127.0.0.1"], []),
    ],
)
def test_an_address_gives_its_host_and_only_https_an_origin(base_url, hosts, origins):
    assert address.hosts(base_url, ["127.0.0.1"]) == hosts
    assert address.origins(base_url, []) == origins


def names_in_the_program():
    files = [
        path
        for path in (ROOT / "src").rglob("*")
        if path.suffix in {".py", ".toml", ".html"} and "tests" not in path.parts
    ]
    return {name for path in files for name in _NAME.findall(path.read_text(encoding="utf-8"))}


def test_every_setting_of_the_program_has_a_line_on_the_page():
    told = set(re.findall(r"^\| `(OBEYA_[A-Z0-9_]+)` \|", PAGE.read_text(encoding="utf-8"), re.M))
    used = names_in_the_program() - {"OBEYA_IMAP", "OBEYA_MAIL_OAUTH"}  # stems of longer names
    assert "OBEYA_DATABASE_POOL" in used
    assert used == told


def test_what_is_not_for_people_to_set_is_said_to_be_so():
    text = PAGE.read_text(encoding="utf-8")
    within = text[text.index("## Not for you to set") :]
    assert set(re.findall(r"^\| `(OBEYA_[A-Z0-9_]+)` \|", within, re.M)) == INTERNAL
