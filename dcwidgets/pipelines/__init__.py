"""Pipelines: from an image set to the batches a model is fed, timed and guarded."""

import lazy_loader

# Lazy: TensorFlow takes seconds to import.
__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
