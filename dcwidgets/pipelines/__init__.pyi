from .automation import automate
from .automation_config import write_config
from .contracts import Contract, contract
from .feeding import batches, label_numbers, pixels, prepare, weighted
from .problems import ContractError
from .stage_view import ms_per_batch, stages

__all__ = [
    "Contract",
    "ContractError",
    "automate",
    "batches",
    "contract",
    "label_numbers",
    "ms_per_batch",
    "pixels",
    "prepare",
    "stages",
    "weighted",
    "write_config",
]
