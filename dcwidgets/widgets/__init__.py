"""The Python half of each widget: state in, events out, no algorithms."""

import lazy_loader

# Lazy, so that the inspector does not import what only the explorer needs (Keras).
__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
