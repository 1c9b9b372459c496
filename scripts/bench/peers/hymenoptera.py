"""The official PyTorch tutorial "Transfer Learning for Computer Vision", as a script, with MobileNetV1 x0.25 in place of
ResNet-18; one line of JSON.

    /usr/bin/python3 scripts/bench/peers/hymenoptera.py FOLDER WEIGHTS head|all SEED EPOCHS WORKERS
"""
import copy
import json
import sys

import torch
from torch import nn, optim
from torch.optim import lr_scheduler
from torchvision import datasets, transforms

from nets import MobileNetV1, load

folder, weights, trainable, seed, epochs, workers = sys.argv[1:]
torch.set_num_threads(2)
torch.manual_seed(int(seed))
normalize = transforms.Normalize([0.485, 0.456, 0.406], [0.229, 0.224, 0.225])
views = {
    "train": transforms.Compose([transforms.RandomResizedCrop(224), transforms.RandomHorizontalFlip(), transforms.ToTensor(), normalize]),
    "val": transforms.Compose([transforms.Resize(256), transforms.CenterCrop(224), transforms.ToTensor(), normalize]),
}
data = {split: datasets.ImageFolder(f"{folder}/{split}", view) for split, view in views.items()}
loaders = {split: torch.utils.data.DataLoader(data[split], batch_size=4, shuffle=True, num_workers=int(workers)) for split in data}

model = load(MobileNetV1(0.25), weights)
if trainable == "head":  # "ConvNet as fixed feature extractor"
    for parameter in model.parameters():
        parameter.requires_grad = False
model.fc = nn.Linear(model.fc.in_features, len(data["train"].classes))
criterion = nn.CrossEntropyLoss()
optimizer = optim.SGD(model.fc.parameters() if trainable == "head" else model.parameters(), lr=0.001, momentum=0.9)
scheduler = lr_scheduler.StepLR(optimizer, step_size=7, gamma=0.1)

best, best_weights = 0.0, None
for epoch in range(int(epochs)):
    for phase in ("train", "val"):
        model.train(phase == "train")
        running_loss, running_right = 0.0, 0
        for images, labels in loaders[phase]:
            optimizer.zero_grad()
            with torch.set_grad_enabled(phase == "train"):
                outputs = model(images)
                loss = criterion(outputs, labels)
                if phase == "train":
                    loss.backward()
                    optimizer.step()
            running_loss += loss.item() * images.size(0)
            running_right += torch.sum(outputs.argmax(1) == labels)
        if phase == "train":
            scheduler.step()
        accuracy = running_right.double().item() / len(data[phase])
        print(f"epoch {epoch + 1} {phase} loss {running_loss / len(data[phase]):.4f} top-1 {accuracy:.4f}", file=sys.stderr)
        if phase == "val" and accuracy > best:
            best, best_weights = accuracy, copy.deepcopy(model.state_dict())
print(json.dumps({"top1": accuracy, "best_top1": best}))
