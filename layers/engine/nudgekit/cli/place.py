"""Where a command works: the local stack or one of an account, by its outputs."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from nudgekit.errors import Problem


class Place(NamedTuple):
    """A deployed stack: how to reach a service of AWS there, and what the template put out, by name."""

    client: Callable[[str], Any]
    outputs: Mapping[str, str]

    @classmethod
    def of_stack(cls, client: Callable[[str], Any], name: str) -> "Place":
        """The stack `name` of an account."""
        (stack,) = client("cloudformation").describe_stacks(StackName=name)["Stacks"]
        return cls(client, {each["OutputKey"]: each["OutputValue"] for each in stack.get("Outputs", ())})

    def output(self, name: str) -> str:
        """What the template put out under `name`.

        Raises:
            Problem: it put out nothing of that name.
        """
        if name not in self.outputs:
            raise Problem(f"The stack has no output {name}; deploy this release of nudgekit first.")
        return self.outputs[name]

    @property
    def queues(self) -> list[str]:
        """The URLs of the queues that the stack's functions work off."""
        return sorted(value for name, value in self.outputs.items() if name.endswith("QueueUrl"))

    @property
    def tables(self) -> list[str]:
        """The names of the stack's tables."""
        return sorted(value for name, value in self.outputs.items() if name.endswith("TableName"))
