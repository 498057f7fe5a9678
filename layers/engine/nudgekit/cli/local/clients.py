"""boto3 clients for the local AWS, or for an account by profile."""

from functools import cache
from typing import Any

import boto3
from botocore.config import Config

from nudgekit.cli.local.credentials import ACCESS_KEY, REGION, SECRET_KEY

_PATIENT = Config(retries={"max_attempts": 3, "mode": "standard"}, read_timeout=120, max_pool_connections=20)


@cache
def client(service: str, address: str) -> Any:
    """Return a client of the local AWS at an address."""
    return boto3.client(
        service,  # type: ignore[call-overload]
        endpoint_url=address,
        region_name=REGION,
        aws_access_key_id=ACCESS_KEY,
        aws_secret_access_key=SECRET_KEY,
        config=_PATIENT,
    )


def account_client(service: str, profile: str | None) -> Any:
    """Return a client of the AWS account that a profile names."""
    return boto3.Session(profile_name=profile).client(service, config=_PATIENT)  # type: ignore[call-overload]
