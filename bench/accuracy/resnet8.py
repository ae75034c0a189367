"""resnet8_fp32 of MLPerf Tiny in PyTorch, with the weights of a .qbin that `qbin convert` made of the .tflite file."""

import json
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn


def read_qbin(path):
    """The header of docs/qbin.md, and the float32 constants by tensor index."""
    file = Path(path).read_bytes()
    header_length = int.from_bytes(file[40:44], "little")
    header = json.loads(file[64 : 64 + header_length])
    start = 64 + header_length
    constants = {}
    for index, tensor in enumerate(header["tensors"]):
        if "data" in tensor and tensor["dtype"] == "float32":
            offset, length = tensor["data"]["offset"] + start, tensor["data"]["length"]
            constants[index] = np.frombuffer(file[offset : offset + length], np.float32).reshape(tensor["shape"])
    return header, constants


class Conv(nn.Module):
    """A convolution, padded before as TensorFlow's "same" says, and relu where the node has one."""

    def __init__(self, node, constants):
        super().__init__()
        _, weight, bias = (constants.get(index) for index in node["inputs"])
        attributes = node["attributes"]
        outputs, kernel, _, inputs = weight.shape
        self.conv = nn.Conv2d(inputs, outputs, kernel, attributes["stride"][0])
        self.conv.weight.data = torch.tensor(weight.transpose(0, 3, 1, 2).copy())
        self.conv.bias.data = torch.tensor(bias)
        top, left, bottom, right = attributes["padding"]
        self.pad = (left, right, top, bottom)
        self.relu = nn.ReLU() if attributes["activation"] == "relu" else nn.Identity()

    def forward(self, x):
        return self.relu(self.conv(F.pad(x, self.pad)))


class Resnet8(nn.Module):
    """float32[n, 3, 32, 32] of pixels 0 ... 255 in, ten logits out."""

    def __init__(self, qbin):
        super().__init__()
        header, constants = read_qbin(qbin)
        nodes = [node for node in header["nodes"] if node["op"] in ("conv2d", "fully_connected")]
        *convs, dense = nodes
        self.convs = nn.ModuleList(Conv(node, constants) for node in convs)
        self.classes = nn.Linear(64, 10)
        self.classes.weight.data = torch.tensor(constants[dense["inputs"][1]])
        self.classes.bias.data = torch.tensor(constants[dense["inputs"][2]])
        self.adds = nn.ModuleList(nn.quantized.FloatFunctional() for _ in range(3))

    def forward(self, x):
        stem, a1, a2, b1, b2, b0, c1, c2, c0 = self.convs
        x = stem(x)
        x = torch.relu(self.adds[0].add(x, a2(a1(x))))
        x = torch.relu(self.adds[1].add(b0(x), b2(b1(x))))
        x = torch.relu(self.adds[2].add(c0(x), c2(c1(x))))
        return self.classes(x.mean((2, 3)))
