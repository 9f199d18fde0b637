from .checks import check
from .edition_folder import write_editions
from .gradebook import ClassTable, class_table
from .hardware import device
from .own_progress import progress_table
from .run import lesson

__all__ = [
    "ClassTable",
    "check",
    "class_table",
    "device",
    "lesson",
    "progress_table",
    "write_editions",
]
