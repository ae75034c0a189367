"""
Trains the depthwise network of network.py and writes it as ONNX, BatchNorm folded.

    OMP_NUM_THREADS=1 python train.py RESNET8.qbin OUTPUT.onnx [EPOCHS]

3,000 images of cifar10-test.bin and the 500 of cifar10-calibration.bin are what there is to learn from; the other 2,000 of
the test file are never seen. So few images do not teach a network much, and resnet8_fp32 helps: it says what it sees in crops,
mirror images and mixtures of the images, and the network learns to say the same. RESNET8.qbin is what `qbin convert` makes of
resnet8_fp32.tflite. About 15 minutes on one core. Wants torch and onnx from PyPI.
"""

import sys
import time

import numpy as np
import onnx
import torch
import torch.nn.functional as F
from data import TRAINED_ON, read
from network import Network
from onnx import TensorProto, helper, numpy_helper
from resnet8 import Resnet8

BATCH = 125
# Of the softmax whose answers are learned.
TEMPERATURE = 2.0


def augment(pixels, generator):
    """Each image moved by up to four pixels and perhaps mirrored; half the batches are mixtures of two images each."""
    n = len(pixels)
    padded = F.pad(pixels, (4, 4, 4, 4), mode="reflect")
    top, left = (torch.randint(0, 9, (n,), generator=generator) for _ in range(2))
    moved = torch.stack([image[:, y : y + 32, x : x + 32] for image, y, x in zip(padded, top, left)])
    mirrored = torch.rand(n, generator=generator) < 0.5
    moved[mirrored] = moved[mirrored].flip(3)
    if torch.rand((), generator=generator) < 0.5:
        share = torch.rand(n, 1, 1, 1, generator=generator) * 0.5
        moved = moved * (1 - share) + moved[torch.randperm(n, generator=generator)] * share
    return moved


def accuracy(network, pixels, labels):
    network.eval()
    with torch.no_grad():
        right = sum(
            (network((p - 127.5) / 127.5).argmax(1) == l).sum().item()
            for p, l in zip(pixels.split(250), labels.split(250))
        )
    return right / len(labels)


def train(teacher, epochs):
    torch.manual_seed(1)
    # Nearly dead channels make numbers so small that processors take a hundred times as long over them.
    torch.set_flush_denormal(True)
    generator = torch.Generator().manual_seed(1)
    calibration, test = read("cifar10-calibration"), read("cifar10-test")
    pixels = torch.tensor(np.concatenate([calibration[1], test[1][:TRAINED_ON]])).float()
    held = torch.tensor(test[1][TRAINED_ON:]).float(), torch.tensor(test[0][TRAINED_ON:])
    teacher = teacher.eval().to(memory_format=torch.channels_last)
    network = Network().to(memory_format=torch.channels_last)
    norms = [p for name, p in network.named_parameters() if p.ndim == 1]
    others = [p for name, p in network.named_parameters() if p.ndim > 1]
    optimizer = torch.optim.AdamW(
        [{"params": norms, "weight_decay": 0}, {"params": others, "weight_decay": 0.05}], lr=4e-3
    )
    steps = epochs * (len(pixels) // BATCH)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 4e-3, total_steps=steps, pct_start=0.15)
    started = time.time()
    for epoch in range(epochs):
        network.train()
        loss_sum = 0.0
        for chosen in torch.randperm(len(pixels), generator=generator).split(BATCH):
            batch = augment(pixels[chosen], generator).contiguous(memory_format=torch.channels_last)
            with torch.no_grad():
                wanted = F.log_softmax(teacher(batch) / TEMPERATURE, 1)
            said = F.log_softmax(network((batch - 127.5) / 127.5) / TEMPERATURE, 1)
            loss = F.kl_div(said, wanted, log_target=True, reduction="batchmean") * TEMPERATURE**2
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
            loss_sum += loss.item()
        seconds = time.time() - started
        if epoch % 10 == 9 or epoch == 0:
            print(f"epoch {epoch + 1}: loss {loss_sum * BATCH / len(pixels):.3f}, {seconds:.0f} s", flush=True)
    print(f"right about {100 * accuracy(network, *held):.2f} % of {len(held[1])}, {epochs} epochs, {seconds:.0f} s")
    return network


def to_onnx(network):
    """Convolutions with their biases, Clip and Add: what exporters make of a network whose BatchNorm is folded."""
    nodes, constants = [], [numpy_helper.from_array(np.float32(v), n) for n, v in (("zero", 0), ("six", 6))]

    def add(op, inputs, name, **attributes):
        nodes.append(helper.make_node(op, inputs, [name], name, **attributes))
        return name

    def constant(name, value):
        constants.append(numpy_helper.from_array(np.ascontiguousarray(value.detach().numpy()), name))
        return name

    def layer(module, x, name):
        weight, bias = module.fold()
        conv = module.conv
        inputs = [x, constant(f"{name}.weight", weight), constant(f"{name}.bias", bias)]
        kernel, pads, strides = list(conv.kernel_size), list(conv.padding) * 2, list(conv.stride)
        y = add("Conv", inputs, name, kernel_shape=kernel, pads=pads, strides=strides, group=conv.groups)
        return add("Clip", [y, "zero", "six"], f"{name}.relu6") if module.relu6 else y

    x = layer(network.stem, "image", "stem")
    for index, block in enumerate(network.blocks):
        y = x
        for name in ("expand", "depthwise", "project"):
            y = layer(getattr(block, name), y, f"block{index}.{name}")
        x = add("Add", [x, y], f"block{index}.add") if block.residual else y
    x = layer(network.head, x, "head")
    x = add("GlobalAveragePool", [x], "pool")
    x = add("Flatten", [x], "flatten")
    classes = network.classes
    inputs = [x, constant("classes.weight", classes.weight), constant("classes.bias", classes.bias)]
    add("Gemm", inputs, "classes", transB=1)
    graph = helper.make_graph(
        nodes,
        "depthwise_cifar10",
        [helper.make_tensor_value_info("image", TensorProto.FLOAT, ["n", 3, 32, 32])],
        [helper.make_tensor_value_info("classes", TensorProto.FLOAT, ["n", 10])],
        constants,
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.checker.check_model(model, full_check=True)
    return model


if __name__ == "__main__":
    teacher_file, output, *rest = sys.argv[1:]
    trained = train(Resnet8(teacher_file), int(rest[0]) if rest else 150)
    onnx.save(to_onnx(trained.eval()), output)
