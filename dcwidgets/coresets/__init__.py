"""Coresets: a few weighted pictures that stand for all, chosen at once or as data arrives."""

import lazy_loader

# Lazy: scikit-learn takes a second to import, Keras more.
__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
