"""The demo's buyer gets a link that lets in, at each start a new one."""

import argparse

import pytest
from django.test import Client
from tests.worlds import small

from obeya.config import answers, home
from obeya.demo import buyer, plant, starting

pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr(home, "folder", lambda: tmp_path)
    monkeypatch.setattr(home, "is_demo", lambda _folder: True)
    small.create_site(plant.load().site.code)
    small.create_catalog(plant.load().site.code)
    return tmp_path


def test_each_start_makes_a_link_that_lets_the_buyer_in(folder):
    links = []
    for _ in range(2):
        buyer.run(argparse.Namespace())
        links.append((folder / starting.PORTAL).read_text())
    assert links[0] != links[1]
    client = Client()
    client.post("/portal/enter", {"key": links[1].partition("key=")[2]})
    assert b"Krushnai" in client.get("/portal/").content


def test_only_the_demo_has_such_a_buyer(folder, monkeypatch):
    monkeypatch.setattr(home, "is_demo", lambda _folder: False)
    with pytest.raises(answers.Mistake):
        buyer.run(argparse.Namespace())
