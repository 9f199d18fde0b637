"""Checks of lesson 03."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import numpy as np

from dcwidgets.course.checks import register

if TYPE_CHECKING:
    import tensorflow as tf

    from dcwidgets.course.run import Run

_PICTURES = 100
_BATCH = 32


@register("03-cache")
def _(answer: Any, run: Run) -> str | None:
    del run
    if not callable(answer):
        return "Hand in the function feed itself: dcw.check(..., feed), without calling it."
    probe = _Probe()
    data = probe.built_by(answer)
    if not hasattr(data, "element_spec"):
        return "feed has to return a tf.data.Dataset, and returned something else."
    first, second = probe.epoch(data), probe.epoch(data)
    return (
        _batches(first)
        or _each_once(first, second)
        or _decoded_once(probe)
        or _drawn_anew(first, second)
        or _ordered_anew(first, second)
    )


class _Probe:
    """A source whose pictures carry their number, a decoder that counts, a policy that draws.

    A picture is filled with its number; augmenting adds less than one.
    """

    def __init__(self) -> None:
        self.decoded: Counter[int] = Counter()

    def built_by(self, answer: Any) -> Any:
        import tensorflow as tf

        def count(number: np.ndarray) -> np.ndarray:
            self.decoded[int(number)] += 1
            return np.full((4, 4, 3), number, np.float32)

        def decode(number: tf.Tensor) -> tf.Tensor:
            picture = tf.numpy_function(count, [number], tf.float32)
            return tf.ensure_shape(picture, (4, 4, 3))

        def augment(picture: tf.Tensor) -> tf.Tensor:
            return picture + tf.random.uniform((), 0.01, 0.9)

        return answer(tf.data.Dataset.range(_PICTURES), decode, augment)

    @staticmethod
    def epoch(data: tf.data.Dataset) -> list[np.ndarray]:
        """Go once through the data; one array of marks per batch, number and draw in one."""
        return [np.asarray(batch)[..., 0, 0, 0] for batch in data]


def _batches(epoch: list[np.ndarray]) -> str | None:
    sizes = [batch.size for batch in epoch]
    full, rest = divmod(_PICTURES, _BATCH)
    if sizes == [_BATCH] * full + [rest]:
        return None
    return (
        f"{_PICTURES} pictures should come in batches of {_BATCH}, the last one smaller; "
        f"yours hold {', '.join(map(str, sizes[:5]))}{', ...' if len(sizes) > 5 else ''}."
    )


def _each_once(*epochs: list[np.ndarray]) -> str | None:
    for epoch in epochs:
        numbers = np.floor(np.concatenate(epoch)).astype(int)
        if sorted(numbers) != list(range(_PICTURES)):
            different = len(set(numbers))
            return (
                f"An epoch should hold each of {_PICTURES} pictures once; yours holds "
                f"{len(numbers)}, {different} of them different."
            )
    return None


def _decoded_once(probe: _Probe) -> str | None:
    most = max(probe.decoded.values())
    if most == 1:
        return None
    return (
        f"In two epochs a picture was decoded {most} times: nothing keeps what decode made. "
        "One step remembers what came before it."
    )


def _drawn_anew(first: list[np.ndarray], second: list[np.ndarray]) -> str | None:
    draws = [np.sort(np.concatenate(epoch)) for epoch in (first, second)]
    drawn = draws[0] % 1
    if not drawn.any():
        return "No picture was augmented: map augment over them, too."
    if not np.array_equal(draws[0], draws[1]):
        return None
    return (
        "Every picture was drawn in the same way in both epochs: the draws are frozen. "
        "What is remembered has to be remembered before anything is drawn."
    )


def _ordered_anew(first: list[np.ndarray], second: list[np.ndarray]) -> str | None:
    orders = [np.floor(np.concatenate(epoch)) for epoch in (first, second)]
    if np.array_equal(orders[0], np.arange(_PICTURES)):
        return "The pictures come in the order of the files: nothing shuffles them."
    if not np.array_equal(orders[0], orders[1]):
        return None
    return (
        "Both epochs come in the same order: the order is remembered with the pictures. "
        "Shuffle what comes out of the memory, not what goes in."
    )
