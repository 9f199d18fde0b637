from .automation import automate
from .contracts import Contract, contract
from .feeding import batches, label_numbers, pixels, prepare, weighted
from .problems import ContractError
from .stage_view import stages

__all__ = [
    "Contract",
    "ContractError",
    "automate",
    "batches",
    "contract",
    "label_numbers",
    "pixels",
    "prepare",
    "stages",
    "weighted",
]
