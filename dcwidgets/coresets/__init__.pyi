from .choosing import METHODS, Selection, coreset, select, training_scores
from .embedding import embed
from .geometry import facility_location, herding, k_center, sensitivity
from .trees import CoresetTree

__all__ = [
    "METHODS",
    "CoresetTree",
    "Selection",
    "coreset",
    "embed",
    "facility_location",
    "herding",
    "k_center",
    "select",
    "sensitivity",
    "training_scores",
]
