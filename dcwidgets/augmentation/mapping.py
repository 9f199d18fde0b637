"""A policy in an input pipeline: the same code, mapped over batches by tf.data."""

from __future__ import annotations

_MAP = """
def augment(pictures, labels):
    return policy(pictures, training=True), labels

# data holds batches of (pictures, labels). Cache before this line: what is
# cached after it is drawn once and for all.
data = data.map(augment).prefetch(tf.data.AUTOTUNE)
"""


def map_code(code: str) -> str:
    """Write code that maps a policy over a ``tf.data.Dataset``.

    Parameters
    ----------
    code : str
        As `policy_code` writes it.

    Returns
    -------
    str
        The same, with ``data.map`` behind it; needs a dataset called ``data``.
    """
    return code.replace("import keras\n", "import keras\nimport tensorflow as tf\n", 1) + _MAP
