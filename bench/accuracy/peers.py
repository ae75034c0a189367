"""
What ONNX Runtime's and PyTorch's static quantization make of the float models that `npm run bench -- accuracy` measures qbin
on: the same weights, the same 500 images to calibrate with, right answers on the same test images. Writes peers.json.

    python3 -m venv env && env/bin/pip install torch onnx onnxruntime
    node bench/accuracy/resnet8.mjs /tmp
    env/bin/python bench/accuracy/peers.py /tmp

The folder is where resnet8.mjs left resnet8_fp32 as .onnx and as .qbin.
"""

import json
import sys
import tempfile
import warnings
from pathlib import Path

import numpy as np
import onnxruntime
import torch
from data import TRAINED_ON, read
from network import load_folded
from onnxruntime.quantization import CalibrationMethod, QuantFormat, QuantType, quantize_static
from onnxruntime.quantization.calibrate import CalibrationDataReader
from onnxruntime.quantization.shape_inference import quant_pre_process
from resnet8 import Resnet8
from torch.ao.quantization import get_default_qconfig_mapping
from torch.ao.quantization.quantize_fx import convert_fx, prepare_fx

HERE = Path(__file__).parent
DEPTHWISE = HERE.parents[1] / "test" / "models" / "accuracy" / "depthwise_cifar10.onnx"


def models(folder):
    """Name, ONNX file, the same in PyTorch, preparation of pixels, first test image."""
    folder = Path(folder)
    resnet8 = Resnet8(folder / "resnet8_fp32.qbin")
    yield "resnet8", folder / "resnet8_fp32.onnx", resnet8, lambda p: p.astype(np.float32), 0
    prepare = lambda p: (p.astype(np.float32) - 127.5) * np.float32(1 / 127.5)
    yield "depthwise", DEPTHWISE, load_folded(DEPTHWISE), prepare, TRAINED_ON


class Reader(CalibrationDataReader):
    def __init__(self, name, images):
        self.samples = iter([{name: image[None]} for image in images])

    def get_next(self):
        return next(self.samples, None)


def share(right):
    return round(100 * float(np.mean(right)), 2)


def with_onnxruntime(file, calibration, images, labels):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 2

    def top1(path):
        session = onnxruntime.InferenceSession(str(path), options)
        name = session.get_inputs()[0].name
        return share([session.run(None, {name: image[None]})[0].argmax() == l for image, l in zip(images, labels)])

    found = {"float32": top1(file)}
    with tempfile.TemporaryDirectory() as folder:
        prepared, quantized = Path(folder) / "prepared.onnx", Path(folder) / "quantized.onnx"
        quant_pre_process(str(file), str(prepared))
        name = onnxruntime.InferenceSession(str(prepared), options).get_inputs()[0].name
        for method in CalibrationMethod.MinMax, CalibrationMethod.Entropy, CalibrationMethod.Percentile:
            for per_channel in True, False:
                quantize_static(
                    str(prepared),
                    str(quantized),
                    Reader(name, calibration),
                    quant_format=QuantFormat.QDQ,
                    per_channel=per_channel,
                    activation_type=QuantType.QUInt8,
                    weight_type=QuantType.QInt8,
                    calibrate_method=method,
                )
                kind = "per-channel" if per_channel else "per-tensor"
                found[f"{method.name.lower()} {kind}"] = top1(quantized)
                print(method.name, kind, found[f"{method.name.lower()} {kind}"], flush=True)
    return found


def with_pytorch(network, calibration, images, labels):
    found = {}

    def top1(module):
        with torch.no_grad():
            return share([module(torch.tensor(image[None])).argmax().item() == l for image, l in zip(images, labels)])

    found["float32"] = top1(network.eval())
    for backend in "x86", "qnnpack":
        torch.backends.quantized.engine = backend
        mapping = get_default_qconfig_mapping(backend)
        prepared = prepare_fx(network, mapping, (torch.tensor(calibration[:1]),))
        with torch.no_grad():
            for image in calibration:
                prepared(torch.tensor(image[None]))
        found[backend] = top1(convert_fx(prepared))
        print(backend, found[backend], flush=True)
    return found


if __name__ == "__main__":
    warnings.filterwarnings("ignore")
    torch.set_num_threads(2)
    result = {"onnxruntime": onnxruntime.__version__, "torch": torch.__version__.split("+")[0], "models": {}}
    for model, file, network, prepare, first in models(sys.argv[1]):
        calibration = prepare(read("cifar10-calibration")[1])
        labels, pixels = (part[first:] for part in read("cifar10-test"))
        images = prepare(pixels)
        result["models"][model] = {
            "images": len(images),
            "onnxruntime": with_onnxruntime(file, calibration, images, labels),
            "pytorch": with_pytorch(network, calibration, images, labels),
        }
    (HERE / "peers.json").write_text(json.dumps(result, indent=2) + "\n")
