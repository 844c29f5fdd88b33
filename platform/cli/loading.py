"""How a command spares the collector while it loads: modules and models are hundreds of thousands of objects that all stay."""

from __future__ import annotations

import gc

_USUAL, _RARELY = gc.get_threshold(), (50_000, 10, 10)
"""Objects that are made before it looks for those that nobody needs any more, as Python has it and while a command loads."""


def load_quickly() -> None:
    """Look rarely, until `loaded`: a tenth of the time of a short command."""
    gc.set_threshold(*_RARELY)


def loaded() -> None:
    """What is there stays, where it was loaded so; what comes now, such as the records of a batch, does not."""
    if gc.get_threshold() == _RARELY:
        gc.freeze()
        gc.set_threshold(*_USUAL)


def ending() -> None:
    """Everything stays until the process is gone, so that Python does not search it once more before it leaves."""
    gc.freeze()
