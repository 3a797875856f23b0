"""Pulumi's mocked engine: records what a program declares and answers as a cluster would."""

from collections.abc import Callable, Mapping
from typing import Any

import pulumi.runtime
from pulumi.runtime import mocks


class Recorder(mocks.Mocks):
    """Remembers every resource that is registered, as (type, name) with its inputs."""

    def __init__(self) -> None:
        self.resources: dict[tuple[str, str], Mapping[str, Any]] = {}

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str | None, dict[str, Any]]:
        assert (args.typ, args.name) not in self.resources
        self.resources[args.typ, args.name] = args.inputs
        return args.inputs.get("metadata", {}).get("name"), args.inputs

    def call(self, args: mocks.MockCallArgs) -> tuple[dict[Any, Any], list[tuple[str, str]] | None]:
        raise AssertionError(f"The program must ask the cluster nothing, but called {args.token}.")


def declared(program: Callable[[], None]) -> dict[tuple[str, str], Mapping[str, Any]]:
    """Run `program` and return what it declares."""
    recorder = Recorder()
    mocks.set_mocks(recorder, project="simple-ocr", stack="test")

    pulumi.runtime.test(program)()  # type: ignore[no-untyped-call]
    return recorder.resources
