"""One compiled model for many trainings: each new one costs a second and 20 MB."""

from __future__ import annotations

import gc
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import keras


class Workbench:
    """A model that can be started anew.

    Parameters
    ----------
    build : callable
        Builds a compiled model from ``seed``, ``image_size`` and ``classes``, its optimizer
        built too; all that it keeps between two batches are weights and that one's state.
    classes, image_size : int
        As for `dcwidgets.build_model`.
    """

    def __init__(self, build: Callable[..., keras.Model], *, classes: int, image_size: int) -> None:
        self._build = build
        self._shape = {"classes": classes, "image_size": image_size}
        self._model = self.build(0)
        variables = self._model.optimizer.variables
        self._start = [np.copy(each.numpy()) for each in variables]

    def build(self, seed: int) -> keras.Model:
        """Build a model of its own."""
        return self._build(seed=seed, **self._shape)

    def fresh(self, seed: int) -> keras.Model:
        """Return the one model, as if it were just built with a seed."""
        self._model.set_weights(self.build(seed).get_weights())
        for variable, value in zip(self._model.optimizer.variables, self._start, strict=True):
            variable.assign(value)
        return self._model


_last = threading.local()  # two threads must not train one model


def workbench(build: Callable[..., keras.Model], *, classes: int, image_size: int) -> Workbench:
    """Return this thread's workbench: the last one if it fits, else a new one.

    Its model is good until the next training of this thread; whoever hands models out builds
    its own.
    """
    # Models hold themselves in circles, and Python looks for those in old objects seldom.
    gc.collect()
    key = (build, classes, image_size)
    if getattr(_last, "key", None) != key:
        _last.bench = Workbench(build, classes=classes, image_size=image_size)
        _last.key = key
    bench: Workbench = _last.bench
    return bench
