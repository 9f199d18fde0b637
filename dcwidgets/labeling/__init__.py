"""Labeling: annotations that are never lost, agreement, and labels that are wrong."""

import lazy_loader

# Lazy: models and cleanlab take seconds to import.
__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
