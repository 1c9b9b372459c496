"""What scripts/roundtrip.sh asks of PyTorch.

    python3 scripts/roundtrip.py start FILE                         a resnet18 of torchvision with random weights, as .pth
    python3 scripts/roundtrip.py predict FILE MODEL IMAGE ...       a line of JSON an image: the probabilities of a fine-tuned .pth
    python3 scripts/roundtrip.py compare FILE FILE ...              predictions against the first file's; exit code 1 where they differ
"""
import json
import sys

import torch
import torchvision
from PIL import Image
from torchvision import transforms

TOLERANCE = 1e-4


def start(path):
    torch.manual_seed(0)
    torch.save(torchvision.models.resnet18(weights=None).state_dict(), path)


def predict(path, model, images):
    state = torch.load(path, weights_only=True)
    net = getattr(torchvision.models, model)(num_classes=len(state["fc.bias"])).eval()
    net.load_state_dict(state, strict=True)
    view = transforms.Compose([
        transforms.Resize(256), transforms.CenterCrop(224), transforms.ToTensor(),
        transforms.Normalize([0.485, 0.456, 0.406], [0.229, 0.224, 0.225]),
    ])
    for image in images:
        with torch.inference_mode():
            row = net(view(Image.open(image).convert("RGB"))[None]).softmax(1)[0]
        print(json.dumps({"path": image, "probabilities": dict(enumerate(row.tolist()))}))


def compare(files):
    def read(file):
        rows = [json.loads(line) for line in open(file) if line.startswith("{")]
        return {row["path"]: list(row["probabilities"].values()) for row in rows}

    first, same = read(files[0]), True
    for file in files[1:]:
        other = read(file)
        if not first or other.keys() != first.keys():
            sys.exit(f"{file} has other images than {files[0]}")
        apart = max(abs(a - b) for path in first for a, b in zip(first[path], other[path]))
        labels = sum(max(range(len(a)), key=a.__getitem__) != max(range(len(b)), key=b.__getitem__) for a, b in zip(first.values(), (other[p] for p in first)))
        print(f"{file.rsplit('/', 1)[-1]:<28} {len(other)} images, probabilities apart by at most {apart:.1e}, other labels: {labels}")
        same &= apart <= TOLERANCE and labels == 0
    sys.exit(0 if same else 1)


if __name__ == "__main__":
    verb, *rest = sys.argv[1:]
    if verb == "start":
        start(*rest)
    elif verb == "predict":
        predict(rest[0], rest[1], rest[2:])
    else:
        compare(rest)
