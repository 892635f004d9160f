"""QR codes of every version that the console draws, read by a decoder that shares no code."""

import json
import subprocess
import sys

import pytest

from tests.console.qr_reader import read_qr
from tests.desk import ROOT

DRAW = """
const { qrOf } = await import("./src/admin/qr.ts");
const texts = JSON.parse(await new Response(process.stdin).text());
console.log(JSON.stringify(texts.map(qrOf)));
"""
LENGTHS = [1, 14, 15, 26, 42, 62, 84, 106, 122, 152, 180, 213, 251, 287, 331, 362, 412, 450]
LENGTHS += [504, 560, 624, 650, 666, 667, 2000]


@pytest.fixture(scope="module")
def drawn():
    """Return the modules of texts of many lengths, as node draws them."""
    long = ["网格"[: length % 3] + "otpauth"[length % 7] * length for length in LENGTHS]
    cut = [text.encode()[:size] for text, size in zip(long, LENGTHS, strict=True)]
    texts = [one.decode(errors="ignore") for one in cut]
    command = [sys.executable, ROOT / "scripts" / "web.py", "node", "--no-warnings"]
    run = subprocess.run(
        [*command, "--input-type=module", "-e", DRAW],
        input=json.dumps(texts),
        capture_output=True,
        text=True,
        check=True,
    )
    return dict(zip(texts, json.loads(run.stdout), strict=True))


def test_every_length_is_read_as_it_was_written(drawn):
    versions = set()
    for text, rows in drawn.items():
        if len(text.encode()) > 666:
            assert rows is None
            continue
        size = len(rows) + 8
        versions.add((len(rows) - 17) // 4)
        path = "".join(
            f"M{x + 4} {y + 4}h1v1h-1z"
            for y, row in enumerate(rows)
            for x, dark in enumerate(row)
            if dark
        )
        assert read_qr(path, f"0 0 {size} {size}") == text
    assert versions == set(range(1, 21))


def test_the_reader_notices_one_wrong_module(drawn):
    rows = next(iter(drawn.values()))
    rows = [list(row) for row in rows]
    rows[20][20] = not rows[20][20]
    size = len(rows) + 8
    path = "".join(
        f"M{x + 4} {y + 4}h1v1h-1z"
        for y, row in enumerate(rows)
        for x, dark in enumerate(row)
        if dark
    )
    with pytest.raises(AssertionError):
        read_qr(path, f"0 0 {size} {size}")
