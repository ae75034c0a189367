"""What TFLite's reference kernels and TFLite Micro compute: golden files for --numerics tflite and tflite-micro.

    python -m venv /tmp/venv && /tmp/venv/bin/pip install ai-edge-litert==2.3.0 tflite-micro==0.dev20261023182759
    /tmp/venv/bin/python make_tflite_golden.py      # writes tflite.json beside it

Of the int8 and uint8 models in ../shared, on the inputs of ../shared/golden, and of the one-operator models of
single-ops.ts. Only digests are kept: of each output of a model, of all outputs of a group of one-operator models. null where
a runtime cannot run it. XNNPACK is off in both: LiteRT has a reference op resolver, TFLite Micro has no delegates.
"""

import hashlib
import json
import subprocess
import tempfile
from importlib.metadata import version
from pathlib import Path

import numpy as np
from ai_edge_litert.interpreter import Interpreter, OpResolverType
from tflite_micro.python.tflite_micro import runtime as micro

HERE = Path(__file__).resolve().parent
SHARED = HERE.parents[2] / "shared"
# LiteRT's reference SUM does not rescale, nor does TFLite Micro's RELU6; the tables of tanh are the C library's, whose last
# bit is decided by these edges.
LEFT_OUT = {"tflite": {"sum INT8", "tanh INT8 edges"}, "tflite-micro": {"relu6 INT8"}}


def litert(path, inputs):
    interpreter = Interpreter(str(path), experimental_op_resolver_type=OpResolverType.BUILTIN_REF)
    interpreter.allocate_tensors()
    for detail, data in zip(interpreter.get_input_details(), inputs):
        interpreter.set_tensor(detail["index"], np.frombuffer(data, detail["dtype"]).reshape(detail["shape"]))
    interpreter.invoke()
    return [interpreter.get_tensor(detail["index"]) for detail in interpreter.get_output_details()]


def tflite_micro(path, inputs):
    details = Interpreter(str(path)).get_input_details()
    interpreter = micro.Interpreter.from_file(str(path), arena_size=64 << 20)
    for i, (detail, data) in enumerate(zip(details, inputs)):
        interpreter.set_input(np.frombuffer(data, detail["dtype"]).reshape(detail["shape"]), i)
    interpreter.invoke()
    return [interpreter.get_output(i) for i in range(len(Interpreter(str(path)).get_output_details()))]


RUNTIMES = {"tflite": litert, "tflite-micro": tflite_micro}


def outputs(profile, path, inputs):
    """Bytes of each output, or None where the runtime refuses the model."""
    try:
        return [np.ascontiguousarray(output).tobytes() for output in RUNTIMES[profile](path, inputs)]
    except (RuntimeError, ValueError):
        return None


def digest(data):
    return hashlib.sha256(data).hexdigest()


def models():
    manifest = json.loads((SHARED / "golden/manifest.json").read_text())["models"]
    for name, golden in manifest.items():
        # An LSTM is not among qbin's operators.
        if name == "trained_lstm_int8" or golden["inputs"][0]["type"] == "FLOAT32":
            continue
        cases = {}
        for case, entry in golden["cases"].items():
            inputs = [(SHARED / "golden" / name / one["file"]).read_bytes() for one in entry["inputs"]]
            made = {profile: outputs(profile, SHARED / "models" / golden["file"], inputs) for profile in RUNTIMES}
            cases[case] = {profile: one and [digest(data) for data in one] for profile, one in made.items()}
        yield name, cases


def operators(folder):
    groups = {}
    for i, entry in enumerate(json.loads((folder / "index.json").read_text())):
        group = groups.setdefault(entry["group"], {"models": 0, "tflite": [], "tflite-micro": []})
        group["models"] += 1
        inputs = [(folder / f"{i}.input{k}.bin").read_bytes() for k in range(entry["inputs"])]
        for profile in RUNTIMES:
            left_out = entry["group"] in LEFT_OUT[profile]
            group[profile].append(None if left_out else outputs(profile, folder / f"{i}.tflite", inputs))
    for name, group in groups.items():
        for profile in RUNTIMES:
            made = group[profile]
            whole = None if None in made else b"".join(data for one in made for data in one)
            group[profile] = whole and {"bytes": len(whole), "sha256": digest(whole)}
        yield name, group


with tempfile.TemporaryDirectory() as temporary:
    folder = Path(temporary)
    subprocess.run(["node", HERE / "write-single-ops.mjs", folder], check=True)
    golden = {
        "ai-edge-litert": version("ai-edge-litert"),
        "tflite-micro": version("tflite-micro"),
        "models": dict(models()),
        "operators": dict(operators(folder)),
    }
(HERE / "tflite.json").write_text(json.dumps(golden, indent=1) + "\n")
