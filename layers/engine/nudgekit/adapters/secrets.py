"""Secrets in Secrets Manager, by reference: the setting names the secret, and no setting holds one."""

from typing import TYPE_CHECKING

from nudgekit.adapters.faults import asking_to_come_back

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient


class Secrets:
    """Reads secrets.

    Args:
        client: a Secrets Manager client.
    """

    def __init__(self, client: "SecretsManagerClient") -> None:
        self.client = client

    def read(self, arn: str) -> bytes:
        """The secret at `arn`, as bytes.

        Raises:
            Throttled: the service asks to come back later.
        """
        with asking_to_come_back("Secrets Manager"):
            return self.client.get_secret_value(SecretId=arn)["SecretString"].encode()
