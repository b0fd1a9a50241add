"""Keys for tests that sign."""

import pytest

from inzwa.models.signing.keys import PrivateKey
from tests.models.signing.signing import Signer


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> PrivateKey:
    return Signer.called("key", tmp_path_factory.mktemp("keys")).key


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> PrivateKey:
    return Signer.called("other", tmp_path_factory.mktemp("keys")).key
