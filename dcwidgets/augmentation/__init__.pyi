from .boxes import transform_boxes
from .code import policy_code
from .drawing import Drawer
from .one_warp import OneWarp
from .policies import policy, policy_from_json, policy_to_json
from .safety import label_safety
from .sometimes import Sometimes

__all__ = [
    "Drawer",
    "OneWarp",
    "Sometimes",
    "label_safety",
    "policy",
    "policy_code",
    "policy_from_json",
    "policy_to_json",
    "transform_boxes",
]
