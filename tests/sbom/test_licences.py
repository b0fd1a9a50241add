"""Licences by their SPDX identifier, where what was said leaves no doubt."""

from email.message import Message

import pytest

from sbom.licences import licence, package_licences


def declared(expression: str = "", field: str = "", *classifiers: str) -> Message:
    """A package's metadata."""
    metadata = Message()
    for name, value in (("License-Expression", expression), ("License", field)):
        if value:
            metadata[name] = value
    for classifier in classifiers:
        metadata["Classifier"] = f"License :: OSI Approved :: {classifier}"
    return metadata


@pytest.mark.parametrize(
    ("said", "identifier"),
    [
        ("MIT", "MIT"),
        ("mit license", "MIT"),
        ("CC-BY-NC-4.0 (no commercial use)", "CC-BY-NC-4.0"),
        ("bsd-3-clause", "BSD-3-Clause"),
    ],
)
def test_one_licence_is_told_by_its_identifier(said: str, identifier: str) -> None:
    assert licence(said).id == identifier


@pytest.mark.parametrize("said", ["BSD License", "not shown", "CC-BY-NC-4.0 (no commercial use), and a use policy"])
def test_what_names_no_licence_of_spdx_stays_as_it_was_said(said: str) -> None:
    assert (licence(said).id, licence(said).name) == (None, said)


def test_several_licences_are_an_expression() -> None:
    assert licence("Apache-2.0 OR BSD-2-Clause").value == "Apache-2.0 OR BSD-2-Clause"


def test_a_package_s_expression_counts_before_its_field_and_its_classifiers() -> None:
    assert [each.id for each in package_licences(declared("MIT", "BSD", "BSD License"))] == ["MIT"]


def test_a_classifier_counts_where_the_field_is_vague_or_holds_a_whole_text() -> None:
    for field in ("see the file", "Copyright\nPermission is hereby granted"):
        assert [each.id for each in package_licences(declared("", field, "MIT License"))] == ["MIT"]


def test_a_certain_field_counts_before_a_vague_classifier() -> None:
    found = package_licences(declared("", "Apache 2.0", "Apache Software License"))
    assert [each.id for each in found] == ["Apache-2.0"]


def test_a_package_that_declares_nothing_has_no_licence() -> None:
    assert package_licences(declared()) == []
