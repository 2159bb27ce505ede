"""What `import nnlib` loads: NumPy and little else, so that it is quick and runs in a browser."""

import subprocess
import sys

SLOW = ("matplotlib", "PIL", "ipywidgets", "IPython", "tqdm", "concurrent.futures", "json", "gzip")


def test_importing_the_engine_loads_nothing_slow():
    """In a fresh Python, only NumPy's own modules and the engine's are there."""
    ask = "import sys, numpy; old = {*sys.modules}; import nnlib; print(*{*sys.modules} - old)"
    loaded = subprocess.check_output([sys.executable, "-c", ask], text=True).split()
    assert "nnlib.network" in loaded
    assert [name for name in SLOW if name in loaded] == []
