"""What every template and style sheet keeps to: strict CSP, right-to-left, drawn icons."""

import json
import re
from pathlib import Path

import pytest

WEB = Path(__file__).parent.parent
TEMPLATES = sorted((WEB / "templates").rglob("*.html"))
STYLES = sorted((WEB / "assets" / "css").glob("*.css"))
ICONS = {path.stem for path in (WEB / "assets" / "icons").glob("*.svg")}

PHYSICAL = re.compile(
    r"(?<![\w-])(?:(?:margin|padding|border|inset)-(?:left|right|top|bottom)|(?:left|right|top|bottom|width|height"
    r"|min-width|max-width|min-height|max-height)\s*:(?!\s*var)|text-align\s*:\s*(?:left|right)|float\s*:)"
)
SHORTHAND = re.compile(r"(?<![\w-])(?:padding|margin|inset|border-width|border-radius)\s*:([^;{}]*)[;}]")


def _without_comments_and_media(text: str) -> str:
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
    return re.sub(r"@(?:media|container)[^{]*", "", text)


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_a_template_holds_nothing_that_a_strict_csp_forbids(path: Path) -> None:
    text = path.read_text()
    assert not re.search(r"\sstyle=|<style", text)
    assert not re.search(r"\son[a-z]+=|hx-on|javascript:|js:", text)
    assert not re.search(r"<script(?![^>]*\ssrc=)", text)


@pytest.mark.parametrize("path", STYLES, ids=lambda path: path.name)
def test_a_style_sheet_uses_logical_properties_only(path: Path) -> None:
    text = _without_comments_and_media(path.read_text())
    assert PHYSICAL.findall(text) == []
    values = [
        re.sub(r"\([^()]*\)", "", re.sub(r"\([^()]*\)", "", found)).split()
        for found in SHORTHAND.findall(text)
    ]
    assert [value for value in values if len(value) == 4] == []


def test_every_icon_that_a_template_names_is_drawn() -> None:
    named = {name for path in TEMPLATES for name in re.findall(r'{% icon "([\w-]+)"', path.read_text())}
    named |= {
        name
        for path in TEMPLATES
        for name in re.findall(r'empty\.html" with name="([\w-]+)"', path.read_text())
    }
    assert len(named) > 20
    assert named - ICONS == set()


def test_every_kind_of_story_entry_has_an_icon() -> None:
    text = (WEB / "cases" / "page.py").read_text()
    kinds = re.search(r"EntryKind = Literal\[(.*?)\]", text)
    assert kinds is not None
    assert {kind.strip(' "') for kind in kinds.group(1).split(",")} - ICONS - {"escalation"} == set()


def test_what_an_operator_presses_is_never_smaller_than_64_pixels() -> None:
    text = (WEB / "assets" / "css" / "terminal.css").read_text()
    heights = [float(rem) for rem in re.findall(r"min-block-size:\s*([\d.]+)rem", text)]
    assert len(heights) >= 5
    assert min(heights) >= 4
    assert "--touch: 4rem" in text


def test_the_package_lock_names_no_host() -> None:
    lock = WEB.parents[2] / "package-lock.json"
    text = lock.read_text()
    assert "://" not in text
    packages = json.loads(text)["packages"]
    assert all("integrity" in entry for name, entry in packages.items() if name)


def test_every_text_in_a_template_can_be_translated() -> None:
    left: dict[str, list[str]] = {}
    for path in TEMPLATES:
        text = re.sub(r"{%\s*blocktranslate.*?endblocktranslate\s*%}", "", path.read_text(), flags=re.DOTALL)
        text = re.sub(r"{%.*?%}|{{.*?}}|{#.*?#}", "", text, flags=re.DOTALL)
        text = re.sub(r"<dl id=\"words\".*?</dl>|<kbd>.*?</kbd>|<!doctype html>", "", text, flags=re.DOTALL)
        words = re.findall(r">\s*([A-Za-z][A-Za-z ]{2,})\s*<", text)
        if spoken := [word for word in words if word.strip() not in {"Obeya"}]:
            left[path.name] = spoken
    assert left == {}
