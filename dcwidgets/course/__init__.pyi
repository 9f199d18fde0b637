from .checks import check
from .hardware import device
from .run import lesson

__all__ = ["check", "device", "lesson"]
