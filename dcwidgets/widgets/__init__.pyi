from .annotator import Annotator
from .augmentation_explorer import AugmentationExplorer
from .coreset_explorer import CoresetExplorer
from .evaluation_explorer import EvaluationExplorer
from .ledger_story import LedgerStory
from .split_inspector import SplitInspector

__all__ = [
    "Annotator",
    "AugmentationExplorer",
    "CoresetExplorer",
    "EvaluationExplorer",
    "LedgerStory",
    "SplitInspector",
]
