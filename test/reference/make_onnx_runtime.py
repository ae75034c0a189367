"""Models of one quantized operator with random parameters, and what ONNX Runtime computes for them on this machine.

    pip install onnx onnxruntime
    python make_onnx_runtime.py [models of each kind] [seed] [file]

writes onnx-runtime.json beside itself, which onnx-runtime.test.ts compares with the references. Many scales are powers of two,
which makes ties. Optimizations are off: each node runs its own kernel. On x86 two kernels of ONNX Runtime differ from
its portable code, which qbin computes: the test says which, and asks onnxruntime-web where that is installed.
"""

import base64
import json
import sys
from pathlib import Path

import numpy as np
import onnxruntime as ort
from onnx import TensorProto, helper, numpy_helper

COUNT = int(sys.argv[1]) if len(sys.argv) > 1 else 3
rng = np.random.default_rng(int(sys.argv[2]) if len(sys.argv) > 2 else 1)
FILE = Path(sys.argv[3]) if len(sys.argv) > 3 else Path(__file__).with_name("onnx-runtime.json")
MS = "com.microsoft"

options = ort.SessionOptions()
options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_DISABLE_ALL
options.intra_op_num_threads = 1
options.log_severity_level = 3
cases = []


def stored(name, array):
    data = base64.b64encode(np.ascontiguousarray(array).tobytes()).decode()
    return {"name": name, "dtype": array.dtype.name, "shape": list(array.shape), "data": data}


def case(kind, dtype, nodes, inputs, constants, q=(), **more):
    """Runs a graph from `inputs` to "y". `q`: scale and zero point of each quantized input, then of the output."""
    element = lambda array: helper.np_dtype_to_tensor_dtype(array.dtype)
    graph = helper.make_graph(
        nodes,
        kind,
        [helper.make_tensor_value_info(name, element(array), array.shape) for name, array in inputs.items()],
        [helper.make_empty_tensor_value_info("y")],
        [numpy_helper.from_array(np.asarray(array), name) for name, array in constants.items()],
    )
    opsets = [helper.make_opsetid("", 17), helper.make_opsetid(MS, 1)]
    model = helper.make_model(graph, opset_imports=opsets, ir_version=8).SerializeToString()
    session = ort.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    (output,) = session.run(None, inputs)
    cases.append(
        {
            "kind": kind,
            "dtype": np.dtype(dtype).name,
            "model": base64.b64encode(model).decode(),
            "inputs": [stored(name, array) for name, array in inputs.items()],
            "output": stored("y", output),
            "q": [[float(s), int(z)] for s, z in q],
            **more,
        }
    )


def node(op, inputs, domain=MS, output="y", **attributes):
    return helper.make_node(op, inputs, [output], domain=domain, **attributes)


def scale():
    kind = rng.random()
    if kind < 0.4:
        return np.float32(2.0 ** -int(rng.integers(1, 9)))
    if kind < 0.5:
        return np.float32(3 * 2.0 ** -int(rng.integers(3, 9)))
    return np.float32(rng.uniform(0.002, 0.3))


def byte_type():
    return np.uint8 if rng.random() < 0.5 else np.int8


def zero_point(dtype):
    info = np.iinfo(dtype)
    return dtype(rng.integers(info.min, info.max + 1) if rng.random() < 0.8 else rng.choice([info.min, info.max]))


def values(dtype, shape):
    info = np.iinfo(dtype)
    return rng.integers(info.min, info.max + 1, shape).astype(dtype)


def every(dtype):
    return np.arange(256).astype(np.uint8).view(dtype).copy()


def size(most, least=1):
    return int(rng.integers(least, most + 1))


def pair(kind, dtype):
    a, b = values(dtype, 300), values(dtype, 300)
    q = [(scale(), zero_point(dtype)) for _ in range(3)]
    if kind == "mul" and rng.random() < 0.7:
        q[2] = (np.float32(q[0][0] * q[1][0] * 100) if rng.random() < 0.5 else np.float32(2.0 ** -size(3)), q[2][1])
    (sa, za), (sb, zb), (sy, zy) = q
    constants = {"sa": sa, "za": za, "sb": sb, "zb": zb, "sy": sy, "zy": zy}
    if kind == "sub":  # there is no such operator: what is left between DequantizeLinear and QuantizeLinear
        nodes = [
            node("DequantizeLinear", ["a", "sa", "za"], "", "fa"),
            node("DequantizeLinear", ["b", "sb", "zb"], "", "fb"),
            node("Sub", ["fa", "fb"], "", "f"),
            node("QuantizeLinear", ["f", "sy", "zy"], ""),
        ]
    else:
        nodes = [node(f"QLinear{kind.title()}", ["a", "sa", "za", "b", "sb", "zb", "sy", "zy"])]
    case(kind, dtype, nodes, {"a": a, "b": b}, constants, q)


def single(kind, dtype, nodes, x, sy=None, **more):
    q = [(scale(), zero_point(dtype)), (sy or scale(), zero_point(dtype))]
    (sx, zx), (sy, zy) = q
    case(kind, dtype, nodes, {"x": x}, {"sx": sx, "zx": zx, "sy": sy, "zy": zy}, q, **more)


def function(kind, dtype, op):
    nodes = [
        node("DequantizeLinear", ["x", "sx", "zx"], "", "f"),
        node(op, ["f"], "", "g"),
        node("QuantizeLinear", ["g", "sy", "zy"], ""),
    ]
    single(kind, dtype, nodes, every(dtype))


OF_X = ["x", "sx", "zx", "sy", "zy"]


def pools(dtype):
    shape = (size(2), size(7), size(8, 3), size(8, 3))
    single("mean", dtype, [node("QLinearGlobalAveragePool", OF_X, channels_last=0)], values(dtype, shape))
    filter = [size(3), size(3)]
    stride = [size(2), size(2)]
    padding = [int(rng.integers(0, k)) for k in filter * 2]
    counts = bool(rng.random() < 0.3)
    attributes = {"kernel_shape": filter, "strides": stride, "pads": padding, "count_include_pad": int(counts)}
    window = {"filter": filter, "stride": stride, "padding": padding, "counts": counts}
    pool = [node("QLinearAveragePool", OF_X, **attributes)]
    single("average_pool2d", dtype, pool, values(dtype, shape), window=window)


def functions(dtype):
    alpha = float(np.float32(rng.choice([0.1, 0.01, 0.25, 0.3])))
    single("leaky_relu", dtype, [node("QLinearLeakyRelu", OF_X, alpha=alpha)], every(dtype), alpha=alpha)
    sy = np.float32(1 / 256) if rng.random() < 0.7 else None
    single("logistic", dtype, [node("QLinearSigmoid", OF_X)], every(dtype), sy)
    function("tanh", dtype, "Tanh")
    function("relu", dtype, "Relu")
    function("hard_swish", dtype, "HardSwish")
    function("requantize", dtype, "Identity")


def softmax(dtype):
    x = values(dtype, (4, int(rng.choice([2, 3, 5, 10, 37, 100, 257]))))
    if rng.random() < 0.3:
        x[:] = x[0, 0]
    lowest = dtype(np.iinfo(dtype).min)
    q = [(scale(), zero_point(dtype)), (np.float32(rng.choice([1 / 256, 1 / 255, 1 / 128, 0.0037])), lowest)]
    (sx, zx), (sy, zy) = q
    nodes = [node("QLinearSoftmax", OF_X, axis=1, opset=13)]
    case("softmax", dtype, nodes, {"x": x}, {"sx": sx, "zx": zx, "sy": sy, "zy": zy}, q)


def quantize(dtype):
    sy, zy = scale(), zero_point(dtype)
    halves = (rng.integers(-600, 600, 300) * sy / 2).astype(np.float32)
    x = halves if rng.random() < 0.5 else rng.normal(0, 60 * sy, 300).astype(np.float32)
    nodes = [node("QuantizeLinear", ["x", "sy", "zy"], "")]
    case("quantize", dtype, nodes, {"x": x}, {"sy": sy, "zy": zy}, [(sy, zy)])


def products(dtype):
    m, k, n = size(6), size(40), size(9)
    a, b = values(dtype, (2, m, k)), values(dtype, (2, k, n))
    q = [(scale(), zero_point(dtype)) for _ in range(3)]
    q[2] = (np.float32(q[0][0] * q[1][0] * np.sqrt(k) * 60), q[2][1])
    if rng.random() < 0.4:
        q = [(np.float32(s), z) for s, (_, z) in zip((2**-3, 2**-4, 2**-1), q)]
    (sa, za), (sb, zb), (sy, zy) = q
    constants = {"sa": sa, "za": za, "sb": sb, "zb": zb, "sy": sy, "zy": zy}
    nodes = [node("QLinearMatMul", ["a", "sa", "za", "b", "sb", "zb", "sy", "zy"], "")]
    case("batch_matmul", dtype, nodes, {"a": a, "b": b}, constants, q)
    nodes = [node("MatMulInteger", ["a", "b", "za", "zb"], "")]
    case("sums", dtype, nodes, {"a": a, "b": b}, {"za": za, "zb": zb}, q[:2])


def convolution(dtype):
    cin, cout = size(5), size(6)
    x = values(dtype, (1, cin, size(6, 3), size(6, 3)))
    w = rng.integers(-127, 128, (cout, cin, 3, 3)).astype(np.int8)
    bias = rng.integers(-9000, 9000, cout).astype(np.int32)
    sx, zx, zy = scale(), zero_point(dtype), zero_point(dtype)
    sw = np.array([scale() for _ in range(cout)], np.float32)
    sy = np.float32(sx * sw.mean() * np.sqrt(9 * cin) * 60)
    if rng.random() < 0.4:
        sx, sy = np.float32(2**-4), np.float32(0.5)
        sw = np.array([2.0 ** -size(5, 3) for _ in range(cout)], np.float32)
    constants = {"sx": sx, "zx": zx, "w": w, "sw": sw, "zw": np.zeros(cout, np.int8), "sy": sy, "zy": zy, "bias": bias}
    nodes = [node("QLinearConv", ["x", "sx", "zx", "w", "sw", "zw", "sy", "zy", "bias"], "", pads=[1, 1, 1, 1])]
    q = [(sx, zx), (sy, zy)]
    more = {"weights": stored("w", w), "weightScales": sw.astype(float).tolist(), "bias": stored("bias", bias)}
    case("conv2d", dtype, nodes, {"x": x}, constants, q, **more)


def dynamic(dtype):
    m, k, n = size(4), size(50), size(9)
    x = rng.normal(rng.uniform(-1, 1), 2, (m, k)).astype(np.float32)
    if rng.random() < 0.3:
        x = (rng.integers(-256, 255, (m, k)) / 16).astype(np.float32)
        x.flat[0], x.flat[-1] = -16, 15.875
    w = values(dtype, (k, n))
    zw = zero_point(dtype) if rng.random() < 0.5 else dtype(0)
    sw = np.array([scale() for _ in range(n)], np.float32) if rng.random() < 0.5 else scale()
    bias = rng.normal(0, 1, n).astype(np.float32)
    parts = [
        helper.make_node("DynamicQuantizeLinear", ["x"], ["xq", "xs", "xz"]),
        node("MatMulInteger", ["xq", "w", "xz", "zw"], "", "acc"),
        node("Cast", ["acc"], "", "real", to=TensorProto.FLOAT),
        node("Mul", ["xs", "sw"], "", "factor"),
        node("Mul", ["real", "factor"], "", "product"),
        node("Add", ["product", "bias"], ""),
    ]
    more = {
        "weights": stored("w", w),
        "weightScales": np.atleast_1d(sw).astype(float).tolist(),
        "weightZeroPoint": int(zw),
        "bias": stored("bias", bias),
    }
    case("dynamic", dtype, parts, {"x": x}, {"w": w, "zw": zw, "sw": sw, "bias": bias}, **more)
    fused = [node("DynamicQuantizeMatMul", ["x", "w", "sw", "zw", "bias"])]
    zero_points = np.full(n, zw, dtype) if sw.ndim else zw
    case("dynamic", dtype, fused, {"x": x}, {"w": w, "zw": zero_points, "sw": sw, "bias": bias}, **more)


for _ in range(COUNT):
    for kind in ("add", "mul", "sub"):
        pair(kind, byte_type())
    pools(byte_type())
    functions(byte_type())
    softmax(byte_type())
    quantize(byte_type())
    products(byte_type())
    convolution(byte_type())
    dynamic(byte_type())

FILE.write_text("[\n" + ",\n".join(json.dumps(entry, separators=(",", ":")) for entry in cases) + "\n]\n")
print(f"{len(cases)} models")
