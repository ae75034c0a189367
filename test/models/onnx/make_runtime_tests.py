"""Packs small quantized models, with what ONNX Runtime computes for them, into runtime-tests.bin.gz, beside this file.

    python3 -m venv env && env/bin/pip install onnx onnxruntime
    env/bin/python test/models/onnx/make_runtime_tests.py

ONNX's own tests (make_node_tests.py) know nothing of ONNX Runtime's operators, and of operators between DequantizeLinear
and QuantizeLinear. Types are in the names, u8 and s8. The tests of operators run without graph optimizations, those of patterns (`qdq_*`) with all, int8
layers allowed as on ARM; `operators` is what ONNX Runtime made of a pattern. The file is as that of make_node_tests.py.
"""

import gzip
import json
import pathlib
import struct
import tempfile

import numpy as np
import onnx
import onnxruntime
from make_node_tests import Pack
from onnx import TensorProto, helper, numpy_helper

FOLDER = pathlib.Path(__file__).parent
MS = "com.microsoft"
RANDOM = np.random.default_rng(7)
TYPES = {"u8": np.uint8, "s8": np.int8}
PROTO = {np.dtype(np.uint8): TensorProto.UINT8, np.dtype(np.int8): TensorProto.INT8, np.dtype(np.float32): TensorProto.FLOAT}


def integers(kind, *shape):
    info = np.iinfo(TYPES[kind])
    return RANDOM.integers(info.min, info.max, shape, dtype=TYPES[kind], endpoint=True)


def reals(*shape, spread=1.0):
    return (RANDOM.standard_normal(shape) * spread).astype(np.float32)


class Graph:
    """One model being written: constants get names, nodes follow each other."""

    def __init__(self, opset=21):
        self.nodes, self.constants, self.inputs, self.values, self.opset = [], [], [], [], opset

    def const(self, value, dtype=None):
        array = np.asarray(value, dtype or np.asarray(value).dtype)
        name = f"c{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(array, name))
        return name

    def input(self, value):
        name = f"x{len(self.inputs)}"
        self.inputs.append(helper.make_tensor_value_info(name, PROTO[value.dtype], value.shape))
        self.values.append((name, value))
        return name

    def node(self, op, *inputs, domain="", outputs=1, **attributes):
        names = [f"v{len(self.nodes)}_{i}" for i in range(outputs)]
        self.nodes.append(helper.make_node(op, list(inputs), names, f"n{len(self.nodes)}", domain=domain, **attributes))
        return names[0] if outputs == 1 else names

    def params(self, kind, scale=0.02, point=None):
        """Scale and zero point of an activation."""
        middle = {"u8": 121, "s8": -5}[kind] if point is None else point
        return self.const(scale, np.float32), self.const(middle, TYPES[kind])

    def weights(self, kind, shape, channels=None, scale=0.01, point=0):
        count = () if channels is None else (channels,)
        scales = (scale * (1 + RANDOM.random(count))).astype(np.float32)
        return self.const(integers(kind, *shape)), self.const(scales), self.const(np.full(count, point, TYPES[kind]))

    def dq(self, name, params, **attributes):
        return self.node("DequantizeLinear", name, *params, **attributes)

    def q(self, name, params, **attributes):
        return self.node("QuantizeLinear", name, *params, **attributes)

    def finish(self, *outputs):
        infos = [helper.make_empty_tensor_value_info(name) for name in outputs]
        graph = helper.make_graph(self.nodes, "graph", self.inputs, infos, self.constants)
        sets = [helper.make_opsetid("", self.opset), helper.make_opsetid(MS, 1)]
        return onnx.shape_inference.infer_shapes(helper.make_model(graph, opset_imports=sets, ir_version=10))


CASES = []


def case(function):
    CASES.append(function)
    return function


@case
def convolutions():
    for a, w in (("u8", "u8"), ("u8", "s8"), ("s8", "s8")):
        for name, shape, weights, channels, attributes in (
            ("plain", (1, 3, 7, 6), (5, 3, 3, 3), None, {"pads": [1, 1, 1, 1]}),
            ("channel", (2, 4, 8, 8), (6, 4, 3, 3), 6, {"strides": [2, 2], "auto_pad": "SAME_UPPER"}),
            ("lower", (1, 4, 8, 8), (6, 4, 2, 3), 6, {"strides": [2, 1], "auto_pad": "SAME_LOWER"}),
            ("depthwise", (1, 6, 9, 7), (6, 1, 3, 3), 6, {"group": 6, "pads": [0, 1, 2, 1]}),
            ("multiplier", (1, 3, 6, 6), (6, 1, 3, 3), 6, {"group": 3}),
            ("grouped", (1, 8, 6, 6), (8, 4, 1, 1), None, {"group": 2}),
            ("dilated", (1, 3, 9, 9), (4, 3, 3, 3), 4, {"dilations": [2, 2], "pads": [2, 2, 2, 2]}),
            ("signal", (1, 4, 20), (6, 4, 5), 6, {"strides": [2], "pads": [2, 1]}),
        ):
            g = Graph(13)
            x = g.input(integers(a, *shape))
            xs, xz = g.params(a)
            wv, ws, wz = g.weights(w, weights, None if w == "u8" else channels, point=119 if w == "u8" else 0)
            ys, yz = g.params(a, 0.07)
            bias = [] if name == "dilated" else [g.const(RANDOM.integers(-2000, 2000, weights[0]), np.int32)]
            y = g.node("QLinearConv", x, xs, xz, wv, ws, wz, ys, yz, *bias, **attributes)
            yield f"qlinearconv_{a}{w}_{name}", g, [y]
            if name in ("plain", "depthwise", "grouped") and a == "u8":
                g = Graph(13)
                x = g.input(integers(a, *shape))
                y = g.node("ConvInteger", x, wv := g.const(integers(w, *weights)), g.const(131, np.uint8), g.const(3, TYPES[w]), **attributes)
                yield f"convinteger_{a}{w}_{name}", g, [y]


@case
def matrices():
    for a, w in (("u8", "u8"), ("u8", "s8"), ("s8", "s8")):
        for name, left, right, channels in (
            ("constant", (5, 24), (24, 7), None),
            ("columns", (3, 5, 24), (24, 7), 7),
            ("batches", (2, 3, 5, 8), (2, 3, 8, 6), None),
        ):
            if name == "columns" and w == "u8":
                continue
            g = Graph(21)
            x = g.input(integers(a, *left))
            wv, ws, wz = g.weights(w, right, channels, point=117 if w == "u8" else 0)
            if name == "batches":
                wv = g.input(integers(w, *right))
            y = g.node("QLinearMatMul", x, *g.params(a), wv, ws, wz, *g.params(a, 0.09))
            yield f"qlinearmatmul_{a}{w}_{name}", g, [y]
            if name != "columns" and a == "u8":
                g = Graph(21)
                x = g.input(integers(a, *left))
                wv = g.input(integers(w, *right)) if name == "batches" else g.const(integers(w, *right))
                yield f"matmulinteger_{a}{w}_{name}", g, [g.node("MatMulInteger", x, wv, g.const(113, np.uint8), g.const(9, TYPES[w]))]
        for name, bias, output in (("bias", True, True), ("plain", False, True), ("float", True, False)):
            g = Graph(17)
            x = g.input(integers(a, 4, 20))
            wv, ws, wz = g.weights(w, (6, 20), None if w == "u8" else 6, point=140 if w == "u8" else 0)
            c = g.const(RANDOM.integers(-3000, 3000, 6), np.int32) if bias else ""
            end = g.params(a, 0.06) if output else ()
            y = g.node("QGemm", x, *g.params(a), wv, ws, wz, c, *end, domain=MS, transB=1)
            yield f"qgemm_{a}{w}_{name}", g, [y]
        g = Graph(17)
        x = g.input(integers(a, 4, 20))
        wv, ws, wz = g.weights(w, (20, 6), None if w == "u8" else 6, point=140 if w == "u8" else 0)
        (xs, xz), bias = g.params(a), g.const(reals(6))
        yield f"matmulintegertofloat_{a}{w}", g, [g.node("MatMulIntegerToFloat", x, wv, xs, ws, xz, wz, bias, domain=MS)]
    for w, channels in (("u8", None), ("s8", None), ("s8", 6)):
        g = Graph(17)
        x = g.input(reals(4, 20))
        wv, ws, wz = g.weights(w, (20, 6), channels, point=140 if w == "u8" else 0)
        y = g.node("DynamicQuantizeMatMul", x, wv, ws, wz, g.const(reals(6)), domain=MS)
        yield f"dynamicquantizematmul_{w}_{'columns' if channels else 'matrix'}", g, [y]


@case
def dynamic():
    for w in TYPES:
        for name, shape, group in (("conv", (4, 3, 3, 3), 1), ("depthwise", (3, 1, 3, 3), 3)):
            g = Graph(17)
            x = g.input(reals(1, 3, 8, 8))
            wv, ws, wz = g.weights(w, shape, point=130 if w == "u8" else 0)
            steps, scale, point = g.node("DynamicQuantizeLinear", x, outputs=3)
            sums = g.node("ConvInteger", steps, wv, point, wz, pads=[1, 1, 1, 1], group=group)
            y = g.node("Mul", g.node("Cast", sums, to=TensorProto.FLOAT), g.node("Mul", scale, ws))
            y = g.node("Add", y, g.const(reals(shape[0], 1, 1)))
            yield f"dynamic_{name}_{w}", g, [g.node("Mul", y, g.const(reals(shape[0], 1, 1)))]
        g = Graph(17)
        a, b = g.input(reals(2, 5, 8)), g.input(reals(2, 8, 6))
        (left, ls, lz), (right, rs, rz) = (g.node("DynamicQuantizeLinear", x, outputs=3) for x in (a, b))
        sums = g.node("MatMulInteger", left, right, lz, rz)
        yield f"dynamic_both_{w}", g, [g.node("Mul", g.node("Cast", sums, to=TensorProto.FLOAT), g.node("Mul", ls, rs))]


@case
def elementwise():
    for a in TYPES:
        for op in ("QLinearAdd", "QLinearMul"):
            for name, left, right in (("same", (2, 3, 4, 5), (2, 3, 4, 5)), ("channels", (1, 6, 4, 4), (6, 1, 1)), ("scalar", (3, 5), ())):
                g = Graph(17)
                x = g.input(integers(a, *left))
                b = g.input(integers(a, *right)) if name == "same" else g.const(integers(a, *right))
                y = g.node(op, x, *g.params(a), b, *g.params(a, 0.013, 60), *g.params(a, 0.031), domain=MS)
                yield f"{op.lower()}_{a}_{name}", g, [y]
        for op, attributes in (("QLinearSigmoid", {}), ("QLinearLeakyRelu", {"alpha": 0.2})):
            g = Graph(17)
            x = g.input(np.arange(256).astype(np.uint8).view(TYPES[a]).reshape(1, 4, 8, 8))
            scale = 1 / 256 if op == "QLinearSigmoid" else 0.015
            y = g.node(op, x, *g.params(a, 0.05), *g.params(a, scale, {"u8": 0, "s8": -128}[a]), domain=MS, **attributes)
            yield f"{op.lower()}_{a}", g, [y]
        for name, attributes in (("last", {"axis": -1, "opset": 13}), ("channels", {"axis": 1, "opset": 13}), ("rows", {"axis": 1, "opset": 11})):
            g = Graph(17)
            x = g.input(integers(a, 2, 5, 6))
            y = g.node("QLinearSoftmax", x, *g.params(a), *g.params(a, 1 / 256, {"u8": 0, "s8": -128}[a]), domain=MS, **attributes)
            yield f"qlinearsoftmax_{a}_{name}", g, [y]
        for name, axis in (("channels", 1), ("rows", 2)):
            g = Graph(17)
            shape = (1, 3, 4, 4)
            first, second, third = (g.input(integers(a, *shape)) for _ in range(3))
            out, other = g.params(a, 0.02), g.params(a, 0.03, 40)
            y = g.node("QLinearConcat", *out, first, *out, second, *other, third, *g.params(a, 0.011), domain=MS, axis=axis)
            yield f"qlinearconcat_{a}_{name}", g, [y]


@case
def pools():
    for a in TYPES:
        for name, attributes in (
            ("plain", {"kernel_shape": [2, 2], "strides": [2, 2]}),
            ("padded", {"kernel_shape": [3, 3], "pads": [1, 1, 1, 1]}),
            ("counted", {"kernel_shape": [3, 3], "pads": [1, 1, 1, 1], "count_include_pad": 1}),
            ("ceiled", {"kernel_shape": [3, 3], "strides": [2, 2], "ceil_mode": 1}),
        ):
            g = Graph(17)
            x = g.input(integers(a, 1, 3, 8, 8))
            y = g.node("QLinearAveragePool", x, *g.params(a), *g.params(a, 0.017, 30), domain=MS, **attributes)
            yield f"qlinearaveragepool_{a}_{name}", g, [y]
        g = Graph(17)
        x = g.input(integers(a, 2, 5, 7, 9))
        yield f"qlinearglobalaveragepool_{a}", g, [g.node("QLinearGlobalAveragePool", x, *g.params(a), *g.params(a, 0.004), domain=MS)]


@case
def channels_last():
    """As ONNX Runtime writes them into files it has optimized."""
    for a in TYPES:
        g = Graph(17)
        x = g.input(integers(a, 1, 8, 7, 4))
        wv, ws, wz = g.weights("s8", (6, 4, 3, 3), 6)
        y = g.node("QLinearConv", x, *g.params(a), wv, ws, wz, *g.params(a, 0.07), domain=MS, channels_last=1, pads=[1, 0, 1, 0])
        y = g.node("NhwcMaxPool", y, domain=MS, kernel_shape=[2, 2], strides=[2, 2])
        yield f"nhwcmaxpool_{a}", g, [y]
        g = Graph(17)
        x = g.input(integers(a, 1, 8, 8, 3))
        y = g.node("QLinearAveragePool", x, *g.params(a), *g.params(a, 0.017, 30), domain=MS, channels_last=1, kernel_shape=[3, 2])
        yield f"qlinearaveragepool_{a}_channels_last", g, [y]
        g = Graph(17)
        x = g.input(integers(a, 2, 7, 9, 5))
        y = g.node("QLinearGlobalAveragePool", x, *g.params(a), *g.params(a, 0.004), domain=MS, channels_last=1)
        yield f"qlinearglobalaveragepool_{a}_channels_last", g, [y]


@case
def patterns():
    for a in TYPES:
        low = {"u8": 0, "s8": -128}[a]
        unary = [("Relu", {}), ("LeakyRelu", {"alpha": 0.1}), ("Sigmoid", {}), ("Tanh", {}), ("HardSwish", {}), ("HardSigmoid", {}), ("Elu", {}), ("Softmax", {})]
        moves = [("Flatten", {}), ("Transpose", {"perm": [0, 2, 3, 1]}), ("MaxPool", {"kernel_shape": [2, 2]}), ("GlobalMaxPool", {}), ("DepthToSpace", {"blocksize": 2})]
        pools = [("AveragePool", {"kernel_shape": [3, 3], "pads": [1, 1, 1, 1]}), ("GlobalAveragePool", {})]
        for op, attributes in unary + moves + pools:
            for same in (True, False):
                g = Graph(21)
                x = g.input(integers(a, 1, 4, 6, 6))
                params = g.params(a, 0.05)
                out = params if same else g.params(a, 1 / 128, low if op in ("Sigmoid", "Softmax") else None)
                y = g.q(g.node(op, g.dq(x, params), **attributes), out)
                yield f"qdq_{op.lower()}_{a}_{'same' if same else 'other'}", g, [y]
        whole = np.arange(256).astype(np.uint8).view(TYPES[a]).reshape(1, 4, 8, 8)
        for op in ("Gelu", "Softplus", "Erf", "Exp", "Log", "Sqrt", "Reciprocal", "Neg", "Abs", "Sign", "Floor", "Ceil", "Round", "Clip"):
            g = Graph(21)
            # Logarithms and roots of negative numbers are none, and 1 / 0 is not asked for.
            positive = op in ("Log", "Sqrt", "Reciprocal")
            x = g.dq(g.input(np.maximum(whole, TYPES[a](low + 1)) if positive else whole), g.params(a, 0.021, low if positive else None))
            bounds = [g.const(-0.6, np.float32), g.const(1.1, np.float32)] if op == "Clip" else []
            yield f"qdq_{op.lower()}_{a}", g, [g.q(g.node(op, x, *bounds), g.params(a, 0.017))]
        ints = lambda g, *values: g.const(values, np.int64)  # noqa: E731
        for name, write in {
            "slice": lambda g, x: g.node("Slice", x, ints(g, 1, -1), ints(g, 7, -8), ints(g, 2, 3), ints(g, 2, -2)),
            "gather": lambda g, x: g.node("Gather", x, ints(g, 2, 0, -1), axis=1),
            "squeeze": lambda g, x: g.node("Squeeze", x, ints(g, 0)),
            "unsqueeze": lambda g, x: g.node("Unsqueeze", x, ints(g, 1)),
            "tile": lambda g, x: g.node("Tile", x, ints(g, 1, 2, 1, 2)),
            "expand": lambda g, x: g.node("Expand", x, ints(g, 3, 4, 8, 8)),
            "spacetodepth": lambda g, x: g.node("SpaceToDepth", x, blocksize=2),
            "reducemax": lambda g, x: g.node("ReduceMax", x, ints(g, 2, 3), keepdims=0),
            "reducemin": lambda g, x: g.node("ReduceMin", x, ints(g, 1)),
            "pad": lambda g, x: g.node("Pad", x, ints(g, 0, 0, 1, 2, 0, 0, 0, 1)),
            "pad_edge": lambda g, x: g.node("Pad", x, ints(g, 0, 0, 1, 2, 0, 0, 0, 1), mode="edge"),
            "pad_number": lambda g, x: g.node("Pad", x, ints(g, 0, 0, 1, 2, 0, 0, 0, 1), g.const(0.1, np.float32)),
            "resize": lambda g, x: g.node("Resize", x, "", g.const([1, 1, 2, 2], np.float32), mode="nearest"),
            "max": lambda g, x: g.node("Max", x, x),
        }.items():
            for same in (True, False):
                g = Graph(18)
                params = g.params(a, 0.03)
                y = g.q(write(g, g.dq(g.input(integers(a, 1, 4, 8, 8)), params)), params if same else g.params(a, 0.05, 99))
                yield f"qdq_{name}_{a}_{'same' if same else 'other'}", g, [y]
        g = Graph(18)
        x = g.dq(g.input(integers(a, 1, 6, 8)), g.params(a))
        yield f"qdq_argmax_{a}", g, [g.node("ArgMax", x, axis=1)]
        g = Graph(18)
        x = g.dq(g.input(integers(a, 1, 6, 8)), params := g.params(a))
        yield f"qdq_split_{a}", g, [g.q(part, params) for part in g.node("Split", x, outputs=2, axis=1, num_outputs=2)]
        for name, factor in (("small", 1e-12), ("large", 1e12)):
            g = Graph(13)
            x = g.dq(g.input(integers(a, 1, 3, 6, 6)), g.params(a, 0.02 * factor))
            wv, ws, wz = g.weights("s8", (4, 3, 3, 3), 4)
            y = g.q(g.node("Conv", x, g.dq(wv, (ws, wz), axis=0)), p := g.params(a, 0.06 * factor))
            y = g.q(g.node("Add", g.dq(y, p), g.dq(y, p)), g.params(a, 0.1 * factor))
            yield f"qdq_scales_{a}_{name}", g, [y]
        for op in ("Add", "Mul", "Sub"):
            g = Graph(13)
            x, b = g.input(integers(a, 2, 3, 4, 4)), g.const(integers(a, 3, 1, 1))
            y = g.q(g.node(op, g.dq(x, g.params(a)), g.dq(b, g.params(a, 0.013, 70))), g.params(a, 0.03))
            yield f"qdq_{op.lower()}_{a}", g, [y]
        for name in ("plain", "relu", "cutting", "float_bias", "shared", "no_q", "reshape"):
            g = Graph(13)
            x = g.dq(g.input(integers(a, 1, 3, 8, 8)), params := g.params(a))
            wv, ws, wz = g.weights("s8", (4, 3, 3, 3), 4)
            scales = np.float32(0.02) * numpy_helper.to_array(g.constants[-2])
            bias = RANDOM.integers(-900, 900, 4).astype(np.int32)
            if name == "float_bias":
                b = g.const(reals(4))
            else:
                b = g.node("DequantizeLinear", g.const(bias), g.const(scales), g.const(np.zeros(4), np.int32), axis=0)
            y = g.node("Conv", x, g.dq(wv, (ws, wz), axis=0), b)
            point = low if name == "relu" else None
            if name in ("relu", "cutting"):
                y = g.node("Relu", y)
            if name == "reshape":
                y = g.node("Reshape", y, g.const([1, -1], np.int64))
            outputs = [y if name == "no_q" else g.q(y, g.params(a, 0.06, point))]
            if name == "shared":
                outputs.append(g.q(g.node("AveragePool", x, kernel_shape=[2, 2]), params))
            yield f"qdq_conv_{a}_{name}", g, outputs
        for name in ("constant", "transposed", "batches", "no_q"):
            g = Graph(21)
            shape = (2, 5, 12)
            x = g.dq(g.input(integers(a, *shape)), g.params(a))
            if name == "batches":
                b = g.dq(g.input(integers(a, 2, 12, 4)), g.params(a, 0.017, 20))
            elif name == "transposed":
                wv, ws, wz = g.weights("s8", (4, 12), 4)
                b = g.node("Transpose", g.dq(wv, (ws, wz), axis=0), perm=[1, 0])
            else:
                wv, ws, wz = g.weights("s8", (12, 4))
                b = g.dq(wv, (ws, wz))
            y = g.node("MatMul", x, b)
            yield f"qdq_matmul_{a}_{name}", g, [y if name == "no_q" else g.q(y, g.params(a, 0.05))]
        for name in ("same", "other"):
            g = Graph(21)
            params = [g.params(a), g.params(a, 0.02 if name == "same" else 0.031, None if name == "same" else 33)]
            pieces = [g.dq(g.input(integers(a, 1, 2, 3, 3)), p) for p in params]
            yield f"qdq_concat_{a}_{name}", g, [g.q(g.node("Concat", *pieces, axis=1), g.params(a))]
        for name, axis, block in (("axis", 1, None), ("block", 2, 4)):
            g = Graph(21)
            shape = (2, 3, 8)
            x = g.input(reals(*shape))
            count = (3,) if block is None else (2, 3, 2)
            scales, points = (0.01 + RANDOM.random(count) * 0.02).astype(np.float32), integers(a, *count)
            attributes = {"axis": axis} if block is None else {"axis": axis, "block_size": block}
            params = (g.const(scales), g.const(points))
            y = g.q(x, params, **attributes)
            yield f"qdq_pair_{a}_{name}", g, [g.dq(y, params, **attributes)]
    for kind, array in (("u16", np.uint16), ("s16", np.int16)):
        g = Graph(21)
        params = (g.const(0.0007, np.float32), g.const(9000, array))
        x = g.node("Transpose", g.dq(g.q(g.input(reals(1, 5, 5, 3)), params), params), perm=[0, 3, 1, 2])
        wv, ws, wz = g.weights("s8", (4, 3, 3, 3), 4)
        y = g.node("Conv", x, g.dq(wv, (ws, wz), axis=0))
        yield f"qdq_pair_{kind}", g, [g.dq(g.q(y, params), params)]
    g = Graph(13)
    x = g.input(reals(3, 7))
    scale = (g.const(0.03, np.float32),)
    yield "qdq_pair_without_zero_point", g, [g.dq(g.q(x, scale), scale)]
    g = Graph(21)
    x = g.input(reals(3, 7))
    scale = (g.const(0.03, np.float32),)
    yield "qdq_pair_output_dtype", g, [g.dq(g.q(x, scale, output_dtype=TensorProto.INT8), scale)]
    g = Graph(13)
    x = g.input(reals(3, 7))
    scale = g.params("u8", 0.03)
    y = g.node("QuantizeLinear", x, *scale, domain=MS)
    yield "qdq_pair_microsoft", g, [g.node("DequantizeLinear", y, *scale, domain=MS)]
    for kind, low in (("int4", -8), ("uint4", 0)):
        g = Graph(21)
        proto = TensorProto.INT4 if kind == "int4" else TensorProto.UINT4
        values = RANDOM.integers(low, low + 15, 33 * 5, endpoint=True)
        g.constants.append(helper.make_tensor("w4", proto, [33, 5], values))
        g.constants.append(helper.make_tensor("z4", proto, [3, 5], [low + 7] * 15))
        w = g.node("DequantizeLinear", "w4", g.const((0.01 + RANDOM.random((3, 5)) * 0.02).astype(np.float32)), "z4", axis=0, block_size=16)
        yield f"dequantizelinear_weights_{kind}", g, [g.node("MatMul", g.input(reals(4, 33)), w)]


def run(model, values, is_pattern):
    options = onnxruntime.SessionOptions()
    level = onnxruntime.GraphOptimizationLevel
    options.graph_optimization_level = level.ORT_ENABLE_ALL if is_pattern else level.ORT_DISABLE_ALL
    options.intra_op_num_threads = 1
    options.log_severity_level = 3
    options.add_session_config_entry("session.qdqisint8allowed", "1")
    with tempfile.TemporaryDirectory() as folder:
        path = str(pathlib.Path(folder) / "optimized.onnx")
        options.optimized_model_filepath = path
        session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
        names = [output.name for output in session.get_outputs()]
        return list(zip(names, session.run(None, dict(values)))), sorted({node.op_type for node in onnx.load(path).graph.node})


def main():
    pack, index, left_out = Pack(), [], []
    for function in CASES:
        for name, graph, outputs in function():
            model = graph.finish(*outputs)
            is_pattern = name.startswith("qdq_")
            try:
                results, operators = run(model, graph.values, is_pattern)
            except Exception as error:  # ONNX Runtime has no kernel for some combinations.
                left_out.append(f"{name}: {str(error).splitlines()[0][:150]}")
                continue
            index.append(
                {
                    "name": name,
                    "operator": "" if is_pattern else (f"{MS}." if graph.nodes[-1].domain else "") + graph.nodes[-1].op_type,
                    "operators": operators,
                    "rtol": 1e-5,
                    "atol": 1e-5,
                    "model": pack.add(model.SerializeToString()),
                    "inputs": [pack.tensor(name, value) for name, value in graph.values],
                    "outputs": [pack.tensor(name, value) for name, value in results],
                }
            )
    head = json.dumps({"onnxruntime": onnxruntime.__version__, "tests": index}).encode()
    content = struct.pack("<I", len(head)) + head + bytes(pack.data)
    (FOLDER / "runtime-tests.bin.gz").write_bytes(gzip.compress(content, 9, mtime=0))
    print(*left_out, sep="\n")
    print(len(index), "tests,", len(left_out), "left out,", len(content), "bytes")


if __name__ == "__main__":
    main()
