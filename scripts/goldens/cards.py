"""Cards of torchvision's ImageNet weights, from the enums in its source, and the names of ImageNet's classes.

Made by Debian's /usr/bin/python3 with torchvision 0.14.1:

    /usr/bin/python3 scripts/goldens/cards.py

Writes models/MODEL.yaml for every model of the zoo that torchvision has weights for, and models/classes/imagenet1k.txt.
"""
import re
import subprocess
from pathlib import Path

import torchvision
from torchvision.models import _meta
from torchvision.models._api import WeightsEnum

ROOT = Path(__file__).parents[2]
OUT = ROOT / "models"
HOST = "https://download.pytorch.org/models/"
# The names of these files in 0.14.1 have hashes that are not the files'; later versions of torchvision renamed them.
RENAMED = {
    "efficientnet_b0_rwightman-3dd342df.pth": "efficientnet_b0_rwightman-7f5810bc.pth",
    "efficientnet_b1_rwightman-533bc792.pth": "efficientnet_b1_rwightman-bac287d4.pth",
    "efficientnet_b2_rwightman-bcdf34b7.pth": "efficientnet_b2_rwightman-c35c1473.pth",
    "efficientnet_b3_rwightman-cf984f9c.pth": "efficientnet_b3_rwightman-b3899882.pth",
    "efficientnet_b4_rwightman-7eb33cd5.pth": "efficientnet_b4_rwightman-23ab8bcd.pth",
    "efficientnet_b5_lukemelas-b6417697.pth": "efficientnet_b5_lukemelas-1a07897c.pth",
    "efficientnet_b6_lukemelas-c76e70fd.pth": "efficientnet_b6_lukemelas-24a108a5.pth",
    "efficientnet_b7_lukemelas-dcc49843.pth": "efficientnet_b7_lukemelas-c5b4e57e.pth",
}
BSD = "BSD-3-Clause (torchvision); terms of the training data, ImageNet, may apply"
SWAG = "CC-BY-NC-4.0 (SWAG): not for commercial use; terms of the training data, ImageNet, may apply"
# torchvision normalises twice here: by ImageNet's statistics, then in the network (transform_input). Both at once are these.
TRANSFORM_INPUT = {"googlenet", "inception_v3"}


def models():
    """{model: its weights' enum}, for the models that FineTune's table has."""
    names = set(re.findall(r'"(\w+)"', subprocess.check_output([ROOT / "scripts/finetune", "list", "models", "--json"], text=True)))
    enums = {}
    for name, value in vars(torchvision.models).items():
        if isinstance(value, type) and issubclass(value, WeightsEnum) and len(value):
            model = name.removesuffix("_Weights").lower()
            if model in names:
                enums[model] = value
    return dict(sorted(enums.items()))


def card(model, weights):
    """The lines of one set of weights; None where the network is another one."""
    preset, meta = weights.transforms(), weights.meta
    size, resize = preset.crop_size[0], preset.resize_size[0]
    if not meta["categories"]:
        return None
    assert meta["categories"] == _meta._IMAGENET_CATEGORIES
    file = weights.url.removeprefix(HOST)
    file = RENAMED.get(file, file)
    scores = meta["_metrics"]["ImageNet-1K"]
    mean, std = ([0.5] * 3, [0.5] * 3) if model in TRANSFORM_INPUT else (list(preset.mean), list(preset.std))
    return [
        f"  {weights.name.lower()}:",
        f"    url: {HOST}{file}",
        f"    sha256_prefix: {re.search(r'-([0-9a-f]{8,})[.]pth$', file)[1]}",
        f"    licence: '{SWAG if 'SWAG' in weights.name else BSD}'",
        f"    input_size: {size}",
        f"    resize: {resize}",
        f"    interpolation: {preset.interpolation.value}",
        f"    mean: {mean}",
        f"    std: {std}",
        f"    expected: {{ top1: {scores['acc@1'] / 100:.5f}, top5: {scores['acc@5'] / 100:.5f} }}",
    ]


def main():
    (OUT / "classes").mkdir(parents=True, exist_ok=True)
    source = "# The 1000 classes of ImageNet (ILSVRC 2012) in the order of a head's outputs: names from torchvision 0.14.1, models/_meta.py.\n"
    (OUT / "classes/imagenet1k.txt").write_text(source + "".join(f"{name}\n" for name in _meta._IMAGENET_CATEGORIES))
    for model, enum in models().items():
        known = [c for c in (card(model, w) for w in enum) if c]
        head = [f"model: {model}", f"default: {enum.DEFAULT.name.lower()}", "classes: imagenet1k", "provenance:", f"  source: torchvision 0.14.1, {enum.__name__}", "weights:"]
        (OUT / f"{model}.yaml").write_text("\n".join(head + [line for lines in known for line in lines]) + "\n")


if __name__ == "__main__":
    main()
