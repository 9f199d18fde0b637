from .calibrations import Calibration
from .evaluations import Evaluation, evaluate
from .models import Models, train_models
from .reweighing import reweigh

__all__ = ["Calibration", "Evaluation", "Models", "evaluate", "reweigh", "train_models"]
