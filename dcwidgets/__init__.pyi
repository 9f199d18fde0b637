from .acquisition import collect
from .agreement import agreement
from .augmentation import label_safety, policy, policy_code, policy_from_json, policy_to_json
from .automation import automate
from .consensus import consensus
from .contracts import Contract, ContractError, contract
from .course import check, lesson
from .curation import (
    Audit,
    audit,
    completeness,
    data_card,
    duplicate_groups,
    find_blurry,
    find_dark,
    find_exact_duplicates,
    find_grayscale,
    find_hidden_data,
    find_imbalance,
    find_leaks,
    find_light,
    find_low_information,
    find_near_duplicates,
    find_odd_aspect_ratio,
    find_odd_size,
    find_outliers,
    find_spurious,
    find_unreadable,
    hidden_data,
    label_accuracy,
    label_conflicts,
    label_reliability,
    profile,
    score_findings,
    slice_table,
    strip_hidden_data,
)
from .fitting import fit
from .formats import export_annotations, export_losses, import_annotations
from .imageset import ImageSet
from .label_errors import cross_validate, find_label_issues
from .labeling import AnnotationStore
from .learning_curves import LearningCurve, learning_curve
from .ledger import Ledger
from .merging import merge_annotations
from .objectives import Objective
from .pipelines import prepare
from .recipe import Recipe
from .rounds import Rounds
from .sources import answer_key, load
from .stage_view import stages
from .training import build_bigger_model, build_model, measure, measure_each
from .widgets import Annotator, AugmentationExplorer, LedgerStory, SplitInspector

__version__: str

__all__ = [
    "AnnotationStore",
    "Annotator",
    "Audit",
    "AugmentationExplorer",
    "Contract",
    "ContractError",
    "ImageSet",
    "LearningCurve",
    "Ledger",
    "LedgerStory",
    "Objective",
    "Recipe",
    "Rounds",
    "SplitInspector",
    "agreement",
    "answer_key",
    "audit",
    "automate",
    "build_bigger_model",
    "build_model",
    "check",
    "collect",
    "completeness",
    "consensus",
    "contract",
    "cross_validate",
    "data_card",
    "duplicate_groups",
    "export_annotations",
    "export_losses",
    "find_blurry",
    "find_dark",
    "find_exact_duplicates",
    "find_grayscale",
    "find_hidden_data",
    "find_imbalance",
    "find_label_issues",
    "find_leaks",
    "find_light",
    "find_low_information",
    "find_near_duplicates",
    "find_odd_aspect_ratio",
    "find_odd_size",
    "find_outliers",
    "find_spurious",
    "find_unreadable",
    "fit",
    "hidden_data",
    "import_annotations",
    "label_accuracy",
    "label_conflicts",
    "label_reliability",
    "label_safety",
    "learning_curve",
    "lesson",
    "load",
    "measure",
    "measure_each",
    "merge_annotations",
    "policy",
    "policy_code",
    "policy_from_json",
    "policy_to_json",
    "prepare",
    "profile",
    "score_findings",
    "slice_table",
    "stages",
    "strip_hidden_data",
]
