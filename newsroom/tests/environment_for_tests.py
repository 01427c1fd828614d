"""A pytest plug-in that gives the tests an environment of their own, before the settings are read.

`addopts` in pyproject.toml loads it. Whatever `NEWSROOM_*` variables the developer's shell carries are
dropped, save the address of a PostgreSQL to run on, and nothing is written to the developer's data folder.
"""

import os
import tempfile

import pytest

DATA_DIR = tempfile.TemporaryDirectory(prefix="newsroom-tests-")


def _is_for_tests(name):
    return name == "NEWSROOM_DATABASE_URL" and os.environ[name].startswith("postgres")


for _name in [name for name in os.environ if name.startswith("NEWSROOM_") and not _is_for_tests(name)]:
    del os.environ[_name]

os.environ |= {
    "DJANGO_SETTINGS_MODULE": "newsroom.settings",
    # The browser's driver keeps an event loop running in the test's thread, in which Django would
    # otherwise refuse every query of all later tests. Nothing of ours is asynchronous.
    "DJANGO_ALLOW_ASYNC_UNSAFE": "true",
    "NEWSROOM_DATA_DIR": DATA_DIR.name,
    "NEWSROOM_SECRET_KEY": "a-key-for-tests-only-" * 4,
}


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests():
    """Change the few settings that tests need otherwise: a wrapper runs before Django is set up."""
    from django.conf import settings  # noqa: PLC0415 - reads the environment made above

    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    # Static files straight from their sources: no test needs collectstatic, and WhiteNoise misses no folder.
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }
    settings.WHITENOISE_USE_FINDERS = settings.WHITENOISE_AUTOREFRESH = True
    # A request that asks the same thing of the database once for every row fails its test.
    settings.INSTALLED_APPS = [*settings.INSTALLED_APPS, "zeal"]
    settings.MIDDLEWARE = ["zeal.middleware.zeal_middleware", *settings.MIDDLEWARE]
    settings.ZEAL_RAISE = True
    return (yield)


def pytest_unconfigure():
    DATA_DIR.cleanup()
