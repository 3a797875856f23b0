"""One control plane for all tests that need one; a kubelet is played for each."""

from collections.abc import Iterator

import pytest

from tests.pulumi.control_plane import ControlPlane, PlayedKubelet, running


@pytest.fixture(scope="session")
def plane(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ControlPlane]:
    with running(tmp_path_factory.mktemp("control-plane")) as plane:
        yield plane


@pytest.fixture
def kubelet(plane: ControlPlane) -> Iterator[PlayedKubelet]:
    with PlayedKubelet(plane) as kubelet:
        yield kubelet
