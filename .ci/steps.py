"""Steps of the benchmarks in this folder."""

from django.db import transaction


def rolled_back(step):
    """The step as one that leaves nothing behind."""

    def run():
        with transaction.atomic():
            step()
            transaction.set_rollback(True)

    return run
