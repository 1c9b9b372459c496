"""Two networks as PyTorch users write them, with the keys of the public weights."""
import torch
from torch import nn
from torch.nn import functional as F


def load(net, path):
    """Fills a network from a checkpoint whose state dict may be nested, its keys prefixed."""
    checkpoint = torch.load(path, map_location="cpu")
    state = checkpoint.get("state_dict", checkpoint)
    net.load_state_dict({key.removeprefix("module."): value for key, value in state.items()})
    return net


class Block(nn.Module):
    def __init__(self, inputs, planes, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, planes, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(planes)
        self.conv2 = nn.Conv2d(planes, planes, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(planes)
        self.new = planes - inputs

    def forward(self, x):
        y = self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x)))))
        if self.new:  # option A: every second pixel, the new channels zero
            x = F.pad(x[:, :, ::2, ::2], (0, 0, 0, 0, self.new // 2, self.new // 2))
        return F.relu(y + x)


class CifarResNet(nn.Module):
    """He et al. 2015, section 4.2."""

    def __init__(self, depth, classes=10):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 16, 3, 1, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(16)
        inputs, blocks = 16, (depth - 2) // 6
        for k, planes in enumerate((16, 32, 64)):
            layers = []
            for b in range(blocks):
                layers.append(Block(inputs, planes, 2 if k > 0 and b == 0 else 1))
                inputs = planes
            setattr(self, f"layer{k + 1}", nn.Sequential(*layers))
        self.linear = nn.Linear(64, classes)

    def forward(self, x):
        x = F.relu(self.bn1(self.conv1(x)))
        x = self.layer3(self.layer2(self.layer1(x)))
        return self.linear(F.adaptive_avg_pool2d(x, 1).flatten(1))


class MobileNetV1(nn.Module):
    """Howard et al. 2017, with leaky ReLU of slope 0.1."""

    STAGES = (
        ((64, 1), (128, 2), (128, 1), (256, 2), (256, 1)),
        ((512, 2), (512, 1), (512, 1), (512, 1), (512, 1), (512, 1)),
        ((1024, 2), (1024, 1)),
    )

    def __init__(self, width, classes=1000):
        super().__init__()
        inputs = int(32 * width)
        first = nn.Sequential(nn.Conv2d(3, inputs, 3, 2, 1, bias=False), nn.BatchNorm2d(inputs), nn.LeakyReLU(0.1, inplace=True))
        for k, stage in enumerate(self.STAGES):
            layers = [first] if k == 0 else []
            for full, stride in stage:
                outputs = int(full * width)
                layers.append(self.separable(inputs, outputs, stride))
                inputs = outputs
            setattr(self, f"stage{k + 1}", nn.Sequential(*layers))
        self.fc = nn.Linear(inputs, classes)

    @staticmethod
    def separable(inputs, outputs, stride):
        return nn.Sequential(
            nn.Conv2d(inputs, inputs, 3, stride, 1, groups=inputs, bias=False),
            nn.BatchNorm2d(inputs),
            nn.LeakyReLU(0.1, inplace=True),
            nn.Conv2d(inputs, outputs, 1, bias=False),
            nn.BatchNorm2d(outputs),
            nn.LeakyReLU(0.1, inplace=True),
        )

    def forward(self, x):
        x = self.stage3(self.stage2(self.stage1(x)))
        return self.fc(F.adaptive_avg_pool2d(x, 1).flatten(1))
