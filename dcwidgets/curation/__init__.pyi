from .associations import find_imbalance, find_spurious, slice_table
from .audits import Audit, audit, score_findings
from .copies import duplicate_groups, find_exact_duplicates, find_leaks, find_near_duplicates
from .datacard import data_card, find_hidden_data, hidden_data, strip_hidden_data
from .outliers import find_outliers
from .profiles import completeness, label_accuracy, label_conflicts, label_reliability, profile
from .quality import (
    find_blurry,
    find_dark,
    find_grayscale,
    find_light,
    find_low_information,
    find_odd_aspect_ratio,
    find_odd_size,
    find_unreadable,
)

__all__ = [
    "Audit",
    "audit",
    "completeness",
    "data_card",
    "duplicate_groups",
    "find_blurry",
    "find_dark",
    "find_exact_duplicates",
    "find_grayscale",
    "find_hidden_data",
    "find_imbalance",
    "find_leaks",
    "find_light",
    "find_low_information",
    "find_near_duplicates",
    "find_odd_aspect_ratio",
    "find_odd_size",
    "find_outliers",
    "find_spurious",
    "find_unreadable",
    "hidden_data",
    "label_accuracy",
    "label_conflicts",
    "label_reliability",
    "profile",
    "score_findings",
    "slice_table",
    "strip_hidden_data",
]
