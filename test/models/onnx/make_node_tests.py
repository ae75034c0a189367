"""Packs ONNX's own tests of single operators into node-tests.bin.gz, beside this file.

    python3 -m venv env && env/bin/pip install onnx
    env/bin/python test/models/onnx/make_node_tests.py

ONNX gives weights, bounds and axes to its operators as inputs. A compiled model has them as constants, so the inputs
named in CONSTANT become initializers here; everything else stays as ONNX made it. The file is gzip of: the length of
the index (4 bytes, little-endian), the index (JSON), and the models and tensors it points into, end to end.
"""

import gzip
import json
import pathlib
import struct

import numpy as np
import onnx
from onnx import numpy_helper
from onnx.backend.test.loader import load_node_model_tests

FOLDER = pathlib.Path(__file__).parent

OPERATORS = set(
    """
    Abs Add ArgMax AveragePool BatchNormalization Cast Ceil Clip Concat Constant ConstantOfShape Conv ConvTranspose
    DepthToSpace Div Dropout Elu Equal Erf Exp Expand Flatten Floor Gather Gelu Gemm GlobalAveragePool GlobalMaxPool
    HardSigmoid HardSwish Identity InstanceNormalization LRN LayerNormalization LeakyRelu Log LogSoftmax MatMul Max MaxPool Mean Min Mul Neg PRelu Pad Pow Range
    Reciprocal ReduceL1 ReduceL2 ReduceMax ReduceMean ReduceMin ReduceProd ReduceSum ReduceSumSquare Relu Reshape Resize Round Shape Sigmoid Sign Size Slice
    Softmax Softplus SpaceToDepth Split Sqrt Squeeze Sub Sum Tanh Tile Transpose Unsqueeze Upsample Where
    """.split()
)
# Their tests are there whatever types they have; those of types that NumPy has not are constants as far as possible.
QUANTIZED = set(
    "ConvInteger DequantizeLinear DynamicQuantizeLinear MatMulInteger QLinearConv QLinearMatMul QuantizeLinear".split()
)

# Scales and zero points, and the weights of convolutions; both factors of a product of matrices stay inputs.
CONSTANT = {
    "ArgMax": [],
    "BatchNormalization": [1, 2, 3, 4],
    "Clip": [1, 2],
    "ConstantOfShape": [0],
    "Conv": [1, 2],
    "ConvInteger": [1, 2, 3],
    "ConvTranspose": [1, 2],
    "DequantizeLinear": [1, 2],
    "Dropout": [1, 2],
    "Expand": [1],
    "Gather": [1],
    "Gemm": [1, 2],
    "InstanceNormalization": [1, 2],
    "MatMulInteger": [2, 3],
    "PRelu": [1],
    "Pad": [1, 2, 3],
    "QLinearConv": [1, 2, 3, 4, 5, 6, 7, 8],
    "QLinearMatMul": [1, 2, 4, 5, 6, 7],
    "QuantizeLinear": [1, 2],
    "Range": [0, 1, 2],
    "ReduceL1": [1],
    "ReduceL2": [1],
    "ReduceMax": [1],
    "ReduceMean": [1],
    "ReduceMin": [1],
    "ReduceProd": [1],
    "ReduceSum": [1],
    "ReduceSumSquare": [1],
    "Reshape": [1],
    "Resize": [1, 2, 3],
    "Slice": [1, 2, 3, 4],
    "Split": [1],
    "Squeeze": [1],
    "Tile": [1],
    "Unsqueeze": [1],
    "Upsample": [1],
}
# A reduction of everything has at most a few thousand elements here; larger tests show nothing that smaller do not.
MAX_BYTES = 100_000


def freeze(model, inputs):
    """Makes initializers of the inputs that are constants; returns the inputs that are left."""
    graph = model.graph
    node = graph.node[0]
    frozen = [node.input[i] for i in CONSTANT.get(node.op_type, []) if i < len(node.input) and node.input[i]]
    if len(graph.node) > 1 or len(frozen) == len(graph.input) and node.op_type not in ("ConstantOfShape", "Range"):
        frozen = []
    left = []
    for info, value in zip(list(graph.input), inputs):
        if isinstance(value, onnx.TensorProto):
            graph.initializer.append(value)
            graph.initializer[-1].name = info.name
            graph.input.remove(info)
        elif info.name in frozen:
            graph.initializer.append(numpy_helper.from_array(np.asarray(value), info.name))
            graph.input.remove(info)
        else:
            left.append((info.name, np.asarray(value)))
    return left


class Pack:
    def __init__(self):
        self.data = bytearray()

    def add(self, content):
        entry = {"at": len(self.data), "length": len(content)}
        self.data += content
        return entry

    def tensor(self, name, value):
        if isinstance(value, onnx.TensorProto):
            kind = onnx.TensorProto.DataType.Name(value.data_type).lower()
            return {"name": name, "type": kind, "shape": list(value.dims), **self.add(value.raw_data)}
        return {"name": name, "type": str(value.dtype), "shape": list(np.shape(value)), **self.add(value.tobytes())}


def usable(case):
    model = case.model
    if model is None or len(case.data_sets) == 0 or len(model.graph.node) != 1:
        return False
    if model.graph.node[0].domain not in ("", "ai.onnx"):
        return False
    if model.graph.node[0].op_type in QUANTIZED:
        return True
    if model.graph.node[0].op_type not in OPERATORS:
        return False
    values = [v for part in case.data_sets[0] for v in part]
    if not all(isinstance(v, (np.ndarray, np.generic)) and v.dtype.kind in "fiub" for v in values):
        return False
    return sum(v.nbytes for v in values) <= MAX_BYTES


def main():
    pack, index = Pack(), []
    skipped = []
    for case in sorted(load_node_model_tests(), key=lambda case: case.name):
        if not usable(case):
            skipped.append(case.name)
            continue
        model = onnx.ModelProto()
        model.CopyFrom(case.model)
        inputs, outputs = case.data_sets[0]
        inputs = freeze(model, inputs)
        names = [info.name for info in model.graph.output]
        index.append(
            {
                "name": case.name,
                "operator": model.graph.node[0].op_type,
                "rtol": case.rtol,
                "atol": case.atol,
                "model": pack.add(model.SerializeToString()),
                "inputs": [pack.tensor(name, value) for name, value in inputs],
                "outputs": [pack.tensor(name, value) for name, value in zip(names, outputs)],
            }
        )
    own = [schema.name for schema in onnx.defs.get_all_schemas() if schema.domain == "" and not schema.deprecated]
    head = json.dumps({"onnx": onnx.__version__, "operators": sorted(own), "tests": index}).encode()
    content = struct.pack("<I", len(head)) + head + bytes(pack.data)
    (FOLDER / "node-tests.bin.gz").write_bytes(gzip.compress(content, 9, mtime=0))
    print(len(index), "tests,", len(skipped), "left out,", len(content), "bytes")


if __name__ == "__main__":
    main()
