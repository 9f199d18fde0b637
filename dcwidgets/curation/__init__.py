"""Curation: audit an image set, judge the findings, describe the data."""

import lazy_loader

# Lazy, because the data card needs a library that takes a second to import.
__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
