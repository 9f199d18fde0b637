"""Monitoring: whether the world still looks like the pictures that a model learned from."""

import lazy_loader

# Lazy: scipy and the pictures' decoder are imported by what needs them.
__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
