"""A model's file: numbers and a JSON header in an npz. Reading one cannot run code from it (no pickle)."""

import hashlib
import io
import json
import zipfile
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

import numpy as np

from classifier.model.features import Asked, Vocabulary
from classifier.model.linear import LinearModel, View

FORM = "hotline12345-linear-2"
_PARTS = ("vocabulary", "idf", "weights", "scale", "bias")
_MOST_VIEWS = 4
_LARGEST = 64 * 1024 * 1024


class ModelFileError(ValueError):
    """The file is no model of ours, or it was changed after it was written."""


def to_bytes(model: LinearModel, header: dict[str, Any]) -> bytes:
    """Pack a model. ``header`` tells where it comes from: training-data fingerprint, figures, date."""
    arrays: dict[str, Any] = {}
    for number, view in enumerate(model.views):
        arrays |= {
            f"{number}.vocabulary": np.frombuffer("\n".join(map(_on_one_line, view.ngrams)).encode(), dtype=np.uint8),
            f"{number}.idf": view.idf.astype(np.float16),
            f"{number}.weights": np.rint(view.weights / view.scale).astype(np.int8),
            f"{number}.scale": view.scale,
            f"{number}.bias": view.bias,
        }
    full = {
        **header,
        "form": FORM,
        "target": model.target,
        "labels": list(model.labels),
        "sharpness": model.sharpness,
        "views": [view.asked for view in model.views],
        "hash": _hash(arrays),
    }
    arrays["header"] = np.frombuffer(json.dumps(full, ensure_ascii=False, sort_keys=True).encode(), dtype=np.uint8)
    return _deterministic_npz(arrays)


def read_model(source: Path | Traversable) -> LinearModel:
    """Read a model's file. Raises ``ModelFileError``."""
    return from_bytes(source.read_bytes(), source.name)


def from_bytes(content: bytes, name: str) -> LinearModel:
    """Unpack a model and check its form and hash. Raises ``ModelFileError``."""
    if len(content) > _LARGEST:
        raise ModelFileError(f"{name}: larger than {_LARGEST} bytes")
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as archive:
            arrays = {key: archive[key] for key in archive.files}
        header = json.loads(arrays.pop("header").tobytes())
        if header["form"] != FORM:
            raise ModelFileError(f"{name}: form {header['form']!r} is not {FORM!r}")
        if header["hash"] != _hash(arrays):
            raise ModelFileError(f"{name}: the hash does not fit the content")
        if not 1 <= len(header["views"]) <= _MOST_VIEWS or len(arrays) != len(_PARTS) * len(header["views"]):
            raise ModelFileError(f"{name}: has not as many views as it says")
        return LinearModel(
            target=header["target"],
            labels=tuple(header["labels"]),
            views=tuple(_view(arrays, number, Asked(asked)) for number, asked in enumerate(header["views"])),
            sharpness=float(header["sharpness"]),
            version=f"{header.get('name', name)}@{header['hash'][:10]}",
            header=header,
        )
    except (KeyError, ValueError, EOFError, zipfile.BadZipFile, OSError) as error:
        if isinstance(error, ModelFileError):
            raise
        raise ModelFileError(f"{name}: is not a model file ({type(error).__name__})") from None


def _view(arrays: dict[str, Any], number: int, asked: Asked) -> View:
    vocabulary, idf, weights, scale, bias = (arrays[f"{number}.{part}"] for part in _PARTS)
    ngrams = tuple(gram.replace(_LINE_END, "\n") for gram in vocabulary.tobytes().decode().split("\n"))
    return View(
        asked=asked,
        ngrams=ngrams,
        vocabulary=Vocabulary((gram, row) for row, gram in enumerate(ngrams)),
        idf=idf.astype(np.float32),
        weights=weights * scale.astype(np.float32),
        scale=scale.astype(np.float32),
        bias=bias.astype(np.float32),
    )


_LINE_END = "⏎"
"""Stands in the file for the line end between a text and who is asked."""


def _on_one_line(gram: str) -> str:
    return gram.replace("\n", _LINE_END)


def _hash(arrays: dict[str, Any]) -> str:
    digest = hashlib.sha256()
    for key in sorted(arrays):
        array = np.ascontiguousarray(arrays[key])
        digest.update(f"{key}{array.dtype.str}{array.shape}".encode())
        digest.update(array.tobytes())
    return digest.hexdigest()


def _deterministic_npz(arrays: dict[str, Any]) -> bytes:
    """The same arrays give the same bytes: numpy's own writer stamps the time into the archive."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for key in sorted(arrays):
            part = io.BytesIO()
            np.lib.format.write_array(part, np.ascontiguousarray(arrays[key]), allow_pickle=False)
            info = zipfile.ZipInfo(f"{key}.npy", date_time=(1980, 1, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, part.getvalue())
    return buffer.getvalue()
