"""Any service that speaks S3: `MEDIA_STORE_URL=s3://KEY:SECRET@host:9000/bucket?region=eu-central-1`.

`s3+http://` for a service without TLS. Objects lie under `<city>/`, so cities may share a bucket. The bucket needs no
public access and should have none: visitors get files from the platform only, which asks who may see them.
"""

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import boto3
from boto3.exceptions import Boto3Error
from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError

from allmende.engines.media.ports import NotStored, Stored, StoreDown

PROVEN_BY = "engines/media/tests/test_storage.py"
logger = logging.getLogger(__name__)
PARTS = 8 * 1024 * 1024
"""Bytes; larger files go in parts of this size, and an interrupted one leaves no object."""
DOWN = (BotoCoreError, HTTPClientError, Boto3Error, OSError)


class S3:
    """A bucket. One client per process; it may be used from several threads."""

    remote = True

    def __init__(self, url: str, city: str, *, timeout: float = 10.0) -> None:
        parts = urlsplit(url)
        bucket = parts.path.strip("/")
        if parts.scheme not in {"s3", "s3+http"} or not parts.hostname or not bucket or "/" in bucket:
            raise ValueError("MEDIA_STORE_URL must look like s3://KEY:SECRET@host/bucket?region=eu-central-1.")
        host = parts.hostname + (f":{parts.port}" if parts.port else "")
        region = parse_qs(parts.query).get("region", ["us-east-1"])[0]
        self.bucket, self.prefix = bucket, f"{city}/"
        self.client: Any = boto3.client(
            "s3",
            endpoint_url=f"{'http' if parts.scheme == 's3+http' else 'https'}://{host}",
            aws_access_key_id=unquote(parts.username or ""),
            aws_secret_access_key=unquote(parts.password or ""),
            region_name=region,
            config=Config(
                connect_timeout=min(3.0, timeout),
                read_timeout=timeout,
                retries={"total_max_attempts": 2, "mode": "standard"},
                s3={"addressing_style": "path"},
                request_checksum_calculation="when_required",  # services other than Amazon's know no newer ones
                response_checksum_validation="when_required",
            ),
        )
        self.transfer = TransferConfig(multipart_threshold=PARTS, multipart_chunksize=PARTS, max_concurrency=2)

    def put(self, path: str, source: Path) -> None:
        try:
            self.client.upload_file(str(source), self.bucket, self.prefix + path, Config=self.transfer)
            told = self.client.head_object(Bucket=self.bucket, Key=self.prefix + path)["ContentLength"]
        except (*DOWN, ClientError) as error:
            raise StoreDown(_word(error)) from error
        if told != source.stat().st_size:
            raise StoreDown("stored in another size")

    def fetch(self, path: str, target: Path) -> None:
        try:
            self.client.download_file(self.bucket, self.prefix + path, str(target), Config=self.transfer)
        except ClientError as error:
            if _code(error) in {"404", "NoSuchKey"}:
                raise NotStored(path) from error
            raise StoreDown(_word(error)) from error
        except DOWN as error:
            raise StoreDown(_word(error)) from error

    def remove(self, path: str) -> None:
        try:
            self.client.delete_object(Bucket=self.bucket, Key=self.prefix + path)
        except (*DOWN, ClientError) as error:
            raise StoreDown(_word(error)) from error

    def listing(self) -> Iterator[Stored]:
        pages = self.client.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=self.prefix)
        try:
            for page in pages:
                for row in page.get("Contents", ()):
                    path = row["Key"].removeprefix(self.prefix)
                    yield Stored(path, row["Size"], row["LastModified"].timestamp())
        except (*DOWN, ClientError) as error:
            raise StoreDown(_word(error)) from error


def _code(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", ""))


def _word(error: Exception) -> str:
    """For the log: what kind of failure, never an address or a key."""
    return _code(error) if isinstance(error, ClientError) else type(error).__name__
