"""The walls of the house: who imports whom, whose tables point where, what a room is furnished with."""

from __future__ import annotations

import re
from pathlib import Path

import grimp
import pytest
from django.apps import apps
from importlinter import cli as import_linter

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src" / "obeya"
LAYERS = (
    "lib", "journal", "people", "catalog", "inbox", "outbox", "decisions", "memory", "workflows", "cases",
    "orders", "floor", "planning", "delivery", "insight", "boards", "reports",
)  # fmt: skip
"""Business rooms and lib, lowest first."""
PRIVATE = ("models", "rules", "tasks", "reactions")
FURNITURE = {
    "README.md", "__init__.py", "apps.py", "events.py", "rules.py", "models.py", "actions.py", "queries.py",
    "reactions.py", "tasks.py", "ports.py", "migrations", "tests", "engine", "reading",
}  # fmt: skip
MOST_LINES = 14
"""A room's README is read before its code: it fits a glance."""


def rooms():
    return [name for name in LAYERS if name != "lib" and (SOURCE / name).is_dir()]


@pytest.fixture(scope="module")
def graph():
    return grimp.build_graph("obeya", include_external_packages=True, cache_dir=None)


def test_the_contracts_of_the_project_file_are_kept():
    assert import_linter.lint_imports(config_filename=str(ROOT / "pyproject.toml"), cache_dir=None) == 0


def test_private_modules_are_imported_by_their_own_room_only(graph):
    """Models may be named by other rooms' models for a foreign key, rules by a neighbour's types; no more."""
    broken = []
    for room in rooms():
        for private in PRIVATE:
            target = f"obeya.{room}.{private}"
            if target in graph.modules:
                broken += [
                    f"{importer} imports {target}"
                    for importer in graph.find_modules_that_directly_import(target)
                    if not _may(importer, room, private)
                ]
    assert broken == []


def _may(importer, room, private):
    _, owner, *rest = importer.split(".")
    if owner == room or (owner == "config" and private == "reactions"):
        return True
    if room == "journal" and private == "reactions":  # the table in which rooms declare what they hear
        return rest == ["reactions"]
    if "tests" in rest:
        return private in ("rules", "models")
    return private == "rules" or (private == "models" and rest == ["models"])


def test_rules_hold_no_secrets_of_the_outside_world(graph):
    """Rules are shared as vocabulary (functions, options, states): so they must be pure, all the way down."""
    outside = {"django", "psycopg", "procrastinate", "httpx", "os", "socket", "subprocess"}
    for room in rooms():
        for pure in ("rules", "engine", "reading"):
            module = f"obeya.{room}.{pure}"
            if module in graph.modules:
                found = {module, *graph.find_descendants(module)}
                imported = {
                    one.split(".")[0] for part in found if ".tests" not in part
                    for one in graph.find_modules_directly_imported_by(part)
                }  # fmt: skip
                assert not imported & outside, module


def test_foreign_keys_point_downwards():
    broken = [
        f"{model.__name__}.{field.name} points up to {field.related_model.__name__}"
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if field.related_model and not field.auto_created
        if _height(model) is not None and _height(field.related_model) is not None
        if _height(field.related_model) > _height(model)
    ]
    assert broken == []


def _height(model):
    parts = model.__module__.split(".")
    return LAYERS.index(parts[1]) if parts[0] == "obeya" and parts[1] in LAYERS else None


@pytest.mark.parametrize("room", rooms())
def test_a_room_has_its_furniture(room):
    folder = SOURCE / room
    here = {path.name for path in folder.iterdir() if path.name != "__pycache__"}
    assert {"README.md", "__init__.py", "apps.py", "tests"} <= here
    assert "models.py" not in here or {"migrations", "actions.py", "queries.py"} <= here
    assert "reactions.py" not in here or "tasks.py" in here or room == "journal"
    assert any((folder / "tests").glob("test_*.py")), f"{room} has no test of its own"


@pytest.mark.parametrize(
    "room", [*rooms(), "cli", "config", "demo", "lib", "web", "integrations/tryton", "integrations/whatsapp"]
)
def test_a_rooms_readme_fits_a_glance(room):
    text = (SOURCE / room / "README.md").read_text(encoding="utf-8")
    body = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    assert 2 <= len(body) <= MOST_LINES


@pytest.mark.parametrize("room", rooms())
def test_a_rooms_readme_says_what_it_owns_and_offers(room):
    text = (SOURCE / room / "README.md").read_text(encoding="utf-8").lower()
    assert re.search(r"\bowns?\b", text)
    assert re.search(r"\boffers?\b", text)


def test_every_integration_says_what_it_is():
    for folder in sorted((SOURCE / "integrations").iterdir()):
        if folder.is_dir() and folder.name != "__pycache__":
            here = {path.name for path in folder.iterdir()}
            assert {"README.md", "manifest.toml", "tests"} <= here, folder.name


def test_the_demo_erp_is_reached_over_http_only(graph):
    """Tryton is GPL: it is run, never imported."""
    foreign = {module for module in graph.modules if module.split(".")[0] in ("trytond", "proteus")}
    assert foreign == set()
