"""A real server that speaks the S3 protocol, for tests: moto's, on this machine alone."""

import contextlib
import socket
import subprocess
import sys
import uuid

import boto3
from botocore.config import Config

from articles.tests.loopback import Loopback

HOST = "127.0.0.1"
KEYS = {"access_key": "test", "secret_key": "test"}


def free_port():
    with socket.create_server((HOST, 0)) as listener:
        return listener.getsockname()[1]


class BucketServer(Loopback):
    """A server whose buckets are in its memory; `url` is its address, `client` asks it directly."""

    name = "moto's server"
    patience, asked_every, stderr = 60, 0.05, subprocess.DEVNULL

    def __init__(self):
        self.port = free_port()
        self.url = f"http://{HOST}:{self.port}"
        self.command = [sys.executable, "-m", "moto.server", "-H", HOST, "-p", str(self.port)]
        keys = {
            f"aws_{name}": value
            for name, value in {"access_key_id": "test", "secret_access_key": "test"}.items()
        }
        self.client = boto3.client(
            "s3", endpoint_url=self.url, region_name="us-east-1", config=Config(connect_timeout=5), **keys
        )

    def _answers(self):
        with contextlib.suppress(OSError), socket.create_connection((HOST, self.port), timeout=1):
            return True
        return False

    def make_bucket(self):
        """The options of `articles.bucket.Bucket` for a new bucket of this server."""
        name = f"pictures-{uuid.uuid4().hex}"
        self.client.create_bucket(Bucket=name)
        return {
            "bucket_name": name,
            "location": "desk",
            "endpoint_url": self.url,
            "region_name": "us-east-1",
            **KEYS,
        }

    def keys(self, bucket):
        """The names of all that is in the bucket of those options."""
        found = self.client.list_objects_v2(Bucket=bucket["bucket_name"])
        return {each["Key"] for each in found.get("Contents", ())}


@contextlib.contextmanager
def running():
    """Yields a server that runs."""
    server = BucketServer()
    server.start()
    try:
        yield server
    finally:
        server.client.close()
        server.kill()


def keep_pictures_in(options, settings):
    """Has the site keep its pictures in the bucket of those options; `settings` is the fixture."""
    settings.MEDIA_BUCKET = options
    default = {"BACKEND": "articles.bucket.Bucket", "OPTIONS": options}
    settings.STORAGES = settings.STORAGES | {"default": default}
