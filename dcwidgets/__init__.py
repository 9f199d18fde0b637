"""Teach the data-centric approach: the model is frozen, only the data may change.

Names are loaded on first use, so ``import dcwidgets`` costs a few milliseconds
and TensorFlow is imported only by what needs it. The list of public names
stands in ``__init__.pyi``.
"""

import lazy_loader

from dcwidgets._version import __version__

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
__all__ += ["__version__"]


def _jupyter_labextension_paths() -> list[dict[str, str]]:
    """Tell JupyterLab where the prebuilt extension lies."""
    return [{"src": "labextension", "dest": "dcwidgets"}]
