"""Makes the float networks beside this file and the tests of single layers, with the outputs OpenCV gives.

    python3 -m venv env && env/bin/pip install "opencv-python-headless<5"
    env/bin/python test/models/caffe/make_networks.py

OpenCV 5 reads no Caffe models any more. Weights are random, and statistics are not those of the identity. No test run
rewrites these files.
"""

import base64
import gzip
import json
import pathlib
import tempfile

import cv2
import numpy as np

from caffe_files import Net, Word

FOLDER = pathlib.Path(__file__).parent
random = np.random.default_rng(20261121)


def normal(*shape, scale=None):
    inner = np.prod(shape[1:]) if len(shape) > 1 else 1
    return random.normal(0, scale or 1.4 / np.sqrt(inner), shape)


def conv(net, name, bottom, channels, outputs, kernel, bias=True, top=None, kind="Convolution", **parameters):
    group = parameters.get("group", 1)
    blobs = [normal(outputs, channels // group, kernel, kernel)] + ([normal(outputs, scale=0.2)] if bias else [])
    fields = {"num_output": outputs, "kernel_size": kernel, **({} if bias else {"bias_term": False}), **parameters}
    kind = "CONVOLUTION" if net.v1 else kind
    return net.layer(name, kind, bottom, top or name, blobs, convolution_param=fields)


def norm(net, name, blob, channels):
    """BatchNorm and Scale, in place as networks have them."""
    factor = 3.5
    statistics = [normal(channels, scale=0.5) * factor, random.uniform(0.3, 2, channels) * factor, [factor]]
    net.layer(f"{name}/bn", "BatchNorm", blob, blob, statistics, batch_norm_param={"use_global_stats": True})
    blobs = [random.uniform(0.6, 1.5, channels), normal(channels, scale=0.3)]
    net.layer(f"{name}/scale", "Scale", blob, blob, blobs, scale_param={"bias_term": True})


def relu(net, blob):
    net.layer(f"{blob}/relu", "RELU" if net.v1 else "ReLU", blob, blob)


def shape(*dims):
    return {"shape": {"dim": list(dims)}}


def plain():
    """AlexNet in small: groups, LRN, pools that do not divide, and a flattened picture of 3 by 3 pixels."""
    net = Net("plain", {})
    net.layer("data", "Input", [], "data", input_param=shape(2, 3, 35, 35))
    net.layer("train", "Data", [], ["data", "label"], include={"phase": Word("TRAIN")},
              transform_param={"mean_value": [104, 117, 123]})
    conv(net, "conv1", "data", 3, 16, 5, stride=2, pad=1)
    relu(net, "conv1")
    net.layer("norm1", "LRN", "conv1", "norm1", lrn_param={"local_size": 5, "alpha": 0.3, "beta": 0.75})
    net.layer("pool1", "Pooling", "norm1", "pool1", pooling_param={"pool": Word("MAX"), "kernel_size": 3, "stride": 2})
    conv(net, "conv2", "pool1", 16, 24, 5, pad=2, group=2)
    relu(net, "conv2")
    net.layer("pool2", "Pooling", "conv2", "pool2",
              pooling_param={"pool": Word("AVE"), "kernel_size": 3, "stride": 3, "pad": 1})
    net.layer("fc3", "InnerProduct", "pool2", "fc3", [normal(20, 24 * 3 * 3), normal(20)],
              inner_product_param={"num_output": 20})
    relu(net, "fc3")
    net.layer("drop3", "Dropout", "fc3", "fc3", dropout_param={"dropout_ratio": 0.5})
    net.layer("fc4", "InnerProduct", "fc3", "fc4", [normal(10, 20)],
              inner_product_param={"num_output": 10, "bias_term": False})
    net.layer("accuracy", "Accuracy", ["fc4", "label"], "accuracy", include={"phase": Word("TRAIN")})
    net.layer("prob", "Softmax", "fc4", "prob")
    return net


def old():
    """An inception block in the format of 2014: enum types, legacy blobs, input_dim."""
    net = Net("old", {"input": "data", "input_dim": [1, 3, 28, 28]}, v1=True)
    conv(net, "conv1", "data", 3, 12, 7, stride=2, pad=3)
    relu(net, "conv1")
    net.layer("pool1", "POOLING", "conv1", "pool1", pooling_param={"pool": Word("MAX"), "kernel_size": 3, "stride": 2})
    net.layer("norm1", "LRN", "pool1", "norm1", lrn_param={"local_size": 5, "alpha": 0.1})
    branches = [conv(net, "1x1", "norm1", 12, 6, 1)]
    relu(net, "1x1")
    conv(net, "3x3_reduce", "norm1", 12, 8, 1)
    relu(net, "3x3_reduce")
    branches.append(conv(net, "3x3", "3x3_reduce", 8, 10, 3, pad=1))
    relu(net, "3x3")
    net.layer("pool", "POOLING", "norm1", "pool",
              pooling_param={"pool": Word("MAX"), "kernel_size": 3, "stride": 1, "pad": 1})
    branches.append(conv(net, "pool_proj", "pool", 12, 4, 1))
    relu(net, "pool_proj")
    net.layer("concat", "CONCAT", branches, "concat")
    net.layer("pool5", "POOLING", "concat", "pool5", pooling_param={"pool": Word("AVE"), "kernel_size": 7, "stride": 1})
    net.layer("drop", "DROPOUT", "pool5", "pool5", dropout_param={"dropout_ratio": 0.4})
    net.layer("fc", "INNER_PRODUCT", "pool5", "fc", [normal(8, 20), normal(8)], inner_product_param={"num_output": 8})
    net.layer("prob", "SOFTMAX", "fc", "prob")
    return net


def residual():
    """BatchNorm and Scale in place, a depthwise convolution, sums, and a global pool."""
    net = Net("residual", {})
    net.layer("data", "Input", [], "data", input_param=shape(1, 3, 24, 20))
    conv(net, "conv1", "data", 3, 16, 3, stride=2, pad=1, bias=False)
    norm(net, "conv1", "conv1", 16)
    relu(net, "conv1")
    conv(net, "dw", "conv1", 16, 16, 3, pad=1, group=16, bias=False)
    norm(net, "dw", "dw", 16)
    relu(net, "dw")
    conv(net, "pw", "dw", 16, 16, 1)
    norm(net, "pw", "pw", 16)
    net.layer("sum", "Eltwise", ["conv1", "pw"], "sum", eltwise_param={"operation": Word("SUM")})
    relu(net, "sum")
    conv(net, "down", "sum", 16, 32, 3, stride=2, pad=1, bias=False)
    norm(net, "down", "down", 32)
    conv(net, "short", "sum", 16, 32, 1, stride=2)
    net.layer("sum2", "Eltwise", ["down", "short"], "sum2", eltwise_param={"coeff": [1, -0.5]})
    relu(net, "sum2")
    net.layer("pool", "Pooling", "sum2", "pool", pooling_param={"pool": Word("AVE"), "global_pooling": True})
    net.layer("fc", "InnerProduct", "pool", "fc", [normal(10, 32), normal(10)], inner_product_param={"num_output": 10})
    return net


def segment():
    """A picture for a picture: deconvolutions, a crop, slices, PReLU, dilation; two outputs."""
    net = Net("segment", {"input": ["data"], "input_shape": {"dim": [1, 4, 19, 22]}})
    conv(net, "conv1", "data", 4, 12, 3, pad=2, dilation=2)
    net.layer("prelu", "PReLU", "conv1", "conv1", [random.uniform(-0.2, 0.5, 12)])
    net.layer("slice", "Slice", "conv1", ["left", "right"], slice_param={"axis": 1, "slice_point": [5]})
    net.layer("elu", "ELU", "left", "left", elu_param={"alpha": 0.7})
    net.layer("tanh", "TanH", "right", "right_tanh")
    net.layer("join", "Concat", ["left", "right_tanh"], "join", concat_param={"axis": 1})
    conv(net, "down", "join", 12, 10, 3, stride=2, pad=1)
    relu(net, "down")
    conv(net, "score", "down", 10, 6, 1)
    net.layer("up", "Deconvolution", "score", "up", [normal(6, 6, 4, 4), normal(6)],
              convolution_param={"num_output": 6, "kernel_size": 4, "stride": 2})
    net.layer("crop", "Crop", ["up", "data"], "crop", crop_param={"axis": 2, "offset": 1})
    net.layer("power", "Power", "crop", "power", power_param={"scale": 0.5, "shift": 0.1})
    net.layer("prob", "Softmax", "power", "prob")
    net.layer("mask", "Sigmoid", "score", "mask")
    return net


def single(kind, dims, blobs=(), bottoms=1, tops=1, **parameters):
    """A network of one layer."""
    names = ["data", "data2"][:bottoms]
    dims = [dims] if isinstance(dims, tuple) else dims
    net = Net(kind, {"input": names, "input_shape": [{"dim": list(d)} for d in (dims * bottoms)[:bottoms]]})
    top = [f"out{i}" for i in range(tops)]
    net.layer("layer", kind, names, top, blobs, **parameters)
    return net


def layer_tests():
    """What the networks do not have: one layer each, by name."""
    pool = lambda dims=(1, 3, 7, 9), **p: single("Pooling", dims, pooling_param=p)
    ave, most = Word("AVE"), Word("MAX")
    conv_ = lambda blobs, dims=(1, 4, 8, 9), kind="Convolution", **p: single(kind, dims, blobs, convolution_param=p)
    tests = {
        "conv_pad_beyond_kernel": conv_([normal(3, 4, 1, 1), normal(3)], num_output=3, kernel_size=1, pad=1),
        "conv_rectangular": conv_([normal(3, 4, 3, 2), normal(3)], num_output=3, kernel_h=3, kernel_w=2, stride_h=2,
                                  stride_w=1, pad_h=1, pad_w=0),
        "conv_depth_multiplier": conv_([normal(8, 1, 3, 3), normal(8)], num_output=8, kernel_size=3, group=4),
        "conv_two_dilations": conv_([normal(3, 4, 3, 3), normal(3)], num_output=3, kernel_size=3, dilation=[1, 2]),
        "deconv_groups": conv_([normal(4, 2, 3, 3), normal(4)], kind="Deconvolution", num_output=4, kernel_size=3, group=2,
                               stride=2, pad=1),
        "deconv_bilinear": conv_([normal(4, 1, 4, 4)], kind="Deconvolution", num_output=4, kernel_size=4, group=4, stride=2,
                                 pad=1, bias_term=False),
        "pool_max_ceil": pool(pool=most, kernel_size=2, stride=2),
        "pool_max_floor": pool(pool=most, kernel_size=2, stride=2, ceil_mode=False),
        "pool_max_clipped": pool((1, 2, 6, 6), pool=most, kernel_size=2, stride=2, pad=1),
        "pool_max_one_pad": pool(pool=most, kernel_h=3, kernel_w=2, stride_h=2, stride_w=2, pad_h=1, pad_w=0),
        "pool_max_global": pool(pool=most, global_pooling=True),
        "pool_ave_ceil": pool(pool=ave, kernel_size=2, stride=2),
        "pool_ave_padded": pool((2, 3, 8, 8), pool=ave, kernel_size=3, stride=2, pad=1),
        "pool_ave_global": pool((2, 5, 4, 6), pool=ave, global_pooling=True),
        "lrn_one_channel": single("LRN", (1, 2, 9, 8), lrn_param={"local_size": 3, "alpha": 0.5, "beta": 0.6,
                                                                 "norm_region": Word("WITHIN_CHANNEL")}),
        "relu_slope": single("ReLU", (2, 3, 4, 5), relu_param={"negative_slope": 0.1}),
        "prelu_shared": single("PReLU", (1, 3, 4, 5), [[0.3]], prelu_param={"channel_shared": True}),
        "abs": single("AbsVal", (1, 2, 3, 4)),
        "bnll": single("BNLL", (1, 2, 3, 4)),
        "power_square": single("Power", (1, 2, 3, 4), power_param={"power": 2, "scale": 0.5, "shift": 1}),
        "power_cube": single("Power", (1, 2, 3, 4), power_param={"power": 3, "scale": 0.5, "shift": 3}),
        "exp": single("Exp", (1, 2, 3, 4), exp_param={"scale": 0.5, "shift": 1}),
        "exp_base_2": single("Exp", (1, 2, 3, 4), exp_param={"base": 2}),
        "eltwise_prod": single("Eltwise", (1, 2, 3, 4), bottoms=2, eltwise_param={"operation": Word("PROD")}),
        "eltwise_max": single("Eltwise", (1, 2, 3, 4), bottoms=2, eltwise_param={"operation": Word("MAX")}),
        "scale_two_bottoms": single("Scale", [(1, 3, 4, 5), (1, 3)], bottoms=2, scale_param={"axis": 0}),
        "scale_alone": single("Scale", (2, 3, 4, 5), [normal(3)]),
        "batch_norm_alone": single("BatchNorm", (2, 3, 4, 5), [normal(3), random.uniform(1, 2, 3), [2.0]],
                                   batch_norm_param={"eps": 0.001}),
        "concat_rows": single("Concat", [(1, 3, 2, 5), (1, 3, 4, 5)], bottoms=2, concat_param={"axis": 2}),
        "slice_rows": single("Slice", (1, 2, 7, 3), tops=3, slice_param={"axis": -2, "slice_point": [2, 5]}),
        "crop_channels": single("Crop", [(1, 5, 6, 7), (1, 3, 4, 4)], bottoms=2, crop_param={"axis": 1, "offset": [1, 2, 3]}),
        "flatten_middle": single("Flatten", (2, 3, 4, 5), flatten_param={"axis": 1, "end_axis": 2}),
        "reshape": single("Reshape", (2, 6, 4, 5), reshape_param={"shape": {"dim": [0, 2, -1, 5]}}),
        "reshape_inner": single("Reshape", (2, 6, 4, 5), reshape_param={"shape": {"dim": [20]}, "axis": 2}),
        "permute": single("Permute", (2, 3, 4, 5), permute_param={"order": [0, 2, 3, 1]}),
        "softmax_last": single("Softmax", (2, 3, 4), softmax_param={"axis": -1}),
        "softmax_pixels": single("Softmax", (1, 5, 4, 3)),
        "inner_product_axis_2": single("InnerProduct", (2, 3, 4, 5), [normal(7, 20), normal(7)],
                                       inner_product_param={"num_output": 7, "axis": 2}),
    }
    # The order in which a picture is flattened must be the file's, wherever the layer before left it.
    net = Net("flatten", {"input": "data", "input_shape": {"dim": [2, 3, 5, 4]}})
    conv(net, "conv", "data", 3, 6, 3, pad=1)
    net.layer("flatten", "Flatten", "conv", "flat")
    net.layer("fc", "InnerProduct", "flat", "fc", [normal(5, 120), normal(5)], inner_product_param={"num_output": 5})
    tests["flatten_then_inner_product"] = net
    net = Net("shuffle", {"input": "data", "input_shape": {"dim": [1, 4, 5, 6]}})
    conv(net, "conv", "data", 4, 6, 1)
    net.layer("groups", "Reshape", "conv", "groups", reshape_param={"shape": {"dim": [0, 2, 3, -1]}})
    net.layer("swap", "Permute", "groups", "swap", permute_param={"order": [0, 2, 1, 3]})
    net.layer("back", "Reshape", "swap", "back", reshape_param={"shape": {"dim": [0, 6, 5, 6]}})
    conv(net, "conv2", "back", 6, 3, 1)
    tests["channel_shuffle"] = net
    return tests


def defined_tests():
    """Layers that OpenCV does not know, or reads otherwise, with what caffe.proto says of them."""
    window = {"num_output": 4, "kernel_size": 1, "group": 4, "bias_term": False}
    weights, addends = normal(4, 1, 1, 1), normal(3)
    return {
        "bias": (single("Bias", (2, 3, 2, 4), [addends]), lambda x: [x + addends.astype(np.float32).reshape(3, 1, 1)]),
        "relu6": (single("ReLU6", (1, 3, 2, 4)), lambda x: [np.clip(x, 0, 6)]),
        "clip": (single("Clip", (1, 3, 2, 4), clip_param={"min": -0.5, "max": 0.75}), lambda x: [np.clip(x, -0.5, 0.75)]),
        "log_base_2": (single("Log", (1, 3, 2, 4), log_param={"base": 2, "scale": 0.5, "shift": 8}),
                       lambda x: [np.log2(8 + x / 2)]),
        "split": (single("Split", (1, 3, 2, 4), tops=2), lambda x: [x, x]),
        "slice_equal": (single("Slice", (1, 6, 2, 3), tops=3), lambda x: np.split(x, 3, 1)),
        "depthwise": (single("DepthwiseConvolution", (1, 4, 3, 5), [weights], convolution_param=window),
                      lambda x: [x * weights.astype(np.float32).reshape(4, 1, 1)]),
    }


def inputs_of(net):
    if net.layers[0]["type"] == "Input":
        shapes = [net.layers[0]["input_param"]["shape"]["dim"]]
        names = ["data"]
    else:
        names = net.head["input"] if isinstance(net.head["input"], list) else [net.head["input"]]
        given = net.head.get("input_shape")
        shapes = [net.head["input_dim"]] if given is None else [s["dim"] for s in (given if isinstance(given, list) else [given])]
    return {name: random.normal(0, 1, dims).astype(np.float32) for name, dims in zip(names, shapes)}


def run(net, inputs):
    """Outputs of OpenCV, by the names of layers; its optimizations are off, they change the order of sums."""
    with tempfile.TemporaryDirectory() as folder:
        paths = [f"{folder}/net.prototxt", f"{folder}/net.caffemodel"]
        # OpenCV does not leave out layers of phase TRAIN.
        kept = Net(net.head["name"], net.head, net.v1)
        kept.layers = [layer for layer in net.layers if layer.get("include") != {"phase": "TRAIN"}]
        pathlib.Path(paths[0]).write_text(kept.prototxt())
        pathlib.Path(paths[1]).write_bytes(net.caffemodel())
        model = cv2.dnn.readNetFromCaffe(*paths)
    model.enableFusion(False)
    model.enableWinograd(False)
    for name, value in inputs.items():
        model.setInput(value, name)
    names = model.getUnconnectedOutLayersNames()
    lists = zip(names, model.forwardAndRetrieve(names))
    # A pool has its mask as a second output.
    tops = {layer["name"]: len(layer["top"]) for layer in net.layers}
    return {f"{name}/{i}": value.astype(np.float32)
            for name, values in lists for i, value in enumerate(values[: tops.get(name, 1)])}


def packed(values):
    return {name: {"shape": list(value.shape), "data": base64.b64encode(np.ascontiguousarray(value, np.float32).tobytes()).decode()}
            for name, value in values.items()}


def main():
    networks = {}
    for net in [plain(), old(), residual(), segment()]:
        name = net.head["name"]
        (FOLDER / f"{name}.prototxt").write_text(net.prototxt())
        (FOLDER / f"{name}.caffemodel").write_bytes(net.caffemodel())
        inputs = inputs_of(net)
        networks[name] = {"inputs": packed(inputs), "outputs": packed(run(net, inputs))}
    (FOLDER / "networks.json.gz").write_bytes(gzip.compress(json.dumps({"opencv": cv2.__version__, "networks": networks}).encode(), mtime=0))
    tests = []
    cases = [(name, net, None) for name, net in layer_tests().items()]
    cases += [(name, net, compute) for name, (net, compute) in defined_tests().items()]
    for name, net, compute in cases:
        inputs = inputs_of(net)
        outputs = run(net, inputs) if compute is None else {f"layer/{i}": y for i, y in enumerate(compute(inputs["data"]))}
        tests.append({"name": name, "by": "definition" if compute else "OpenCV", "prototxt": net.prototxt(),
                      "caffemodel": base64.b64encode(net.caffemodel()).decode(),
                      "inputs": packed(inputs), "outputs": packed(outputs)})
    (FOLDER / "layers.json.gz").write_bytes(gzip.compress(json.dumps({"opencv": cv2.__version__, "tests": tests}).encode(), mtime=0))
    print(f"{len(networks)} networks, {len(tests)} layers, OpenCV {cv2.__version__}")


main()
