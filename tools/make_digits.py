"""Make nnlib/digits.npz from scikit-learn's copy of the digits: python tools/make_digits.py

Needs scikit-learn, which the book itself does not. The images are the test part of
"Optical Recognition of Handwritten Digits" (Alpaydin and Kaynak, 1998; UCI, CC BY 4.0).
"""

from pathlib import Path

import numpy as np
from sklearn.datasets import load_digits

images, classes = load_digits(return_X_y=True)
target = Path(__file__).parent.parent / "nnlib" / "digits.npz"
np.savez_compressed(target, x=images.astype(np.uint8), y=classes.astype(np.uint8))
print(f"{target}: {len(images)} images, {target.stat().st_size:,} bytes")
