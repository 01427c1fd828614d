"""docs/scaling.md and deploy/ name only what there is."""

import re
import subprocess

import pytest
import yaml
from django.conf import settings
from django.core.management import get_commands

from newsroom import environment

PAPER = (settings.BASE_DIR / "docs" / "scaling.md").read_text()
DEPLOY = settings.BASE_DIR / "deploy"


@pytest.fixture
def services():
    return yaml.safe_load((DEPLOY / "compose.yaml").read_text())["services"]


@pytest.mark.parametrize("text", [PAPER, (DEPLOY / "compose.yaml").read_text()])
def test_every_variable_is_one_that_the_settings_read(text):
    named = set(re.findall(r"\bNEWSROOM_[A-Z_]+", text))
    assert named <= environment.names_read | {"NEWSROOM_"}
    assert len(named) > 5


def test_every_command_is_one(services):
    of_services = [" ".join(each.get("command", [])) for each in services.values()]
    named = re.findall(r"manage\.py (\w+)", " ".join([PAPER, *of_services]))
    assert set(named) <= set(get_commands())
    assert {"copy_database", "copy_pictures", "db_worker", "send_letters"} <= set(named)


def test_every_file_of_deploy_that_is_named_is_there(services):
    named = set(re.findall(r"deploy/([\w.-]+\w)", PAPER))
    assert named == {"compose.yaml", "pictures-in-a-bucket.conf"}
    assert all((DEPLOY / name).is_file() for name in named)
    assert (
        services["nginx"]["build"]["dockerfile"]
        == services["app1"]["build"]["dockerfile"]
        == "deploy/Dockerfile"
    )


def test_the_app_servers_are_the_same_and_those_that_nginx_asks(services):
    assert services["app1"] == services["app2"]
    asked = re.findall(r"server (\w+):8000", (DEPLOY / "nginx-of-compose.sed").read_text())
    assert asked == ["app1", "app2"]
    assert set(services["nginx"]["depends_on"]) == set(asked)


def test_nginx_asks_both_servers_and_fetches_from_the_bucket():
    shipped = (DEPLOY / "nginx.conf").read_text()
    command = ["sed", "-f", DEPLOY / "nginx-of-compose.sed", DEPLOY / "nginx.conf"]
    changed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    gone = [line.strip() for line in shipped.splitlines() if line not in changed.splitlines()]
    come = [line.strip() for line in changed.splitlines() if line not in shipped.splitlines()]
    assert gone == ["server 127.0.0.1:8000 max_fails=0;"]
    assert come == [
        "server app1:8000 max_fails=1 fail_timeout=2s;",
        "server app2:8000 max_fails=1 fail_timeout=2s;",
        "include /etc/nginx/pictures-in-a-bucket.conf;",
    ]


def test_nothing_is_kept_in_the_container_of_a_server(services):
    keeps = {name: each["volumes"] for name, each in services.items() if "volumes" in each}
    assert keeps["app1"] == keeps["worker"] == ["media:/srv/newsroom/data/media"]
    assert keeps["postgres"] == ["postgres:/var/lib/postgresql/data"]


def test_servers_wait_for_the_migrations_and_these_for_the_database(services):
    assert services["app1"]["depends_on"]["migrate"] == {"condition": "service_completed_successfully"}
    assert services["migrate"]["depends_on"]["postgres"] == {"condition": "service_healthy"}
    assert services["migrate"]["command"] == ["python", "manage.py", "migrate"]
