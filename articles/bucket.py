"""Pictures in a bucket of S3, or of anything that speaks its protocol, where NEWSROOM_MEDIA_URL names one.

The bucket is private: nobody reads it but the site, which asks for the rights of a picture first. Whatever goes
wrong with it is told as an OSError, as a disk would, so that nobody else has to know of buckets.
"""

import contextlib
import shutil
import tempfile
import threading
import time
from urllib.parse import urlsplit

from boto3.exceptions import Boto3Error, S3UploadFailedError
from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.core.files.base import File
from storages.backends.s3 import S3Storage

REST = 10  # seconds for which a bucket that did not answer is not asked for pictures
SIGNED_FOR = 60  # seconds in which nginx has to begin to fetch
IN_MEMORY = 2 * 1024 * 1024  # bytes of a picture; the rest of a larger one waits in a temporary file
_PLAIN = {"request_checksum_calculation": "when_required", "response_checksum_validation": "when_required"}


class BucketAway(OSError):
    """The bucket does not answer."""


class BucketRefuses(OSError):
    """The bucket answers that it may or can not: its name, the key or what the key may do are not right."""


@contextlib.contextmanager
def _told_as_a_disk_would():
    try:
        yield
    except ClientError as error:
        code, status = error.response["Error"]["Code"], error.response["ResponseMetadata"]["HTTPStatusCode"]
        if code in ("NoSuchKey", "404"):
            raise FileNotFoundError(str(error)) from error
        raise (BucketAway if status >= 500 else BucketRefuses)(str(error)) from error
    except S3UploadFailedError as error:  # in which what was answered stands as text alone
        raise BucketRefuses(str(error)) from error
    except (BotoCoreError, Boto3Error) as error:
        raise BucketAway(str(error)) from error


class Bucket(S3Storage):
    """Django's storage of the files. `options` are those of django-storages, such as `bucket_name`.

    While the bucket is away, one request in ten seconds waits for it and all others are told at once: pages are
    answered by the same few threads.
    """

    def __init__(self, **options):
        # Names of the host's own need not be known where an address is given; other servers know no other way.
        style = "path" if options.get("endpoint_url") else "auto"
        super().__init__(
            client_config=Config(
                signature_version="s3v4",
                s3={"addressing_style": style},
                connect_timeout=2,
                read_timeout=6,
                retries={"mode": "standard", "total_max_attempts": 2},
                **_PLAIN,  # sums that S3 began to ask for in 2025, and other servers do not know
            ),
            # In one piece and by the thread that asks: parts of an upload that broke off would stay, and be paid for.
            transfer_config=TransferConfig(use_threads=False, multipart_threshold=1024**3),
            object_parameters={"CacheControl": "private, no-store"},
            **options,
        )
        self._making = threading.Lock()
        self._is_away, self._asked_again_at = False, 0.0

    @property
    def connection(self):
        """One for all threads, since each takes 13 MB; what is done with it changes nothing in it."""
        with self._making:
            if not hasattr(self, "_connection"):
                self._connection = self._create_session().resource(
                    "s3",
                    region_name=self.region_name,
                    endpoint_url=self.endpoint_url,
                    config=self.client_config,
                )
        return self._connection

    def signed_path(self, name, *, method):
        """Path and query by which the file can be fetched with that method in the next minute, and by nobody after it.

        Made without asking the bucket, so it may lead to a file that is not there.
        """
        with _told_as_a_disk_would():
            parts = urlsplit(self.url(name, expire=SIGNED_FOR, http_method=method))
        return f"{parts.path}?{parts.query}"

    def size(self, name):
        with self._patiently(), _told_as_a_disk_would():
            return super().size(name)

    def exists(self, name):
        with _told_as_a_disk_would():
            return super().exists(name)

    def delete(self, name):
        with _told_as_a_disk_would():
            super().delete(name)

    def _save(self, name, content):
        with _told_as_a_disk_would():
            return super()._save(name, content)

    def _open(self, name, mode="rb"):
        """The whole file, fetched before its first byte is given on: what breaks off is an error, not half of it."""
        key = self._normalize_name(name)
        kept = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - closed by whoever asked
        try:
            with self._patiently(), _told_as_a_disk_would():
                answer = self.connection.meta.client.get_object(Bucket=self.bucket_name, Key=key)
                shutil.copyfileobj(answer["Body"], kept)
        except OSError:
            kept.close()
            raise
        kept.seek(0)
        return File(kept, name)

    @contextlib.contextmanager
    def _patiently(self):
        """Asks the bucket for something, unless it was silent just now. Raises BucketAway."""
        if self._is_away:
            if time.monotonic() < self._asked_again_at:
                raise BucketAway("The bucket did not answer just now and is left alone for a while.")
            self._asked_again_at = time.monotonic() + REST  # all others go on being told at once
        is_away = False
        try:
            yield
        except BucketAway:
            is_away = True
            raise
        finally:
            self._is_away, self._asked_again_at = is_away, time.monotonic() + REST
