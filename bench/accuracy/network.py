"""A small MobileNetV2 for CIFAR-10: inverted residuals of depthwise convolutions with relu6."""

import onnx
import torch
import torch.nn.functional as F
from onnx import numpy_helper
from torch import nn

# Expansion is by 4; a residual wherever shapes allow.
BLOCKS = [(16, 24, 2), (24, 24, 1), (24, 40, 2), (40, 40, 1), (40, 64, 1)]
HEAD = 192


class Layer(nn.Module):
    """Convolution, BatchNorm, a fixed scale per channel, and relu6 where asked. `fold` makes it one convolution."""

    def __init__(self, inputs, outputs, kernel, stride=1, groups=1, relu6=True, spread=None):
        super().__init__()
        self.conv = nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, groups=groups, bias=False)
        self.norm = nn.BatchNorm2d(outputs)
        self.relu6 = relu6
        self.register_buffer("spread", torch.ones(outputs) if spread is None else spread)

    def forward(self, x):
        norm = self.norm
        weight, bias = norm.weight * self.spread, norm.bias * self.spread
        x = F.batch_norm(
            self.conv(x), norm.running_mean, norm.running_var, weight, bias, self.training, norm.momentum, norm.eps
        )
        return F.relu6(x) if self.relu6 else x

    def fold(self):
        scale = self.norm.weight / torch.sqrt(self.norm.running_var + self.norm.eps) * self.spread
        weight = self.conv.weight * scale.view(-1, 1, 1, 1)
        bias = self.norm.bias * self.spread - self.norm.running_mean * scale
        return weight.detach(), bias.detach()


def spread(channels, generator):
    """
    Scales of channels: one in eight is nearly dead, with 1/16 down to 1/256 of what the others have. Channels like these are what
    long training with weight decay leaves in MobileNets, and BatchNorm folded into the next layer makes up for them with
    large weights. A short training does not get there, so they are given.
    """
    scale = 2 ** (torch.rand(channels, generator=generator) * 2 - 1)
    dead = torch.randperm(channels, generator=generator)[: channels // 8]
    scale[dead] = 2 ** -(4 + 4 * torch.rand(len(dead), generator=generator))
    return scale


class Block(nn.Module):
    def __init__(self, inputs, outputs, stride, generator):
        super().__init__()
        wide = 4 * inputs
        self.expand = Layer(inputs, wide, 1, spread=spread(wide, generator))
        self.depthwise = Layer(wide, wide, 3, stride, groups=wide, spread=spread(wide, generator))
        self.project = Layer(wide, outputs, 1, relu6=False)
        self.residual = stride == 1 and inputs == outputs

    def forward(self, x):
        y = self.project(self.depthwise(self.expand(x)))
        return x + y if self.residual else y


class Network(nn.Module):
    """float32[n, 3, 32, 32] of (pixel - 127.5) / 127.5 in, ten logits out."""

    def __init__(self):
        super().__init__()
        generator = torch.Generator().manual_seed(2)
        self.stem = Layer(3, 16, 3)
        self.blocks = nn.ModuleList(Block(*block, generator) for block in BLOCKS)
        self.head = Layer(BLOCKS[-1][1], HEAD, 1)
        self.classes = nn.Linear(HEAD, 10)

    def forward(self, x):
        x = self.stem(x)
        for block in self.blocks:
            x = block(x)
        return self.classes(self.head(x).mean((2, 3)))


def load_folded(file):
    """The network of the ONNX file that train.py wrote, with one convolution for each Layer."""
    weights = {one.name: torch.tensor(numpy_helper.to_array(one)) for one in onnx.load(file).graph.initializer}
    network = Network()
    for name, layer in [*network.named_modules()]:
        if not isinstance(layer, Layer):
            continue
        old = layer.conv
        conv = nn.Conv2d(
            old.in_channels, old.out_channels, old.kernel_size, old.stride, old.padding, groups=old.groups
        )
        own = name.replace("blocks.", "block")
        conv.weight.data, conv.bias.data = weights[f"{own}.weight"], weights[f"{own}.bias"]
        parent = network.get_submodule(name.rpartition(".")[0])
        setattr(parent, name.rpartition(".")[2], nn.Sequential(conv, nn.ReLU6() if layer.relu6 else nn.Identity()))
    network.classes.weight.data, network.classes.bias.data = weights["classes.weight"], weights["classes.bias"]
    return network.eval()
