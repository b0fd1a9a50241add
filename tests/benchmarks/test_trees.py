"""Another revision is set up by its own make, which sees nothing of the make that called us."""

import pytest

from benchmarks.rig.trees import RevisionUnusable, commit_of, make_environment


def test_the_make_that_called_us_is_not_seen():
    assert make_environment({"MAKEFLAGS": "w", "MAKELEVEL": "1", "PATH": "/bin"}, frozenset()) == {"PATH": "/bin"}


def test_on_a_processor_with_amx_llama_cpp_is_built_without():
    found = make_environment({}, frozenset({"avx2", "amx_tile"}))["CMAKE_ARGS"]
    assert '-DCMAKE_CXX_FLAGS="-mno-amx-tile' in found
    assert make_environment({"CMAKE_ARGS": "-DMINE=1"}, frozenset({"amx_tile"})) == {"CMAKE_ARGS": "-DMINE=1"}


def test_a_revision_that_is_not_here_is_named():
    with pytest.raises(RevisionUnusable, match="no revision no-such-revision here"):
        commit_of("no-such-revision")
