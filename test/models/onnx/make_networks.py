"""Makes the small float networks beside this file, with the outputs ONNX Runtime gives.

    python3 -m venv env && env/bin/pip install torch onnx onnxscript onnxruntime
    env/bin/python test/models/onnx/make_networks.py

Weights are random but trained statistics are imitated, so that BatchNorm is not the identity. No test run rewrites
these files.
"""

import json
import pathlib

import numpy as np
import onnx
import onnxruntime
import torch
from torch import nn

FOLDER = pathlib.Path(__file__).parent


class Cnn(nn.Module):
    """Convolutions, BatchNorm, pools, and a Flatten whose order of elements the linear layer depends on."""

    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(3, 8, 3, padding=1, bias=False),
            nn.BatchNorm2d(8),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Conv2d(8, 12, 3, stride=2, padding=1),
            nn.LeakyReLU(0.1),
            nn.AvgPool2d(3, stride=1, padding=1),
            nn.Conv2d(12, 10, (1, 3), dilation=(1, 2), groups=2),
            nn.Sigmoid(),
        )
        self.head = nn.Sequential(nn.Flatten(), nn.Linear(10 * 6 * 2, 16), nn.Tanh(), nn.Dropout(), nn.Linear(16, 10), nn.Softmax(-1))

    def forward(self, x):
        return self.head(self.features(x))


class Gate(nn.Module):
    """Squeeze and excitation: a factor per channel, computed from the picture."""

    def __init__(self, channels):
        super().__init__()
        self.down = nn.Conv2d(channels, channels // 4, 1)
        self.up = nn.Conv2d(channels // 4, channels, 1)

    def forward(self, x):
        scale = x.mean((2, 3), keepdim=True)
        return x * torch.sigmoid(self.up(torch.relu(self.down(scale))))


class Depthwise(nn.Module):
    """Inverted residuals, ReLU6, hard-swish, gates, a channel shuffle, upsampling and a concatenation."""

    def __init__(self):
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(3, 8, 3, stride=2, padding=1, bias=False), nn.BatchNorm2d(8), nn.Hardswish())
        self.expand = nn.Sequential(nn.Conv2d(8, 16, 1, bias=False), nn.BatchNorm2d(16), nn.ReLU6())
        self.depthwise = nn.Sequential(nn.Conv2d(16, 16, 3, padding=1, groups=16, bias=False), nn.BatchNorm2d(16), nn.ReLU6())
        self.gate = Gate(16)
        self.project = nn.Sequential(nn.Conv2d(16, 8, 1, bias=False), nn.BatchNorm2d(8))
        self.multiply = nn.Conv2d(8, 16, 5, stride=2, padding=2, groups=8)
        self.classify = nn.Linear(24, 5)

    def shuffle(self, x):
        n, c, h, w = x.shape
        return x.reshape(n, 2, c // 2, h, w).transpose(1, 2).reshape(n, c, h, w)

    def forward(self, x):
        x = self.stem(x)
        x = x + self.project(self.gate(self.depthwise(self.expand(x))))
        small = self.shuffle(self.multiply(x))
        big = nn.functional.interpolate(small, scale_factor=2.0, mode="nearest")
        left, right = torch.cat([x, big], 1).chunk(2, 1)
        y = torch.cat([left[:, :, 1:, :-1], right[:, :, 1:, :-1]], 1)
        return self.classify(nn.functional.adaptive_avg_pool2d(y, 1).flatten(1))


class Mlp(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(
            nn.Linear(20, 32), nn.BatchNorm1d(32), nn.ReLU(), nn.Linear(32, 32, bias=False), nn.ReLU(), nn.Linear(32, 4)
        )

    def forward(self, x):
        return torch.softmax(self.layers(x), -1)


class Attention(nn.Module):
    """One transformer block over embedded words: products of computed matrices, normalization, GELU."""

    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(20, 16)
        self.before = nn.LayerNorm(16)
        self.qkv = nn.Linear(16, 48)
        self.out = nn.Linear(16, 16)
        self.after = nn.LayerNorm(16)
        self.up = nn.Linear(16, 32)
        self.down = nn.Linear(32, 16)

    def forward(self, words):
        x = self.embed(words)
        n, t, c = x.shape
        q, k, v = self.qkv(self.before(x)).reshape(n, t, 3, 4, 4).permute(2, 0, 3, 1, 4)
        weights = torch.softmax(q @ k.transpose(-2, -1) * 0.5, -1)
        x = x + self.out((weights @ v).transpose(1, 2).reshape(n, t, c))
        x = x + self.down(nn.functional.gelu(self.up(self.after(x))))
        return torch.log_softmax(x.max(1).values, -1)


class Decoder(nn.Module):
    """Upsampling with transposed convolutions, as autoencoders and segmentation networks do it."""

    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(
            nn.ReflectionPad2d(1),
            nn.Conv2d(2, 8, 3),
            nn.ELU(),
            nn.ConvTranspose2d(8, 6, 4, stride=2, padding=1),
            nn.PReLU(6),
            nn.ConvTranspose2d(6, 4, 3, stride=2, padding=1, output_padding=1, groups=2),
            nn.InstanceNorm2d(4, affine=True),
            nn.PixelShuffle(2),
            nn.Softplus(),
        )

    def forward(self, x):
        y = self.layers(x)
        return y / y.sum((2, 3), keepdim=True).clamp_min(0.5), y.amax((2, 3))


class Audio(nn.Module):
    """1-D convolutions over a signal, and a linear layer at every step."""

    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(
            nn.Conv1d(1, 8, 9, stride=4, padding=4),
            nn.BatchNorm1d(8),
            nn.ReLU(),
            nn.Conv1d(8, 8, 3, padding=1, groups=8),
            nn.Conv1d(8, 16, 1),
            nn.ReLU(),
            nn.MaxPool1d(4),
            nn.Conv1d(16, 12, 3, padding=2, dilation=2),
        )
        self.step = nn.Linear(12, 6)

    def forward(self, x):
        steps = torch.relu(self.step(self.layers(x).transpose(1, 2)))
        return steps.mean(1), steps


def disturb(model):
    """Statistics and factors of BatchNorm as if there had been training."""
    for module in model.modules():
        if isinstance(module, (nn.BatchNorm1d, nn.BatchNorm2d)):
            module.running_mean.uniform_(-0.5, 0.5)
            module.running_var.uniform_(0.3, 2)
            module.weight.data.uniform_(0.5, 1.5)
            module.bias.data.uniform_(-0.5, 0.5)
    return model.eval()


def stripped(model):
    """Without notes on where in whose source a node came from."""
    for part in [model, model.graph, *model.graph.node, *model.graph.value_info, *model.graph.input, *model.graph.output]:
        part.doc_string = ""
        if hasattr(part, "metadata_props"):
            del part.metadata_props[:]
    return model


NETWORKS = [
    ("cnn", Cnn, (1, 3, 24, 24), 13, False),
    ("cnn_new_exporter", Cnn, (1, 3, 24, 24), 18, True),
    ("depthwise", Depthwise, (1, 3, 24, 24), 17, False),
    ("depthwise_batch_3", Depthwise, (3, 3, 16, 16), 18, True),
    ("mlp", Mlp, (1, 20), 13, False),
    ("audio", Audio, (1, 1, 256), 17, False),
    ("audio_new_exporter", Audio, (2, 1, 256), 18, True),
    ("depthwise_old_opset", Depthwise, (1, 3, 24, 24), 11, False),
    ("attention", Attention, (1, 7), 13, False),
    ("attention_new_exporter", Attention, (2, 7), 18, True),
    ("decoder", Decoder, (1, 2, 6, 5), 17, False),
]


def main():
    manifest = []
    for seed, (name, network, shape, opset, dynamo) in enumerate(NETWORKS):
        torch.manual_seed(seed)
        model = disturb(network())
        x = torch.randint(20, shape) if network is Attention else torch.randn(shape)
        path = FOLDER / f"{name}.onnx"
        axes = {} if dynamo else {"dynamic_axes": {"x": {0: "batch"}}}
        extra = {"external_data": False} if dynamo else {}
        torch.onnx.export(model, (x,), str(path), opset_version=opset, dynamo=dynamo, input_names=["x"], **axes, **extra)
        onnx.save(stripped(onnx.load(str(path))), str(path))
        onnx.checker.check_model(str(path))
        session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
        outputs = session.run(None, {"x": x.numpy()})
        x.numpy().tofile(FOLDER / f"{name}.input0.bin")
        entry = {"name": name, "dims": {} if dynamo else {"batch": shape[0]}, "outputs": []}
        for i, (info, value) in enumerate(zip(session.get_outputs(), outputs)):
            np.asarray(value).tofile(FOLDER / f"{name}.output{i}.bin")
            entry["outputs"].append({"name": info.name, "shape": list(value.shape)})
        manifest.append(entry)
        print(name, path.stat().st_size)
    versions = {"torch": torch.__version__, "onnx": onnx.__version__, "onnxruntime": onnxruntime.__version__}
    (FOLDER / "networks.json").write_text(json.dumps({"versions": versions, "networks": manifest}, indent=1) + "\n")


if __name__ == "__main__":
    main()
