"""What all tests share: hypothesis' profiles and the browser. People and stories are fixtures of their apps."""

import os
import shutil

import hypothesis
import pytest

from articles.tests import desk, stories

CHROMIUM = os.environ.get("CHROMIUM") or next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
NO_BROWSER = "no chromium found: install it, or set CHROMIUM to its path, to run the browser tests"

# The pages behind the address bar, which every new browser would load; then what Playwright turns off by this flag,
# whose last mention alone counts.
NOT_NEEDED = [
    "WebUIOmniboxPopup", "WebUIOmniboxAimPopup", "AimEnabled", "AvoidUnnecessaryBeforeUnloadCheckSync",
    "DestroyProfileOnBrowserClose", "HttpsUpgrades", "HttpsFirstBalancedModeAutoEnable", "LensOverlay",
    "MediaRouter", "NetworkTimeServiceQuerying", "OptimizationHints", "PaintHolding", "PreconnectToSearch",
    "ThirdPartyStoragePartitioning",
]  # fmt: skip

hypothesis.settings.register_profile("ordinary", derandomize=True, deadline=None, max_examples=100)
hypothesis.settings.register_profile("soak", derandomize=True, deadline=None, max_examples=1000)
hypothesis.settings.load_profile("ordinary")


def pytest_collection_modifyitems(items):
    for item in items:
        if item.get_closest_marker("browser") and not CHROMIUM:
            item.add_marker(pytest.mark.skip(reason=NO_BROWSER))


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    """Playwright starts the machine's own chromium, which asks nothing of foreign hosts."""
    flags = [
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--no-first-run",
        f"--disable-features={','.join(NOT_NEEDED)}",
    ]
    if os.geteuid() == 0:
        flags.append("--no-sandbox")  # chromium's sandbox refuses to run as root
    return browser_type_launch_args | {"executable_path": CHROMIUM, "args": flags}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args, live_server):
    """Every browser is on the site: pages are opened by their paths."""
    return browser_context_args | {"base_url": live_server.url}


@pytest.fixture
def reporter(db):
    return stories.person("reporter", "Reporters")


@pytest.fixture
def editor(db):
    return stories.person("editor", "Editors")


@pytest.fixture
def moderator(db):
    return stories.person("moderator", "Moderators")


@pytest.fixture
def administrator(db):
    return stories.person("administrator", "Administrators")


@pytest.fixture
def outsider(db):
    """Somebody who may sign in to the admin and has no rights there."""
    return stories.person("outsider")


@pytest.fixture
def superuser(db):
    user = stories.person("root")
    user.is_superuser = True
    user.save()
    return user


@pytest.fixture(params=desk.PEOPLE)
def who(request, client):
    """The name of each person in turn, with whom `client` is signed in."""
    if request.param != "nobody":
        client.force_login(request.getfixturevalue(request.param))
    return request.param
