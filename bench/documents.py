"""Purchase orders as PDF: seconds from the file to cells and text, against plain text extraction.

Every document is converted as the order desk does it, in a child process with limits. In the same run
pypdfium2 extracts the plain text of the same documents in this process: `ratio` is how many times longer
ours takes in sum. Target: `p95_s` below 1 s on one core.

    python bench/documents.py [--quick] [--json] [--folder FOLDER]
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from pathlib import Path

import pypdfium2

from obeya.config import converters
from obeya.integrations.documents.tests import drawing
from obeya.orders import converting, ports
from obeya.orders.reading import types


def documents(folder: Path | None) -> list[bytes]:
    """The PDFs of a folder, or the drawn ones."""
    if folder is not None:
        return [path.read_bytes() for path in sorted(folder.rglob("*.pdf"))]
    return [sample.draw() for sample in drawing.SAMPLES.values()]


def plain_text(content: bytes) -> int:
    """Characters of a document, by the plainest way there is."""
    document = pypdfium2.PdfDocument(content)
    try:
        return sum(len(page.get_textpage().get_text_range()) for page in document)
    finally:
        document.close()


def measure(files: list[bytes], rounds: int) -> dict[str, float | int]:
    """Both ways over all files, in turn, so that both see the same machine."""
    converters.register()
    ours: list[float] = []
    plain: list[float] = []
    for content in files * rounds:
        started = time.perf_counter()
        found = converting.convert(ports.File(content, "po.pdf"))
        ours.append(time.perf_counter() - started)
        if not any(isinstance(one, types.TextPage) for one in found):
            raise SystemExit(f"a document was not read: {found}")
        started = time.perf_counter()
        plain_text(content)
        plain.append(time.perf_counter() - started)
    return {
        "documents": len(files),
        "p95_s": round(statistics.quantiles(ours, n=20)[-1], 3),
        "median_s": round(statistics.median(ours), 3),
        "ratio": round(sum(ours) / sum(plain), 1),
    }


def main() -> None:
    """Measure and print one line of JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="one round over eight documents")
    parser.add_argument("--folder", type=Path, help="PDFs of your own instead of the drawn ones")
    parser.add_argument("--json", action="store_true", help="one line of JSON and nothing else")
    asked = parser.parse_args()
    files = documents(asked.folder)
    figures = measure(files[:8] if asked.quick else files, 1 if asked.quick else 5)
    if asked.json:
        print(json.dumps(figures))
        return
    for name, value in figures.items():
        print(f"{name:>10}  {value}")


if __name__ == "__main__":
    main()
