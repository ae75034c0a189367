"""The float networks that make_ort.py and make_torch.py quantize, and the data they see.

Each is small, and together they have the layers whose int8 arithmetic ONNX Runtime defines. Weights are random; statistics
of BatchNorm come from data, so every layer's values use their range.
"""

import numpy as np
import torch
from torch import nn


def conv(inputs, outputs, size, act=None, **options):
    padding = options.pop("padding") if "padding" in options else size // 2
    layers = [nn.Conv2d(inputs, outputs, size, padding=padding, bias=False, **options), nn.BatchNorm2d(outputs)]
    return nn.Sequential(*layers, act) if act is not None else nn.Sequential(*layers)


class Cnn(nn.Module):
    """Convolutions and pools, then a Flatten whose order of elements the linear layer depends on."""

    shapes = [(1, 3, 20, 20)]

    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(
            conv(3, 8, 3, nn.ReLU()),
            nn.MaxPool2d(2),
            conv(8, 12, 3, nn.ReLU(), stride=2),
            conv(12, 8, (1, 3), nn.ReLU(), padding=(0, 2), dilation=(1, 2)),
        )
        self.head = nn.Sequential(nn.Flatten(), nn.Linear(8 * 25, 16), nn.ReLU(), nn.Linear(16, 20))

    def forward(self, x):
        y = self.features(x)
        return self.head(y), y


class Residual(nn.Module):
    def __init__(self, channels, stride):
        super().__init__()
        self.body = nn.Sequential(conv(channels, channels, 3, nn.ReLU(), stride=stride), conv(channels, channels, 3))
        self.short = conv(channels, channels, 1, stride=stride) if stride > 1 else nn.Identity()

    def forward(self, x):
        return torch.relu(self.body(x) + self.short(x))


class Resnet(nn.Module):
    """Sums of two branches, with and without a convolution in the short one; global average pool."""

    shapes = [(1, 3, 16, 16)]

    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(conv(3, 8, 3, nn.ReLU()), Residual(8, 1), Residual(8, 2), Residual(8, 1))
        self.head = nn.Linear(8, 20)

    def forward(self, x):
        y = self.layers(x)
        return self.head(nn.functional.adaptive_avg_pool2d(y, 1).flatten(1)), y


class Mobilenet(nn.Module):
    """Inverted residuals: depthwise convolutions, ReLU6, sums without an activation."""

    shapes = [(1, 3, 20, 20)]

    def __init__(self):
        super().__init__()
        self.stem = conv(3, 8, 3, nn.ReLU6(), stride=2)
        self.first = self.block(8, 24, 1)
        self.second = self.block(8, 24, 2)
        self.head = nn.Linear(8, 20)

    @staticmethod
    def block(channels, wide, stride):
        expand, project = conv(channels, wide, 1, nn.ReLU6()), conv(wide, channels, 1)
        return nn.Sequential(expand, conv(wide, wide, 3, nn.ReLU6(), groups=wide, stride=stride), project)

    def forward(self, x):
        x = self.stem(x)
        x = x + self.first(x)
        y = self.second(x)
        return self.head(nn.functional.adaptive_avg_pool2d(y, 1).flatten(1)), y


class Mlp(nn.Module):
    """Linear layers and nothing else but ReLU."""

    shapes = [(3, 24)]

    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(24, 40), nn.ReLU(), nn.Linear(40, 40), nn.ReLU(), nn.Linear(40, 12))

    def forward(self, x):
        return self.layers(x)


class Inception(nn.Module):
    """Branches with ranges of their own, put together, with average and maximum pools."""

    shapes = [(1, 3, 16, 16)]

    def __init__(self):
        super().__init__()
        self.stem = conv(3, 8, 3, nn.ReLU(), stride=2)
        self.narrow = conv(8, 6, 1, nn.ReLU())
        self.wide = nn.Sequential(conv(8, 6, 1, nn.ReLU()), conv(6, 8, 5, nn.ReLU()))
        self.pool = nn.Sequential(nn.AvgPool2d(3, stride=1, padding=1), conv(8, 4, 1))
        self.last = conv(18, 12, 3, nn.ReLU())

    def forward(self, x):
        x = self.stem(x)
        x = torch.cat([self.narrow(x), self.wide(x), 2 * self.pool(x)], 1)
        y = self.last(x)
        return nn.functional.avg_pool2d(nn.functional.max_pool2d(y, 2), 3, stride=2, padding=1, count_include_pad=False), y


class Attention(nn.Module):
    """Attention over a sequence: products of two computed matrices and softmax; no layer norm, which stays float."""

    shapes = [(1, 12, 16)]

    def __init__(self, norm=False):
        super().__init__()
        self.norm = nn.LayerNorm(16) if norm else nn.Identity()
        self.q, self.k, self.v, self.out = (nn.Linear(16, 16) for _ in range(4))
        self.up, self.down = nn.Linear(16, 32), nn.Linear(32, 16)

    def heads(self, x):
        return x.reshape(x.shape[0], x.shape[1], 4, 4).transpose(1, 2)

    def forward(self, x):
        y = self.norm(x)
        q, k, v = self.heads(self.q(y)), self.heads(self.k(y)), self.heads(self.v(y))
        weights = torch.softmax(3 * q @ k.transpose(-2, -1), -1)
        x = x + self.out((weights @ v).transpose(1, 2).reshape(x.shape))
        return x + self.down(torch.relu(self.up(x)))


class Gated(nn.Module):
    """Squeeze and excitation, leaky ReLU, hard-swish made of its parts, a product with a constant per channel."""

    shapes = [(1, 3, 16, 16)]

    def __init__(self):
        super().__init__()
        self.stem = conv(3, 12, 3, nn.LeakyReLU(0.1))
        self.down, self.up = nn.Conv2d(12, 4, 1), nn.Conv2d(4, 12, 1)
        self.deep = conv(12, 12, 3, stride=2)
        self.factor = nn.Parameter(torch.rand(12, 1, 1) + 0.5)

    def forward(self, x):
        x = self.stem(x)
        gate = torch.sigmoid(3 * self.up(torch.relu(self.down(x.mean((2, 3), keepdim=True)))))
        y = self.deep(x * gate)
        return y * torch.sigmoid(y) * self.factor


class Unet(nn.Module):
    """Upsampling by repetition and by a transposed convolution, beside what was kept from before the pool."""

    shapes = [(1, 2, 16, 16)]

    def __init__(self, transposed=False):
        super().__init__()
        self.first = conv(2, 8, 3, nn.ReLU())
        self.second = conv(8, 12, 3, nn.ReLU())
        self.grow = nn.ConvTranspose2d(12, 12, 2, stride=2) if transposed else nn.Upsample(scale_factor=2, mode="nearest")
        self.third = conv(20, 8, 3, nn.ReLU())
        self.last = nn.Conv2d(8, 3, 1)

    def forward(self, x):
        x = self.first(x)
        y = self.grow(self.second(nn.functional.max_pool2d(x, 2)))
        return self.last(self.third(torch.cat([x, y], 1)))


class Audio(nn.Module):
    """1-D convolutions over a signal, depthwise ones among them."""

    shapes = [(1, 1, 256)]

    def __init__(self):
        super().__init__()

        def conv1d(inputs, outputs, size, **options):
            return [nn.Conv1d(inputs, outputs, size, bias=False, **options), nn.BatchNorm1d(outputs), nn.ReLU()]

        self.layers = nn.Sequential(
            *conv1d(1, 8, 9, stride=4, padding=4),
            *conv1d(8, 8, 5, padding=2, groups=8),
            *conv1d(8, 16, 1),
            nn.MaxPool1d(2),
            *conv1d(16, 16, 3, padding=2, dilation=2),
        )
        self.head = nn.Linear(16, 20)

    def forward(self, x):
        y = self.layers(x)
        return self.head(y.mean(2)), y


def samples(shapes, count, seed):
    """`count` inputs: waves of a few frequencies and some noise, unlike in every channel; a few are brighter."""
    random = np.random.default_rng(seed)

    def one(shape):
        axes = np.meshgrid(*(np.linspace(0, 1, n) for n in shape[2:] or shape[1:]), indexing="ij")
        planes = []
        for _ in range(int(np.prod(shape[:2])) if len(shape) > 2 else shape[0]):
            waves = [np.sin(2 * np.pi * sum(random.uniform(0, 5) * a for a in axes) + random.uniform(0, 6)) for _ in range(3)]
            planes.append(sum(waves) / 3 + 0.25 * random.standard_normal(axes[0].shape) + random.uniform(-0.4, 0.4))
        return (np.stack(planes).reshape(shape) * random.uniform(0.5, 1.5)).astype(np.float32)

    return [[one(shape) for shape in shapes] for _ in range(count)]


def sensible(network, seed, *arguments, **options):
    """The network in evaluation mode, its BatchNorm as if it had been trained on `samples`."""
    torch.manual_seed(seed)
    model = network(*arguments, **options)
    norms = [m for m in model.modules() if isinstance(m, (nn.BatchNorm1d, nn.BatchNorm2d))]
    for norm in norms:
        norm.momentum = None
        norm.weight.data.uniform_(0.6, 1.6)
        norm.bias.data.uniform_(-0.4, 0.6)
    with torch.no_grad():
        model.train()
        for inputs in samples(model.shapes, 16, seed):
            model(*(torch.from_numpy(np.concatenate([x, -x])) for x in inputs))
    for norm in norms:
        norm.momentum = 0.1
    return model.eval()
