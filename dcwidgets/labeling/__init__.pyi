from .agreements import agreement
from .consensuses import consensus
from .label_errors import cross_validate, find_label_issues
from .merging import merge_annotations
from .records import Annotations
from .store import AnnotationStore

__all__ = [
    "AnnotationStore",
    "Annotations",
    "agreement",
    "consensus",
    "cross_validate",
    "find_label_issues",
    "merge_annotations",
]
