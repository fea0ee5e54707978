"""A model that is missing, altered or foreign is not used; its files hold no readable text."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from triage.assessor import DEFAULT_MODEL, Assessor
from triage.classifier import CHECKSUMS, PARAMETERS, WEIGHTS, Classifier
from triage.protocol import ModelMissing


@pytest.fixture
def model_dir(tmp_path: Path) -> Path:
    return Path(shutil.copytree(DEFAULT_MODEL, tmp_path / "copied"))


def resign(model_dir: Path) -> None:
    sums = {file: hashlib.sha256((model_dir / file).read_bytes()).hexdigest() for file in (WEIGHTS, PARAMETERS)}
    (model_dir / CHECKSUMS).write_text(json.dumps(sums))


def test_a_copied_model_loads(model_dir: Path) -> None:
    assert Assessor.load(model_dir).assess("我不想活了").reasons


@pytest.mark.parametrize("file", [WEIGHTS, PARAMETERS, CHECKSUMS])
def test_a_model_with_a_missing_file_is_not_used(model_dir: Path, file: str) -> None:
    (model_dir / file).unlink()
    with pytest.raises(ModelMissing):
        Assessor.load(model_dir)


@pytest.mark.parametrize("file", [WEIGHTS, PARAMETERS])
def test_a_model_with_one_changed_byte_is_not_used(model_dir: Path, file: str) -> None:
    content = bytearray((model_dir / file).read_bytes())
    content[len(content) // 2] ^= 1
    (model_dir / file).write_bytes(content)
    with pytest.raises(ModelMissing):
        Assessor.load(model_dir)


@pytest.mark.parametrize("sums", ["{}", "[]", "not json", '{"weights.npz": 5}'])
def test_a_model_with_broken_checksums_is_not_used(model_dir: Path, sums: str) -> None:
    (model_dir / CHECKSUMS).write_text(sums)
    with pytest.raises(ModelMissing):
        Assessor.load(model_dir)


def test_a_model_for_other_features_is_not_used(model_dir: Path) -> None:
    parameters = json.loads((model_dir / PARAMETERS).read_text())
    (model_dir / PARAMETERS).write_text(json.dumps({**parameters, "features_version": -1}))
    resign(model_dir)
    with pytest.raises(ModelMissing, match="other features"):
        Assessor.load(model_dir)


def test_a_pickled_array_is_refused_even_with_the_right_checksum(model_dir: Path) -> None:
    with np.load(model_dir / WEIGHTS) as arrays:
        others = {name: arrays[name] for name in arrays if name != "kinds"}
    np.savez(model_dir / WEIGHTS, kinds=np.array([{"a": 1}], dtype=object), **others)
    resign(model_dir)
    with pytest.raises(ModelMissing):
        Assessor.load(model_dir)


def test_weights_of_another_shape_are_refused(model_dir: Path) -> None:
    with np.load(model_dir / WEIGHTS) as arrays:
        others = {name: arrays[name] for name in arrays if name != "kinds"}
    np.savez(model_dir / WEIGHTS, kinds=np.zeros((4, 4), np.float16), **others)
    resign(model_dir)
    with pytest.raises(ModelMissing):
        Assessor.load(model_dir)


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelMissing, match="nowhere"):
        Assessor.load(tmp_path / "nowhere")


def test_the_model_holds_numbers_only() -> None:
    with np.load(DEFAULT_MODEL / WEIGHTS, allow_pickle=False) as arrays:
        assert {arrays[name].dtype.kind for name in arrays} == {"f"}


def test_the_card_names_the_weights_it_speaks_of() -> None:
    weights = hashlib.sha256((DEFAULT_MODEL / WEIGHTS).read_bytes()).hexdigest()
    assert weights in (DEFAULT_MODEL / "card.md").read_text(encoding="utf-8")


def test_a_probability_is_one() -> None:
    classifier = Classifier.load(DEFAULT_MODEL)
    assert all(0 <= classifier.probability("urgent", raw) <= 1 for raw in (-1e6, -1.0, 0.0, 1.0, 1e6))
