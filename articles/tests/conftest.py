"""Stories that several tests of readers' pages read."""

import pytest

from articles.models import Coverage
from articles.tests.stories import author, published, source


@pytest.fixture
def bridge(db):
    """A story live at NOON that is filed in every way: section, tag, author, source, coverage."""
    coverage = Coverage.objects.create(name="Bridges", slug="bridges")
    return published(
        "Bridge", tags=["span"], bylines=[author()], sources=[source("Report")], coverage=coverage
    )
