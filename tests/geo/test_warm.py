"""What is compiled when gis-grid is installed is all that ever is: nobody waits later."""

import subprocess
import sys

import pytest

LEFT = """
import importlib, pkgutil
package = importlib.import_module("gis_grid.{0}")
importlib.import_module("gis_grid.{0}.warm").warm()
kernels = set()
for found in pkgutil.iter_modules(package.__path__):
    module = importlib.import_module(package.__name__ + "." + found.name)
    for one in vars(module).values():
        inner = getattr(one, "py_func", None)
        if inner is not None and inner.__module__ == module.__name__:
            kernels.add(one)
waiting = [one for one in kernels if one.signatures]
reached = set(waiting)
while waiting:  # what a compiled one calls was compiled with it
    code, names = waiting[-1].py_func.__code__, waiting.pop().py_func.__globals__
    called = {{names[name] for name in code.co_names if callable(names.get(name))}}
    more = called & kernels - reached
    reached |= more
    waiting += more
print(len(reached))
print(*sorted(one.py_func.__qualname__ for one in kernels - reached))
"""


@pytest.mark.slow
@pytest.mark.parametrize("package", ["router", "plan"])
def test_every_kernel_is_compiled_by_warming(package):
    done = subprocess.run(
        [sys.executable, "-c", LEFT.format(package)], capture_output=True, text=True, check=True
    )
    reached, left = done.stdout.splitlines()
    assert int(reached) > 5
    assert left == ""
