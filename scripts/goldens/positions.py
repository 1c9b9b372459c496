"""Position embeddings of a Vision Transformer as torchvision interpolates them for images of another size.

    python3 scripts/goldens/positions.py > tests/FineTune.Tests/Goldens/Transfer/positions.json
"""
import json
import math

import torch
from torchvision.models.vision_transformer import interpolate_embeddings

PATCH, WIDTH = 8, 4


def embeddings(tokens):
    return torch.tensor([math.sin(0.7 * i + 0.3) for i in range(tokens * WIDTH)]).view(1, tokens, WIDTH)


goldens = {}
for old, new in ((32, 48), (48, 24), (32, 40)):
    state = {"encoder.pos_embedding": embeddings((old // PATCH) ** 2 + 1)}
    fitted = interpolate_embeddings(new, PATCH, state)["encoder.pos_embedding"]
    goldens[f"{old} {new}"] = [round(v, 7) for v in fitted.flatten().tolist()]
print(json.dumps(goldens))
