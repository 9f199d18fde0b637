from .calibrations import Calibration
from .evaluations import Evaluation, evaluate
from .reweighing import reweigh

__all__ = ["Calibration", "Evaluation", "evaluate", "reweigh"]
