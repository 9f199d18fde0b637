"""Augmentation: policies of Keras layers, as code, as JSON, and in one warp."""

import lazy_loader

# Lazy, because `OneWarp` is a Keras layer and Keras takes seconds to import.
__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
