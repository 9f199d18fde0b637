from .distances import Distance, mmd
from .reports import Drift, drift
from .streams import Watch

__all__ = ["Distance", "Drift", "Watch", "drift", "mmd"]
