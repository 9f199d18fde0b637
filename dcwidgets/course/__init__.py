"""The course around the lessons: what each starts with, its checks, and the progress made."""

from dcwidgets.course.device import device

__all__ = ["device"]
