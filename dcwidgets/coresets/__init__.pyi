from .geometry import facility_location, herding, k_center, sensitivity

__all__ = ["facility_location", "herding", "k_center", "sensitivity"]
