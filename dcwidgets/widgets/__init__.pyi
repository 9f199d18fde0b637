from .annotator import Annotator
from .augmentation_explorer import AugmentationExplorer
from .split_inspector import SplitInspector

__all__ = ["Annotator", "AugmentationExplorer", "SplitInspector"]
