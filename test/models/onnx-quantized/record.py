"""Runs a quantized model on ONNX Runtime's CPU provider and keeps what it computed, for make_ort.py and make_torch.py.

Beside `<name>.onnx` go
  <name>.input<i>.bin     the inputs of all samples, one after another
  <name>.output<i>.bin    outputs with all graph optimizations, as users run a model; without, where those fail (`refused`)
and an entry in the manifest. That says how far ONNX Runtime is from itself when it does not optimize the graph, and when
it fuses int8 layers as it does on ARM (on x86 it turns them into uint8 where it can, and leaves the others in float).
"""

import argparse
import collections
import json
import pathlib
import tempfile

import numpy as np
import onnx
import onnxruntime

DTYPES = {"tensor(float)": "float32", "tensor(int8)": "int8", "tensor(uint8)": "uint8", "tensor(int64)": "int64"}
ALL, NONE = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_ALL, onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
EXTENDED = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_EXTENDED

parser = argparse.ArgumentParser()
parser.add_argument("--folder", type=pathlib.Path, default=pathlib.Path(__file__).parent, help="where the files go")
parser.add_argument("--samples", type=int, default=2, help="inputs per model")
FOLDER, SAMPLES = vars(parser.parse_args()).values()


def session(path, level, int8_allowed=False, keep=None):
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = level
    options.intra_op_num_threads = 1
    options.log_severity_level = 3
    if int8_allowed:
        options.add_session_config_entry("session.qdqisint8allowed", "1")
    if keep:
        options.optimized_model_filepath = str(keep)
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def run(path, inputs, level, int8_allowed=False):
    """Outputs by index, those of all samples one after another, and how often each operator runs."""
    with tempfile.TemporaryDirectory() as folder:
        kept = pathlib.Path(folder) / "optimized.onnx"
        model = session(path, level, int8_allowed, kept)
        names = [value.name for value in model.get_inputs()]
        rows = [model.run(None, dict(zip(names, sample))) for sample in inputs]
        operators = collections.Counter(node.op_type for node in onnx.load(str(kept)).graph.node)
    return [np.stack(values) for values in zip(*rows)], dict(sorted(operators.items())), model


def steps(path):
    """For each output the scale of the DequantizeLinear that writes it: what one integer more is worth."""
    graph = onnx.load(str(path)).graph
    writers = {name: node for node in graph.node for name in node.output}
    stored = {tensor.name: onnx.numpy_helper.to_array(tensor) for tensor in graph.initializer}
    for node in graph.node:
        if node.op_type == "Constant" and node.attribute[0].name == "value":
            stored[node.output[0]] = onnx.numpy_helper.to_array(node.attribute[0].t)
    found = []
    for value in graph.output:
        node = writers[value.name]
        scale = stored.get(node.input[1]) if node.op_type == "DequantizeLinear" else None
        found.append(float(scale.item()) if scale is not None and scale.size == 1 else None)
    return found


def difference(expected, actual, scale):
    """How many elements differ, and by how much at most: in steps where the output is quantized, else as a share of the largest."""
    unlike = expected.view(np.uint8).reshape(expected.size, -1) != actual.view(np.uint8).reshape(actual.size, -1)
    count = int(unlike.any(1).sum())
    gap = np.abs(expected.astype(np.float64) - actual.astype(np.float64)).max()
    if expected.dtype != np.float32:
        return {"count": count, "steps": int(gap)}
    if scale is not None:
        return {"count": count, "steps": int(round(gap / scale))}
    return {"count": count, "relative": float(f"{gap / np.abs(expected).max():.2g}")}


def record(name, inputs, inputs_as=None, **facts):
    """The manifest's entry of `<name>.onnx`, whose inputs are stored already as those of `inputs_as`; refuses outputs that would prove nothing."""
    path = FOLDER / f"{name}.onnx"
    plain, operators, model = run(path, inputs, NONE)
    try:
        fused, _, _ = run(path, inputs, ALL)
        allowed, operators, _ = run(path, inputs, ALL, int8_allowed=True)
    except onnxruntime.capi.onnxruntime_pybind11_state.Fail as error:
        fused, allowed = plain, plain
        facts["refused"] = str(error).split(" : ")[-1]
    outputs = []
    for i, (info, scale) in enumerate(zip(model.get_outputs(), steps(path))):
        value = fused[i]
        distinct = len(np.unique(value))
        if distinct < min(20, value.size // 5):
            raise ValueError(f"{name}: output {info.name} has {distinct} values in {value.size} elements")
        value.tofile(FOLDER / f"{name}.output{i}.bin")
        entry = {"name": info.name, "dtype": DTYPES[info.type], "shape": list(value.shape[1:]), "elements": value.size, "distinct": distinct}
        entry |= {} if scale is None else {"step": scale}
        outputs.append(entry | {"unfused": difference(value, plain[i], scale), "int8Allowed": difference(value, allowed[i], scale)})
    values = []
    for i, (info, first) in enumerate(zip(model.get_inputs(), inputs[0])):
        file = f"{inputs_as or name}.input{i}.bin"
        if inputs_as is None:
            np.stack([sample[i] for sample in inputs]).tofile(FOLDER / file)
        values.append({"name": info.name, "dtype": DTYPES[info.type], "shape": list(first.shape), "file": file})
    differ = " | ".join(f"{o['distinct']} values, unfused {o['unfused']}, int8 allowed {o['int8Allowed']}" for o in outputs)
    print(f"{name}: {path.stat().st_size} bytes: {differ}")
    return {"name": name, **facts, "samples": len(inputs), "inputs": values, "outputs": outputs, "operators": operators}


def recorded_inputs(entry):
    files = [np.fromfile(FOLDER / v["file"], v["dtype"]).reshape(-1, *v["shape"]) for v in entry["inputs"]]
    return [list(row) for row in zip(*files)]


def stripped(path):
    """Without notes on who made it from what."""
    model = onnx.load(str(path))
    for part in [model, model.graph, *model.graph.node, *model.graph.input, *model.graph.output]:
        part.doc_string = ""
        if hasattr(part, "metadata_props"):
            del part.metadata_props[:]
    del model.graph.value_info[:]
    onnx.checker.check_model(model)
    onnx.save(model, str(path))


def write_manifest(file, versions, models):
    versions = {**versions, "onnx": onnx.__version__, "onnxruntime": onnxruntime.__version__}
    (FOLDER / file).write_text(json.dumps({"versions": versions, "models": models}, indent=1) + "\n")
