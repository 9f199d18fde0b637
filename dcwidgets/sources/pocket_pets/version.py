"""Name and version of the set on disk; importing this imports nothing else."""

NAME = "pocket_pets"
VERSION = "1.0.0"


def config_name(seed: int, percent: int) -> str:
    """Return the folder name that holds every parameter."""
    return f"seed_{seed}-percent_{percent}"
