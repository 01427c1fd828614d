"""What makes a function a task for the worker: Django 6 brings it, a package brings it before."""

try:
    from django.tasks import task
except ImportError:
    from django_tasks import task  # type: ignore[no-redef]

__all__ = ["task"]
