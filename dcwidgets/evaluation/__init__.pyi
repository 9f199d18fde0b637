from .calibrations import Calibration
from .evaluations import Evaluation
from .judged import evaluate
from .models import Models, train_models
from .reweighing import reweigh

__all__ = ["Calibration", "Evaluation", "Models", "evaluate", "reweigh", "train_models"]
