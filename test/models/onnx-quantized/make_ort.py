"""Makes models quantized by ONNX Runtime's tools, with the outputs ONNX Runtime gives.

    python3 -m venv env && env/bin/pip install torch onnx onnxscript onnxruntime sympy
    env/bin/python test/models/onnx-quantized/make_ort.py
    node test/models/onnx-quantized/record-web.mjs

Every way of quantizing that the tools have is in the table below with some network, not every one with every network.
The files depend on the processor: without VNNI instructions an x86 computes uint8 by int8 products with 16-bit sums that
saturate, unless the weights have 7 bits (`reduce_range`). The ones kept were made with VNNI. No test run rewrites them.
"""

import pathlib
import tempfile
import warnings

import numpy as np
import onnx
import torch
from networks import Attention, Audio, Cnn, Gated, Inception, Mlp, Mobilenet, Resnet, Unet, samples, sensible
from onnxruntime.quantization import CalibrationDataReader, CalibrationMethod, QuantFormat, QuantType, quantize_dynamic, quantize_static
from onnxruntime.quantization.shape_inference import quant_pre_process
from record import EXTENDED, FOLDER, SAMPLES, record, recorded_inputs, session, stripped, write_manifest

S8, U8 = QuantType.QInt8, QuantType.QUInt8
QDQ, OPERATOR = QuantFormat.QDQ, QuantFormat.QOperator
MINMAX, ENTROPY, PERCENTILE = CalibrationMethod.MinMax, CalibrationMethod.Entropy, CalibrationMethod.Percentile
SYMMETRIC = {"ActivationSymmetric": True}

# name, network, its arguments (and the operator set it is exported with, else 17), form, activations, weights, per channel, calibration, further options
STATIC = [
    ("cnn_qdq_u8s8_tensor_minmax", Cnn, {}, QDQ, U8, S8, False, MINMAX, {}),
    ("cnn_op_u8u8_tensor_percentile", Cnn, {}, OPERATOR, U8, U8, False, PERCENTILE, {}),
    ("resnet_qdq_s8s8_channel_minmax", Resnet, {}, QDQ, S8, S8, True, MINMAX, {}),
    ("resnet_qdq_symmetric_s8s8_channel", Resnet, {}, QDQ, S8, S8, True, MINMAX, {"extra_options": SYMMETRIC}),
    ("resnet_op_u8s8_channel_entropy", Resnet, {}, OPERATOR, U8, S8, True, ENTROPY, {}),
    ("mobilenet_op_u8s8_channel_percentile", Mobilenet, {}, OPERATOR, U8, S8, True, PERCENTILE, {}),
    ("mobilenet_qdq_u8s8_channel_reduced", Mobilenet, {}, QDQ, U8, S8, True, MINMAX, {"reduce_range": True}),
    ("mobilenet_qdq_symmetric_s8s8_tensor", Mobilenet, {}, QDQ, S8, S8, False, ENTROPY, {"extra_options": SYMMETRIC}),
    ("mlp_op_u8u8_tensor_entropy", Mlp, {}, OPERATOR, U8, U8, False, ENTROPY, {}),
    ("mlp_qdq_s8s8_channel_minmax", Mlp, {"opset": 13}, QDQ, S8, S8, True, MINMAX, {}),
    ("inception_qdq_u8u8_tensor_entropy", Inception, {}, QDQ, U8, U8, False, ENTROPY, {"extra_options": {"DedicatedQDQPair": True}}),
    ("inception_op_s8s8_channel_minmax", Inception, {}, OPERATOR, S8, S8, True, MINMAX, {}),
    ("attention_qdq_s8s8_channel_minmax", Attention, {}, QDQ, S8, S8, True, MINMAX, {}),
    ("attention_op_u8u8_tensor_minmax", Attention, {}, OPERATOR, U8, U8, False, MINMAX, {}),
    ("gated_op_u8s8_tensor_minmax", Gated, {}, OPERATOR, U8, S8, False, MINMAX, {}),
    ("gated_qdq_s8s8_channel_percentile", Gated, {}, QDQ, S8, S8, True, PERCENTILE, {}),
    ("unet_qdq_u8s8_channel_percentile", Unet, {}, QDQ, U8, S8, True, PERCENTILE, {"extra_options": {"UseQDQContribOps": True}}),
    ("unet_op_u8u8_tensor_minmax", Unet, {}, OPERATOR, U8, U8, False, MINMAX, {}),
    ("transposed_qdq_s8s8_tensor_minmax", Unet, {"transposed": True}, QDQ, S8, S8, False, MINMAX, {}),
    ("audio_qdq_u8s8_channel_minmax", Audio, {"opset": 20}, QDQ, U8, S8, True, MINMAX, {}),
    ("cnn_qdq_u8s8_float_bias", Cnn, {}, QDQ, U8, S8, True, MINMAX, {"extra_options": {"QuantizeBias": False}}),
    ("mobilenet_op_u8u8_channel_minmax", Mobilenet, {}, OPERATOR, U8, U8, True, MINMAX, {}),
]

# name, network, its arguments, weights, per channel, further options
DYNAMIC = [
    ("mlp_dynamic_s8_tensor", Mlp, {}, S8, False, {}),
    ("attention_dynamic_s8_channel", Attention, {"norm": True}, S8, True, {"extra_options": {"MatMulConstBOnly": False}}),
    ("attention_dynamic_u8_tensor", Attention, {"norm": True}, U8, False, {}),
    ("cnn_dynamic_u8_tensor", Cnn, {}, U8, False, {}),
    ("mlp_dynamic_u8_channel", Mlp, {}, U8, True, {}),
]

# What ONNX Runtime makes of a model above when it optimizes it: the operators of com.microsoft, as a file.
OPTIMIZED = [
    "inception_qdq_u8u8_tensor_entropy",
    "attention_qdq_s8s8_channel_minmax",
    "gated_qdq_s8s8_channel_percentile",
    "mlp_qdq_s8s8_channel_minmax",
    "attention_dynamic_s8_channel",
]

# Models above with powers of two as scales, so that many values lie exactly between two steps.
TIES = [
    "mlp_op_u8u8_tensor_entropy",
    "resnet_op_u8s8_channel_entropy",
    "mobilenet_qdq_u8s8_channel_reduced",
    "inception_op_s8s8_channel_minmax",
    "attention_op_u8u8_tensor_minmax",
    "gated_op_u8s8_tensor_minmax",
]

# Models above without the float32 at both ends, as devices get them.
INTEGER_ENDS = ["cnn_qdq_u8s8_tensor_minmax", "resnet_qdq_s8s8_channel_minmax"]


class Calibration(CalibrationDataReader):
    def __init__(self, shapes, seed):
        self.rows = iter([{f"x{i}": x for i, x in enumerate(row)} for row in samples(shapes, 16, seed)])

    def get_next(self):
        return next(self.rows, None)


def export(model, path, opset):
    """The float model as ONNX Runtime's documentation says to prepare it: BatchNorm folded, shapes inferred."""
    raw = path.with_suffix(".raw.onnx")
    inputs = tuple(torch.zeros(shape) for shape in model.shapes)
    names = [f"x{i}" for i in range(len(inputs))]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(model, inputs, str(raw), opset_version=opset, dynamo=False, input_names=names)
    quant_pre_process(str(raw), str(path), skip_optimization=False, skip_symbolic_shape=True)


def with_powers_of_two(source, target):
    """Every scale becomes the nearest power of two; those of biases stay the product of their input's and weights'."""
    model = onnx.load(str(source))
    stored = {tensor.name: tensor for tensor in model.graph.initializer}
    scales, biases = set(), {}

    def array(name):
        return onnx.numpy_helper.to_array(stored[name])

    writers = {name: node for node in model.graph.node for name in node.output}
    for node in model.graph.node:
        if node.op_type in ("QuantizeLinear", "DequantizeLinear"):
            scales.add(node.input[1])
        elif node.op_type.startswith("Q"):
            scales |= {name for name in node.input if name in stored and array(name).dtype == np.float32 and name.endswith("scale")}
        if node.op_type in ("Conv", "ConvTranspose", "Gemm") and len(node.input) > 2:
            x, w, b = (writers.get(name) for name in node.input[:3])
            if all(n is not None and n.op_type == "DequantizeLinear" for n in (x, w, b)):
                biases[b.input[1]] = (x.input[1], w.input[1])
    for name in scales - biases.keys():
        stored[name].CopyFrom(onnx.numpy_helper.from_array((2.0 ** np.round(np.log2(array(name)))).astype(np.float32), name))
    for name, (x, w) in biases.items():
        product = (array(x) * array(w)).astype(np.float32).reshape(array(name).shape)
        stored[name].CopyFrom(onnx.numpy_helper.from_array(product, name))
    onnx.save(model, str(target))


def without_float_ends(source, target):
    """Inputs and outputs become what the first QuantizeLinear writes and the last DequantizeLinear reads."""
    model = onnx.load(str(source))
    graph = model.graph
    types = {tensor.name: tensor.data_type for tensor in graph.initializer}
    for value in graph.input:
        node = next(n for n in graph.node if n.op_type == "QuantizeLinear" and n.input[0] == value.name)
        value.name, value.type.tensor_type.elem_type = node.output[0], types[node.input[2]]
        graph.node.remove(node)
    for value in graph.output:
        node = next(n for n in graph.node if n.op_type == "DequantizeLinear" and n.output[0] == value.name)
        value.name, value.type.tensor_type.elem_type = node.input[0], types[node.input[2]]
        if not any(node.output[0] in n.input for n in graph.node):
            graph.node.remove(node)
    onnx.save(model, str(target))
    zero_points = {n.input[0]: n.input[2] for n in graph.node if n.op_type == "DequantizeLinear"}
    stored = {tensor.name: onnx.numpy_helper.to_array(tensor) for tensor in graph.initializer}
    return [stored[zero_points[value.name]].dtype for value in graph.input]


def main():
    models = []
    with tempfile.TemporaryDirectory() as folder:
        float_path = pathlib.Path(folder) / "float.onnx"
        for seed, (name, network, given, form, activations, weights, per_channel, method, options) in enumerate(STATIC):
            arguments = dict(given)
            opset = arguments.pop("opset", 17)
            model = sensible(network, seed, **arguments)
            export(model, float_path, opset)
            quantize_static(
                str(float_path),
                str(FOLDER / f"{name}.onnx"),
                Calibration(model.shapes, seed),
                quant_format=form,
                activation_type=activations,
                weight_type=weights,
                per_channel=per_channel,
                calibrate_method=method,
                **options,
            )
            stripped(FOLDER / f"{name}.onnx")
            facts = {"network": network.__name__, "form": "QDQ" if form == QDQ else "operators", "types": f"{short(activations)} x {short(weights)}"}
            facts |= {"scales": "per channel" if per_channel else "per tensor", "ranges": method.name, "options": flat(options)}
            models.append(record(name, samples(model.shapes, SAMPLES, 100 + seed), **facts))
        for seed, (name, network, arguments, weights, per_channel, options) in enumerate(DYNAMIC, 50):
            model = sensible(network, seed, **arguments)
            export(model, float_path, 17)
            quantize_dynamic(str(float_path), str(FOLDER / f"{name}.onnx"), per_channel=per_channel, weight_type=weights, **options)
            stripped(FOLDER / f"{name}.onnx")
            facts = {"network": network.__name__, "form": "dynamic", "types": f"uint8 x {short(weights)}"}
            facts |= {"scales": "per channel" if per_channel else "per tensor", "ranges": "of each input", "options": flat(options)}
            models.append(record(name, samples(model.shapes, SAMPLES, 100 + seed), **facts))
    of = {model["name"]: model for model in models}
    for source in OPTIMIZED:
        name = f"{source}_optimized"
        session(FOLDER / f"{source}.onnx", EXTENDED, int8_allowed=True, keep=FOLDER / f"{name}.onnx")
        stripped(FOLDER / f"{name}.onnx")
        models.append(record(name, recorded_inputs(of[source]), source, **facts_of(of[source], "optimized")))
    for source in TIES:
        name = f"{source}_ties"
        with_powers_of_two(FOLDER / f"{source}.onnx", FOLDER / f"{name}.onnx")
        models.append(record(name, recorded_inputs(of[source]), source, **facts_of(of[source], f"{of[source]['form']}, ties")))
    for source in INTEGER_ENDS:
        name = f"{source}_integer_ends"
        dtypes = without_float_ends(FOLDER / f"{source}.onnx", FOLDER / f"{name}.onnx")
        # Integers are small in the file, and more of them, with this seed, show where the ways of ONNX Runtime part.
        rows = samples([value["shape"] for value in of[source]["inputs"]], 8 * SAMPLES, 120)
        inputs = [[as_integers(x, dtype) for x, dtype in zip(row, dtypes)] for row in rows]
        models.append(record(name, inputs, **facts_of(of[source], "QDQ, integer ends")))
    write_manifest("ort.json", {"torch": torch.__version__}, models)


def as_integers(x, dtype):
    """Values of a range of about -2 to 2 over the range of the type."""
    info = np.iinfo(dtype)
    return (x * 60 + (info.max + info.min + 1) // 2).round().clip(info.min, info.max).astype(dtype)


def facts_of(entry, form):
    return {key: entry[key] for key in ("network", "types", "scales", "ranges", "options")} | {"form": form}


def short(kind):
    return "int8" if kind == S8 else "uint8"


def flat(options):
    return ", ".join(sorted({**options, **options.get("extra_options", {})}.keys() - {"extra_options"}))


if __name__ == "__main__":
    main()
