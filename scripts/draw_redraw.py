"""Draw the pictures of docs/howto/redraw.md: run the notebook, keep what its cells show.

``python scripts/draw_redraw.py BLOCKS`` with the file of Providence's blocks.
"""

import base64
import os
import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient

ROOT = Path(__file__).parents[1]
NOTEBOOK = ROOT / "notebooks" / "redrawing_a_district.ipynb"
MOST_BYTES = 500_000


def executed(blocks: Path) -> nbformat.NotebookNode:
    """Return the notebook with what its cells show."""
    os.environ["PROVIDENCE_BLOCKS"] = str(blocks.resolve())
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    NotebookClient(notebook, timeout=600, resources={"metadata": {"path": str(ROOT)}}).execute()
    return notebook


def pictures(notebook: nbformat.NotebookNode) -> dict[str, bytes]:
    """Return what the cells show that have a name for their picture."""
    found = {}
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            if "picture" in cell.metadata and "image/png" in output.get("data", {}):
                found[cell.metadata["picture"]] = base64.b64decode(output.data["image/png"])
    return found


def main() -> None:
    """Write the pictures into docs/img."""
    for name, content in pictures(executed(Path(sys.argv[1]))).items():
        if len(content) > MOST_BYTES:
            message = f"{name}.png has {len(content):,} bytes; draw it smaller"
            raise SystemExit(message)
        (ROOT / "docs" / "img" / f"{name}.png").write_bytes(content)
        print(f"{name}.png {len(content):,} bytes")  # noqa: T201 - a script


if __name__ == "__main__":
    main()
