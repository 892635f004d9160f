"""What the figures were measured on."""

import os
import platform
from pathlib import Path


def machine() -> str:
    """Return processor, cores, memory, Python and how busy it is with other work."""
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    names = [line.partition(": ")[2] for line in lines if line.startswith("model name")]
    memory_gb = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    model = names[0] if names else platform.machine()
    python = platform.python_version()
    load = os.getloadavg()[0]
    return (
        f"Machine: {model}, {os.cpu_count()} cores, {memory_gb:.0f} GB; Python {python}; "
        f"load average {load:.1f} at the start."
    )
