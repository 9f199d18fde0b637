from .augmentation import policy, policy_code, policy_from_json, policy_to_json
from .course import check, lesson
from .curation import audit, score_findings
from .imageset import ImageSet
from .ledger import Ledger
from .objectives import Objective
from .pipelines import prepare
from .recipe import Recipe
from .sources import answer_key, load
from .training import build_bigger_model, build_model, fit, measure, measure_each
from .widgets import AugmentationExplorer, SplitInspector

__version__: str

__all__ = [
    "AugmentationExplorer",
    "ImageSet",
    "Ledger",
    "Objective",
    "Recipe",
    "SplitInspector",
    "answer_key",
    "audit",
    "build_bigger_model",
    "build_model",
    "check",
    "fit",
    "lesson",
    "load",
    "measure",
    "measure_each",
    "policy",
    "policy_code",
    "policy_from_json",
    "policy_to_json",
    "prepare",
    "score_findings",
]
