"""The shape of the code: small, sayable, with nothing hidden and nothing half done."""

from __future__ import annotations

import ast
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FOLDERS = ("src", "tests", "bench", "scripts")
LONGEST_FILE = 500
LONGEST_FUNCTION = 60
FORBIDDEN_NAMES = {"core", "common", "utils", "util", "helpers", "helper", "services", "service", "manager"}
UNDONE = re.compile(r"(?<![.\w])(TODO|FIXME|XXX|HACK)\b")
GENERATED = re.compile(r"/migrations/\d{4}_")


def sources():
    return sorted(
        path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py")
        if not GENERATED.search(path.as_posix()) and "/." not in path.as_posix().removeprefix(str(ROOT))
    )  # fmt: skip


def trees():
    return [(path, ast.parse(path.read_text(encoding="utf-8"))) for path in sources()]


@pytest.fixture(scope="module")
def parsed():
    return trees()


def name(path):
    return path.relative_to(ROOT).as_posix()


def test_no_file_is_longer_than_a_sitting():
    lengths = {name(path): len(path.read_text(encoding="utf-8").splitlines()) for path in sources()}
    assert {path: lines for path, lines in lengths.items() if lines >= LONGEST_FILE} == {}


def test_no_function_is_longer_than_a_screen(parsed):
    too_long = [
        f"{name(path)}:{node.lineno} {node.name}"
        for path, tree in parsed
        for node in ast.walk(tree)
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
        and (node.end_lineno or node.lineno) - node.lineno >= LONGEST_FUNCTION
    ]
    assert too_long == []


def test_no_module_is_named_after_nothing():
    named = {name(path) for path in sources() if {path.stem, path.parent.name} & FORBIDDEN_NAMES}
    assert named == set()


def test_nothing_catches_everything(parsed):
    broad = [
        f"{name(path)}:{node.lineno}"
        for path, tree in parsed
        for node in ast.walk(tree)
        if isinstance(node, ast.ExceptHandler) and _catches_everything(node)
        if not _raises_it_again(node)
    ]
    assert broad == []


def _catches_everything(handler):
    caught = [handler.type] if not isinstance(handler.type, ast.Tuple) else handler.type.elts
    return any(one is None or ast.unparse(one) in ("Exception", "BaseException") for one in caught)


def _raises_it_again(handler):
    last = handler.body[-1]
    return isinstance(last, ast.Raise) and last.exc is None


def test_nothing_is_imported_inside_a_function(parsed):
    hidden = [
        f"{name(path)}:{inner.lineno}"
        for path, tree in parsed
        if "bench/" not in name(path)  # a bench sets Django up first
        for node in ast.walk(tree)
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
        for inner in ast.walk(node)
        if isinstance(inner, (ast.Import, ast.ImportFrom))
    ]
    assert hidden == []


def test_nothing_is_left_to_do():
    undone = [
        f"{name(path)}:{number}"
        for path in sources()
        if path != Path(__file__)
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if UNDONE.search(line)
    ]
    assert undone == []


def test_a_gate_is_passed_or_its_exception_explained():
    """`noqa` and `type: ignore` name one code each, and the line says why."""
    bare = re.compile(r"#\s*(noqa(?!:\s*[A-Z]+\d+)|type:\s*ignore(?!\[[a-z0-9-, ]+\]))")
    silent = re.compile(r"#\s*(noqa:\s*[A-Z0-9, ]+|type:\s*ignore\[[a-z0-9-, ]+\])\s*$")
    found = [
        f"{name(path)}:{number}"
        for path in sources()
        if path != Path(__file__)
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if bare.search(line) or silent.search(line)
    ]
    assert found == []


def test_every_module_and_public_function_of_the_product_says_what_it_is(parsed):
    silent = []
    for path, tree in parsed:
        if (
            "/tests/" in path.as_posix()
            or not path.is_relative_to(ROOT / "src")
            or path.name == "__init__.py"
        ):
            continue
        if ast.get_docstring(tree) is None:
            silent.append(name(path))
        silent += [
            f"{name(path)}:{node.lineno} {node.name}"
            for node in tree.body
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef))
            and not node.name.startswith("_")
            and ast.get_docstring(node) is None
        ]
    assert silent == []


def test_tests_do_not_sleep(parsed):
    """Time is advanced. Only waiting for another process may pause: in functions named after that."""
    allowed = {"eventually", "until", "wait_for", "wait_until"}
    asleep = []
    for path, tree in parsed:
        if not path.name.startswith("test_"):
            continue
        for function in ast.walk(tree):
            if isinstance(function, ast.FunctionDef) and function.name.strip("_") not in allowed:
                asleep += [
                    f"{name(path)}:{node.lineno}"
                    for node in ast.walk(function)
                    if isinstance(node, ast.Call) and ast.unparse(node.func) in ("time.sleep", "sleep")
                ]
    assert asleep == []


def test_no_file_names_a_machine_or_a_registry():
    """What is committed works elsewhere: no package registry, no home folder, no key."""
    kept = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    telling = re.compile(
        r"pypi\.org|files\.pythonhosted\.org|registry\.npmjs\.org|--(extra-)?index-url"
        r"|/(?:root|home/[a-z]+)/|-----BEGIN [A-Z ]*PRIVATE KEY|AKIA[0-9A-Z]{16}"
    )
    found = []
    for line in kept.splitlines():
        path = ROOT / line
        if path == Path(__file__) or not path.is_file():
            continue
        text = path.read_bytes().decode(errors="ignore")
        found += [f"{line}: {match[0]}" for match in telling.finditer(text)]
    assert found == []
