from .code import policy_code
from .drawing import Drawer
from .one_warp import OneWarp
from .policies import policy, policy_from_json, policy_to_json

__all__ = ["Drawer", "OneWarp", "policy", "policy_code", "policy_from_json", "policy_to_json"]
