"""RapidOCR (PP-OCR on onnxruntime): print and much handwriting in Latin letters.."""

from __future__ import annotations

import functools
import re
from typing import Any, cast

import numpy as np
from PIL import Image
from rapidocr import RapidOCR

from obeya.integrations.scans import layout

THREADS = 1
_GUESSED = 0.3
_CHINESE = re.compile(r"[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]+")
_SETTINGS = {
    "Global.log_level": "critical",
    "Global.text_score": 0.4,
    "Rec.rec_batch_num": 2,
    "EngineConfig.onnxruntime.enable_cpu_mem_arena": True,
    "EngineConfig.onnxruntime.intra_op_num_threads": THREADS,
    "EngineConfig.onnxruntime.inter_op_num_threads": THREADS,
}


@functools.cache
def _engine() -> Any:
    return RapidOCR(params=_SETTINGS)


def recognise(image: Image.Image) -> list[layout.Piece]:
    """The pieces of text of an upright RGB picture; none where there is no text."""
    found = _engine()(np.asarray(image)[:, :, ::-1])
    if found.boxes is None or found.txts is None or found.scores is None:
        return []
    return [
        layout.Piece(
            str(text), float(score), cast(layout.Corners, tuple((float(x), float(y)) for x, y in box))
        )
        for box, text, score in zip(found.boxes, found.txts, found.scores, strict=True)
    ]
