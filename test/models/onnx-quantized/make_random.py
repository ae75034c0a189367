"""Makes any number of quantized models at random, for a comparison that is not kept: see README.md.

    env/bin/python test/models/onnx-quantized/make_random.py --folder /tmp/random --samples 8 --count 200 --first 0

Networks, seeds and everything ONNX Runtime's tools let one choose are drawn. In half of the models scales are powers of two
afterwards, so that many values lie exactly between two steps. What the tools or ONNX Runtime itself refuse is counted.
"""

import argparse
import collections
import pathlib
import random
import sys
import tempfile

import numpy as np
import onnx
import torch

parser = argparse.ArgumentParser()
parser.add_argument("--count", type=int, default=100)
parser.add_argument("--first", type=int, default=0, help="the first seed")
own, rest = parser.parse_known_args()
sys.argv[1:] = rest

from make_ort import ENTROPY, MINMAX, OPERATOR, PERCENTILE, QDQ, S8, U8, Calibration, export, quantize_dynamic, quantize_static, short, with_powers_of_two  # noqa: E402
from networks import Attention, Audio, Cnn, Gated, Inception, Mlp, Mobilenet, Resnet, Unet, samples, sensible  # noqa: E402
from record import FOLDER, SAMPLES, record, stripped, write_manifest  # noqa: E402

NETWORKS = [(kind, {}) for kind in (Attention, Audio, Cnn, Gated, Inception, Mlp, Mobilenet, Resnet, Unet)]
NETWORKS += [(Attention, {"norm": True}), (Unet, {"transposed": True})]
EXTRA = {
    "ActivationSymmetric": [True],
    "WeightSymmetric": [False],
    "QuantizeBias": [False],
    "DedicatedQDQPair": [True],
    "UseQDQContribOps": [True],
    "AddQDQPairToWeight": [True],
    "ForceQuantizeNoInputCheck": [True],
    "MatMulConstBOnly": [True, False],
    "CalibTensorRangeSymmetric": [True],
}


def quantized(seed, path):
    draw = random.Random(seed)
    network, arguments = draw.choice(NETWORKS)
    model = sensible(network, seed, **arguments)
    options = {name: draw.choice(values) for name, values in EXTRA.items() if draw.random() < 0.15}
    activations, weights = draw.choice([(U8, S8), (U8, U8), (S8, S8)])
    per_channel, form = draw.random() < 0.5, draw.choice(["QDQ", "QDQ", "operators", "dynamic"])
    facts = {"network": network.__name__, "form": form, "scales": "per channel" if per_channel else "per tensor"}
    with tempfile.TemporaryDirectory() as folder:
        float_path = pathlib.Path(folder) / "float.onnx"
        export(model, float_path, draw.choice([13, 15, 17, 20]))
        if form == "dynamic":
            quantize_dynamic(str(float_path), str(path), per_channel=per_channel, weight_type=weights, extra_options=options)
            return model, {**facts, "types": f"uint8 x {short(weights)}", "ranges": "of each input"}
        method = draw.choice([MINMAX, ENTROPY, PERCENTILE])
        quantize_static(
            str(float_path),
            str(path),
            Calibration(model.shapes, seed),
            quant_format=QDQ if form == "QDQ" else OPERATOR,
            activation_type=activations,
            weight_type=weights,
            per_channel=per_channel,
            reduce_range=draw.random() < 0.2,
            calibrate_method=method,
            extra_options=options,
        )
    if draw.random() < 0.5:
        with_powers_of_two(path, path)
        facts["form"] += ", powers of two"
    return model, {**facts, "types": f"{short(activations)} x {short(weights)}", "ranges": method.name}


def main():
    models, refused = [], collections.Counter()
    for seed in range(own.first, own.first + own.count):
        name = f"random_{seed}"
        path = FOLDER / f"{name}.onnx"
        try:
            model, facts = quantized(seed, path)
            stripped(path)
            models.append(record(name, samples(model.shapes, SAMPLES, 1000 + seed), **facts))
        except Exception as error:
            path.unlink(missing_ok=True)
            refused[f"{type(error).__name__}: {str(error).strip().splitlines()[0][:120]}"] += 1
    write_manifest("ort.json", {"torch": torch.__version__}, models)
    write_manifest("torch.json", {}, [])
    print(f"{len(models)} models; refused: {dict(refused)}")


if __name__ == "__main__":
    main()
