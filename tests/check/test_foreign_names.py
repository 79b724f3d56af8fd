"""Names of torch, of other libraries and of newcomers: each is answered with its entry, or with what to do instead."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from netspec.catalogue.entry import Entry, entries, find, names
from netspec.catalogue.listing import listed_kinds
from netspec.checker.names.vocabulary import exact, unknown_entry
from netspec.cli.ops import command
from netspec.diagnostics import Diagnostic, Guess
from netspec.source import Source
from tests.specs import ROOT, check

SPAN = Source("spec.net", "x").whole()
KINDS = {kind.kind: kind for kind in listed_kinds()}
ROW = re.compile(r"^\| `(\w+)` \| \[`(\w+)`\]\(reference/(\w+)\.md#\w+\)", re.M)


def of_torch() -> list[tuple[type[Entry], str, str]]:
    """The kind, torch's name and the first entry of every class that docs/coverage.md has."""
    page = (ROOT / "docs/coverage.md").read_text(encoding="utf-8")
    found: list[tuple[type[Entry], str, str]] = []
    for name, entry, _ in ROW.findall(page):
        (kind,) = (
            kind
            for kind in listed_kinds()
            for own in entries(kind)
            if own.name() == entry and any(torch.rpartition(".")[2] == name for torch in own.torch_names)
        )
        found.append((kind, name, entry))
    return found


@pytest.mark.parametrize("form", ["{}", "nn.{}", "torch.nn.{}", "lower"])
def test_every_name_of_torch_is_answered_with_its_own_entry(form: str):
    found = of_torch()
    assert len(found) >= 188
    for kind, name, _ in found:
        written = name.lower() if form == "lower" else form.format(name)
        if find(kind, written) is not None:
            continue
        problem = unknown_entry(written, kind, SPAN)
        right = [own.name() for own in entries(kind) if any(t.rpartition(".")[2] == name for t in own.torch_names)]
        assert problem.nearest in right, written


def test_ops_shows_the_page_of_every_name_of_torch():
    for _, name, entry in of_torch():
        shown = CliRunner().invoke(command, [name])
        assert shown.exit_code == 0, name
        assert re.search(rf"^\w+ {entry}$", shown.stdout, re.M), name


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("layer", "ReflectionPad2d"),  # a mode of pad
        ("layer", "UpsamplingBilinear2d"),
        ("layer", "Softmax2d"),
        ("layer", "Dense"),
        ("loss", "mae"),
    ],
)
def test_a_case_of_an_entry_and_a_synonym_are_no_certain_names(kind: str, name: str):
    guess = exact(name, KINDS[kind])
    assert isinstance(guess, Guess)
    assert not guess.certain


KEY = "key of "
ANSWERS = [
    # kind or section, what is written, what the answer has in it
    ("layer", "Dense", "linear"),
    ("layer", "tf.keras.layers.Dense", "linear"),
    ("layer", "fc", "linear"),
    ("layer", "fully_connected", "linear"),
    ("layer", "Conv2D", "conv"),
    ("layer", "Conv2DTranspose", "conv_transpose"),
    ("layer", "BatchNormalization", "batch_norm"),
    ("layer", "bn", "batch_norm"),
    ("layer", "LayerNormalization", "layer_norm"),
    ("layer", "MaxPooling2D", "max_pool"),
    ("layer", "AveragePooling2D", "avg_pool"),
    ("layer", "GlobalAveragePooling2D", "global_avg_pool"),
    ("layer", "gap", "global_avg_pool"),
    ("layer", "SpatialDropout2D", "dropout_channels"),
    ("layer", "ZeroPadding2D", "pad"),
    ("layer", "UpSampling2D", "upsample"),
    ("layer", "interpolate", "upsample"),
    ("layer", "Concatenate", "concat"),
    ("layer", "cat", "concat"),
    ("layer", "swish", "silu"),
    ("layer", "LeakyReLU", "leaky_relu"),
    ("layer", "lrelu", "leaky_relu"),
    ("layer", "MultiHeadAttention", "attention"),
    ("layer", "self_attention", "attention"),
    ("layer", "drop_path", "stochastic_depth"),
    ("layer", "view", "flatten"),
    ("layer", "Sequential", "->"),
    ("layer", "sin", "not available"),
    ("layer", "topk", "not available"),
    ("layer", "randn", "not available"),
    ("layer", "einsum", "matmul"),
    ("layer", "LSTMCell", "lstm"),
    ("layer", "weight_norm", "not available"),
    ("layer", "resnet50", "zoo.resnet18"),
    ("layer", "yolov8", "cannot detect"),
    ("layer", "bert", "no pretrained"),
    ("layer", "quantize", "it stands in `compress`"),
    ("layer", "int4", "cannot quantize"),
    ("layer", "SqueezeExcitation", "sigmoid"),
    ("layer", "bottleneck", "residual"),
    ("layer", "MyLayer", "no layers written in Python"),
    ("layer", "cross_entropy", "train { loss = cross_entropy }"),
    ("layer", "Adam", "train { optimizer = adam }"),
    ("loss", "bce", "binary_cross_entropy_with_logits"),
    ("loss", "categorical_crossentropy", "cross_entropy"),
    ("loss", "sparse_categorical_crossentropy", "cross_entropy"),
    ("loss", "binary_crossentropy", "binary_cross_entropy"),
    ("loss", "mae", "l1"),
    ("loss", "mean_squared_error", "mse"),
    ("loss", "rmse", "mse"),
    ("loss", "dice", "not available"),
    ("loss", "triplet", "cosine_embedding"),
    ("loss", "focal_loss", "focal"),
    ("loss", "accuracy", "evaluate"),
    ("loss", "label_smoothing", "label_smoothing=0.1"),
    ("loss", "gan", "cannot train GANs"),
    ("loss", "ctc", "not available"),
    ("metric", "r2_score", "r2"),
    ("metric", "f1_score", "f1"),
    ("metric", "acc", "accuracy"),
    ("metric", "auc", "roc_auc"),
    ("metric", "rmse", "root_mean_squared_error"),
    ("metric", "mcc", "matthews_corrcoef"),
    ("metric", "confusion_matrix", "report"),
    ("metric", "mAP", "average_precision"),
    ("optimizer", "lion", "adamw"),
    ("optimizer", "adan", "adamw"),
    ("optimizer", "momentum", "sgd(lr=0.1, momentum=0.9)"),
    ("schedule", "CosineAnnealingLR", "cosine"),
    ("schedule", "ReduceLROnPlateau", "plateau"),
    ("schedule", "LambdaLR", "table"),
    ("schedule", "noam", "warmup"),
    ("schedule", "linear_warmup", "warmup(5 epochs) -> linear"),
    ("source", "imagenet", "image_folder"),
    ("source", "ImageFolder", "image_folder"),
    ("source", "pandas", "csv"),
    ("source", "h5py", "npz"),
    ("source", "imdb", "not read"),
    ("transform", "ToTensor", "not needed"),
    ("transform", "Compose", "->"),
    ("transform", "StandardScaler", "standardize"),
    ("transform", "MinMaxScaler", "min_max"),
    ("transform", "SimpleImputer", "fill_missing"),
    ("transform", "RandomCrop", "augment"),
    ("augmentation", "RandomHorizontalFlip", "random_horizontal_flip"),
    ("augmentation", "cutout", "random_erasing"),
    ("augmentation", "mixup", "train"),
    ("stop", "ModelCheckpoint", "checkpoint"),
    ("initializer", "he_normal", "kaiming_normal"),
    ("initializer", "glorot_uniform", "xavier_uniform"),
    ("division", "StratifiedKFold", "kfold(5)"),
    (f"{KEY}data", "sampler = balanced", "cross_entropy(weight=balanced)"),
    (f"{KEY}data", "shuffle = true", "shuffled in every epoch"),
    (f"{KEY}data", "split = 0.2", "validation = 10%"),
    (f"{KEY}data", "num_workers = 4", "workers = 4"),
    (f"{KEY}data", "path = 3", "csv("),
    (f"{KEY}train", "callbacks = 3", "early_stopping(patience=3 epochs)"),
    (f"{KEY}train", "early_stopping = 3", "stop = early_stopping(patience=3 epochs)"),
    (f"{KEY}train", "save_best = true", "best weights"),
    (f"{KEY}train", "lr = 0.1", "adam(lr=1e-3)"),
    (f"{KEY}train", "criterion = mse", "loss = cross_entropy"),
    (f"{KEY}train", "grad_clip = 1", "clip = clip_norm(1)"),
    (f"{KEY}train", "amp = true", "precision = bfloat16"),
    (f"{KEY}train", "gpus = 2", "device = cuda"),
    (f"{KEY}train", "ema = 0.9", "average = ema"),
    (f"{KEY}train", "precision = float16", "bfloat16"),
    (f"{KEY}evaluate", "confusion_matrix = true", "report"),
]


def said(place: str, written: str) -> Diagnostic:
    """The diagnostic of a name for a kind, or of a setting in a section."""
    if not place.startswith(KEY):
        return unknown_entry(written, KINDS[place], SPAN).diagnose()
    section = place.removeprefix(KEY)
    source = "source = iris()" if section == "data" else ""
    text = f"{section} {{ {source}\n {written} }}\n"
    rest = {"data": "data { source = iris() }\n", "model": "model { linear(3) }\n"}
    text += "".join(more for name, more in rest.items() if name != section)
    (found,) = (item for item in check(text).diagnostics if item.is_error)
    return found


@pytest.mark.parametrize(("place", "written", "answer"), ANSWERS, ids=[f"{a}: {b}" for a, b, _ in ANSWERS])
def test_what_newcomers_write_is_answered(place: str, written: str, answer: str):
    found = said(place, written)
    help = found.fix.title if found.fix is not None else found.help or ""
    assert answer in help


def test_no_help_lists_the_first_names_of_the_alphabet():
    for kind in listed_kinds():
        help = unknown_entry("nonsense_of_nobody", kind, SPAN).diagnose().help or ""
        assert len(names(kind)) <= 8 or not all(name in help for name in names(kind)[:3])


def test_there_are_a_hundred_of_them():
    assert len({(place, written) for place, written, _ in ANSWERS}) >= 100


def test_a_network_of_what_python_writes_is_answered(tmp_path: Path):
    found = check("data { source = iris() }\nmodel { self.fc = nn.Linear(4, 3) }\n", folder=tmp_path).diagnostics
    assert "no Python code" in (found[0].help or "")
