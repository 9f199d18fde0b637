"""Evaluation: where a model fails and for whom, how sure that is, and what mends it."""

import lazy_loader

# Lazy: fairlearn and scikit-learn take a while to import.
__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
