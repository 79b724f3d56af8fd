"""Draw the digits that netspec ships: python tools/draw_mnist_sample.py ROOT, where ROOT holds MNIST/raw.

Writes netspec/datasets/mnist_sample.npz and the .md beside it. The same numpy and zlib give the same bytes again.
"""

from __future__ import annotations

import hashlib
import io
import sys
import zipfile
from pathlib import Path

import numpy as np

SEED = 20_240_117
PER_CLASS = {"train": 400, "test": 100}
FILES = {"train": "train", "test": "t10k"}
FOLDER = Path(__file__).resolve().parent.parent / "netspec" / "datasets"
EPOCH = (1980, 1, 1, 0, 0, 0)
"""The time of every member of the archive, so that its bytes depend on its contents alone."""

NOTE = """\
# mnist_sample

5 000 handwritten digits out of MNIST, 28x28 grey: what the source `mnist_sample()` gives.

The MNIST database was made by Yann LeCun, Corinna Cortes and Christopher J. C. Burges out of NIST's Special
Databases 1 and 3. It is commonly stated to be under the licence Creative Commons Attribution-Share Alike 3.0
(CC BY-SA 3.0); the same holds for this part of it. Cite: Y. LeCun, L. Bottou, Y. Bengio and P. Haffner,
"Gradient-based learning applied to document recognition", Proceedings of the IEEE 86(11), 1998.

`tools/draw_mnist_sample.py` drew it with seed {seed} and numpy {numpy}: {train} digits of each class out of MNIST's
training files, and {test} of each class out of its test files, whose writers are others; each split is shuffled.
Nothing is changed in the images.

`mnist_sample.npz` has `train_images` [{train_total}, 28, 28], `train_labels` [{train_total}],
`test_images` [{test_total}, 28, 28] and `test_labels` [{test_total}], all uint8.

    SHA-256  {sha256}  mnist_sample.npz

MD5 sums of the files it was drawn from:

{sources}
"""


def read_idx(path: Path) -> np.ndarray:
    """The array in an IDX file of bytes: two zero bytes, the type 8, the rank, then each size in four bytes."""
    content = path.read_bytes()
    rank = content[3]
    sizes = np.frombuffer(content, ">u4", rank, offset=4)
    return np.frombuffer(content, np.uint8, offset=4 + 4 * rank).reshape(sizes)


def draw(labels: np.ndarray, per_class: int, generator: np.random.Generator) -> np.ndarray:
    """Places of `per_class` samples of each class, shuffled."""
    drawn = [generator.choice(np.flatnonzero(labels == digit), per_class, replace=False) for digit in range(10)]
    return generator.permutation(np.concatenate(drawn))


def archive(arrays: dict[str, np.ndarray]) -> bytes:
    """The arrays as the bytes of an .npz file; numpy's own writer would put the time into it."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as members:
        for name, array in arrays.items():
            member = io.BytesIO()
            np.lib.format.write_array(member, array, allow_pickle=False)
            info = zipfile.ZipInfo(f"{name}.npy", EPOCH)
            members.writestr(info, member.getvalue(), zipfile.ZIP_DEFLATED, compresslevel=9)
    return packed.getvalue()


def main(root: Path) -> None:
    raw = root / "MNIST" / "raw"
    generator = np.random.default_rng(SEED)
    arrays: dict[str, np.ndarray] = {}
    sources: list[str] = []
    for split, prefix in FILES.items():
        paths = [raw / f"{prefix}-images-idx3-ubyte", raw / f"{prefix}-labels-idx1-ubyte"]
        images, labels = map(read_idx, paths)
        places = draw(labels, PER_CLASS[split], generator)
        arrays |= {f"{split}_images": images[places], f"{split}_labels": labels[places]}
        sources += [f"    {hashlib.md5(path.read_bytes()).hexdigest()}  {path.name}" for path in paths]
    content = archive(arrays)
    sha256 = hashlib.sha256(content).hexdigest()
    FOLDER.mkdir(exist_ok=True)
    (FOLDER / "mnist_sample.npz").write_bytes(content)
    note = NOTE.format(
        seed=SEED,
        numpy=np.__version__,
        sha256=sha256,
        sources="\n".join(sources),
        train_total=len(arrays["train_labels"]),
        test_total=len(arrays["test_labels"]),
        **PER_CLASS,
    )
    (FOLDER / "mnist_sample.md").write_text(note)
    print(f"{len(content)} bytes, SHA-256 {sha256}: pin it in netspec/catalogue/sources/mnist_sample.py")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
