"""Bulk work makes millions of objects that all live on; looking for garbage among them is waste."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def pause_gc() -> Iterator[None]:
    """Switch the cyclic garbage collector off, and on again if it was on."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            if gc.get_count()[0] > gc.get_threshold()[0]:
                _age()
            gc.enable()


def _age() -> None:
    """Call all objects old, or the collector would look at every new one as soon as it may.

    Freezing does that without a look at them, unless the program has objects frozen for good.
    """
    if not gc.get_freeze_count():
        gc.freeze()
        gc.unfreeze()
