"""What of the machinery for pictures is installed, without loading it."""

from __future__ import annotations

import importlib.util

from obeya.integrations.scans import tesseract

ENGINE = "obeya.integrations.scans.engine"


def has_engine() -> bool:
    """Whether RapidOCR and onnxruntime are installed: not every Python has wheels of them."""
    return all(importlib.util.find_spec(name) is not None for name in ("rapidocr", "onnxruntime"))


def missing_scripts() -> tuple[str, ...]:
    """The scripts that cannot be read in pictures here; all of them without tesseract."""
    program = tesseract.find()
    known = tesseract.languages(program) if program else frozenset()
    return tuple(script for script, language in tesseract.SCRIPTS.items() if language not in known)


def pack_of(script: str) -> str:
    """The language pack that reads a script."""
    return tesseract.SCRIPTS[script]
