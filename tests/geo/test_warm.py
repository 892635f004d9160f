"""What is compiled when gis-grid is installed is all that ever is: nobody waits later."""

import subprocess
import sys

import pytest

LEFT = """
import importlib, pkgutil
package = importlib.import_module("gis_grid.{0}")
importlib.import_module("gis_grid.{0}.warm").warm()
for found in pkgutil.iter_modules(package.__path__):
    module = importlib.import_module(package.__name__ + "." + found.name)
    for name, one in vars(module).items():
        inner = getattr(one, "py_func", None)
        if inner is not None and inner.__module__ == module.__name__ and not one.signatures:
            print(module.__name__, name)
"""


@pytest.mark.slow
@pytest.mark.parametrize("package", ["router", "plan"])
def test_every_kernel_is_compiled_by_warming(package):
    done = subprocess.run(
        [sys.executable, "-c", LEFT.format(package)], capture_output=True, text=True, check=True
    )
    assert done.stdout == ""
