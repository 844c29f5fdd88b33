"""Where what is made of the product's own sources is kept from one start to the next."""

from __future__ import annotations

import os
import sys
from importlib.util import cache_from_source
from pathlib import Path


def beside_modules(module: str) -> Path | None:
    """The folder of a module's compiled form; None where this process may keep nothing there.

    Whoever can write there can change the modules themselves, so what is kept there is as trustworthy as they are.
    """
    folder = Path(cache_from_source(module)).parent
    return folder if not sys.dont_write_bytecode and os.access(folder, os.W_OK) else None
