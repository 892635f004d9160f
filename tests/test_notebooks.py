"""Notebooks run from top to bottom, and are kept without what they showed."""

from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

ROOT = Path(__file__).resolve().parents[1]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_kept_without_outputs(path):
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    for cell in notebook.cells:
        assert not cell.get("outputs")
        assert cell.get("execution_count") is None


@pytest.mark.slow
@pytest.mark.shared
@pytest.mark.filterwarnings("default")
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs(path, shared, monkeypatch):
    monkeypatch.setenv("PROVIDENCE_BLOCKS", str(shared / "providence" / "blocks.zip"))
    notebook = nbformat.read(path, as_version=4)
    NotebookClient(notebook, timeout=600, resources={"metadata": {"path": str(ROOT)}}).execute()
    shown = [
        output
        for cell in notebook.cells
        if "picture" in cell.metadata
        for output in cell["outputs"]
        if "image/png" in output.get("data", {})
    ]
    assert len(shown) == sum("picture" in cell.metadata for cell in notebook.cells)
