"""Stand-in for `pulumi-language-python`: runs the program inside this process.

It neither makes virtual environments nor installs what a program requires: the interpreter that runs it must have that.
"""

import functools
import os
import runpy
import sys
from typing import cast

import grpc
from pulumi.automation._server import LanguageServer
from pulumi.runtime.proto import language_pb2, language_pb2_grpc

from pulumi_stand_ins.server import serve


class PythonLanguage(LanguageServer):
    """Pulumi's own inline language server, told where the program is."""

    def __init__(self, engine_address: str) -> None:
        super().__init__(lambda: None)
        self._engine_address = engine_address

    def Run(  # noqa: N802 the protocol's name
        self, request: language_pb2.RunRequest, context: grpc.ServicerContext
    ) -> language_pb2.RunResponse:
        """Run the program's directory as `python DIRECTORY` would."""
        info = request.info
        program = os.path.join(info.program_directory, info.entry_point)  # noqa: PTH118 keeps a plain "."
        os.chdir(info.program_directory)
        request.args[:] = [self._engine_address]
        self.program = functools.partial(_run, program)
        return cast("language_pb2.RunResponse", super().Run(request, context))  # type: ignore[no-untyped-call]


def _run(program: str) -> None:
    runpy.run_path(program, run_name="__main__")


def main() -> None:
    """Serve the engine whose address is the last argument."""
    language = PythonLanguage(sys.argv[-1])
    serve(functools.partial(language_pb2_grpc.add_LanguageRuntimeServicer_to_server, language))
