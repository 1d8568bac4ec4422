"""Every ink can be read on every ground it stands on, in light and in dark (WCAG 2.2, 1.4.3: 4.5 to 1)."""

import re
from pathlib import Path

import pytest

TOKENS = (Path(__file__).parent.parent / "assets" / "css" / "tokens.css").read_text()
PAIRS = re.compile(r"--([\w-]+): var\(--light, (#[0-9a-f]{6})\) var\(--dark, (#[0-9a-f]{6})\);")
COLOURS = {name: {"light": light, "dark": dark} for name, light, dark in PAIRS.findall(TOKENS)}
COLOURS["on-fill"] = {"light": "#ffffff", "dark": "#ffffff"}

GROUNDS = ("canvas", "surface", "raised", "hover", "sunken")
WRITTEN = [(ink, ground) for ink in ("ink", "ink-2", "ink-3", "accent") for ground in GROUNDS]
WRITTEN += [(tone, f"{tone}-soft") for tone in ("good", "warn", "bad", "hold", "accent")]
WRITTEN += [("ink", f"{tone}-soft") for tone in ("good", "warn", "bad", "hold", "accent")]
WRITTEN += [("ink-2", f"{tone}-soft") for tone in ("warn", "bad", "accent")]
WRITTEN += [(tone, "surface") for tone in ("good", "warn", "bad", "hold")]
WRITTEN += [("ink", f"read-{role}") for role in ("item", "qty", "unit", "date", "price")]
WRITTEN += [("on-fill", fill) for fill in ("accent-fill", "accent-fill-hover", "bad-fill", "bad-fill-hover")]


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _contrast(one: str, other: str) -> float:
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_black_on_white_is_21_to_1() -> None:
    assert _contrast("#000000", "#ffffff") == pytest.approx(21)


@pytest.mark.parametrize("face", ["light", "dark"])
@pytest.mark.parametrize(("ink", "ground"), WRITTEN)
def test_text_can_be_read(ink: str, ground: str, face: str) -> None:
    assert _contrast(COLOURS[ink][face], COLOURS[ground][face]) >= 4.5


@pytest.mark.parametrize("face", ["light", "dark"])
def test_the_edge_of_a_field_can_be_seen(face: str) -> None:
    assert _contrast(COLOURS["edge"][face], COLOURS["surface"][face]) >= 3
