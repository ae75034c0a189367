"""Makes the fixed-point networks beside this file and what they compute, by the arithmetic of Ristretto written down here.

    python3 -m venv env && env/bin/pip install numpy
    env/bin/python test/models/caffe/make_ristretto.py

Ristretto (Gysel et al., "Hardware-oriented approximation of convolutional neural networks") simulates fixed point in
float32. A layer trims its input in place, its weights and biases, and its output; trimming saturates to the range of bw
bits, then rounds to multiples of 2^-fl. Its GPU kernels round with rint, ties to even, its CPU code with round, ties away
from zero; both are done here. Sums of a layer are exact: they are taken in float64, where every product of trimmed numbers and every partial sum of these
networks is a multiple of one power of two below 2^53. Layers of Caffe itself compute in float32.

No test run rewrites these files.
"""

import base64
import gzip
import json
import pathlib

import numpy as np

from caffe_files import Net, Word

FOLDER = pathlib.Path(__file__).parent
random = None
# How ties are rounded: "even" or "away".
mode = None


def trim(x, bw, fl, ties=None):
    low, high = -(2.0 ** (bw - 1)), 2.0 ** (bw - 1) - 1
    units = np.clip(np.asarray(x, np.float64) * 2.0**fl, low, high)
    return np.clip(ROUND[ties or mode](units), low, high) * 2.0**-fl


ROUND = {"even": np.rint, "up": lambda x: np.floor(x + 0.5), "away": lambda x: np.copysign(np.floor(np.abs(x) + 0.5), x)}


def unit(x):
    """The largest power of two of which all numbers are multiples."""
    return next(2.0**k for k in range(20, -60, -1) if (x / 2.0**k == np.rint(x / 2.0**k)).all())


def correlate(x, w, stride, pad, group):
    """[N,C,H,W] with [O,C/group,h,w], every product by itself."""
    n, c, height, width = x.shape
    outputs, inner, kh, kw = w.shape
    x = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    rows, columns = (height + 2 * pad - kh) // stride + 1, (width + 2 * pad - kw) // stride + 1
    y = np.zeros((n, outputs, rows, columns))
    for o in range(outputs):
        first = o // (outputs // group) * inner
        for i in range(rows):
            for j in range(columns):
                patch = x[:, first:first + inner, i * stride:i * stride + kh, j * stride:j * stride + kw]
                y[:, o, i, j] = (patch * w[o]).sum((1, 2, 3))
    return y


def spread(x, w, stride, pad):
    """Deconvolution: every input pixel adds its multiple of the kernel, [C,O,h,w], to the output."""
    n, c, height, width = x.shape
    _, outputs, kh, kw = w.shape
    y = np.zeros((n, outputs, (height - 1) * stride + kh, (width - 1) * stride + kw))
    for i in range(height):
        for j in range(width):
            y[:, :, i * stride:i * stride + kh, j * stride:j * stride + kw] += np.einsum("nc,cohw->nohw", x[:, :, i, j], w)
    return y[:, :, pad:y.shape[2] - pad, pad:y.shape[3] - pad]


class Fixed(Net):
    """A network that computes what it is as it is made: `values` are the blobs at this point."""

    def __init__(self, name, data):
        super().__init__(name, {})
        self.values = {"data": data.astype(np.float64)}
        self.input = data
        # Numbers that these layers compute, and those of them that rounding ties away from zero would change.
        self.outputs = self.ties = 0
        self.layer("data", "Input", [], "data", input_param={"shape": {"dim": list(data.shape)}})

    def product(self, kind, name, bottom, top, weights, bias, grids, ties, compute, **fields):
        """One of Ristretto's layers; grids are (bw, fl) of input, parameters and output."""
        given, parameters, out = grids
        blobs = [weights.astype(np.float32)] + ([] if bias is None else [bias.astype(np.float32)])
        self.layer(name, kind, bottom, top, blobs, **fields, quantization_param={
            "precision": Word("DYNAMIC_FIXED_POINT"), "rounding_scheme": Word("NEAREST"),
            "bw_layer_in": given[0], "fl_layer_in": given[1], "bw_params": parameters[0], "fl_params": parameters[1],
            "bw_layer_out": out[0], "fl_layer_out": out[1]})
        x = self.values[bottom] = trim(self.values[bottom], *given)
        w = trim(blobs[0], *parameters)
        # Caffe's own sums are exact too, in whatever order it takes them: no partial sum needs more than 24 bits.
        # Where some may, ties of ours go up.
        most = np.abs(x / unit(x)).max() * np.abs(w / unit(w)).reshape(len(w), -1).sum(1).max()
        if ties is None:
            assert most < 2**24, (name, most)
        y = compute(x, w)
        if bias is not None:
            y = y + trim(blobs[1], *parameters).reshape([1, -1] + [1] * (y.ndim - 2))
        self.values[top] = trim(y, *out, ties)
        self.outputs += y.size
        self.ties += int((trim(y, *out, "away" if mode == "even" else "even") != self.values[top]).sum())
        return top

    def conv(self, name, bottom, outputs, kernel, grids, bias=True, top=None, stride=1, pad=0, group=1, spreads=0.5, ties=None):
        channels = self.values[bottom].shape[1]
        w = random.normal(0, spreads, (outputs, channels // group, kernel, kernel))
        b = random.normal(0, spreads, outputs) if bias else None
        fields = {"num_output": outputs, "kernel_size": kernel, "stride": stride, "pad": pad, "group": group, "bias_term": bias}
        compute = lambda x, w: correlate(x, w, stride, pad, group)
        return self.product("ConvolutionRistretto", name, bottom, top or name, w, b, grids, ties, compute, convolution_param=fields)

    def deconv(self, name, bottom, outputs, kernel, grids, stride, pad):
        channels = self.values[bottom].shape[1]
        w, b = random.normal(0, 0.4, (channels, outputs, kernel, kernel)), random.normal(0, 0.5, outputs)
        fields = {"num_output": outputs, "kernel_size": kernel, "stride": stride, "pad": pad}
        compute = lambda x, w: spread(x, w, stride, pad)
        return self.product("DeconvolutionRistretto", name, bottom, name, w, b, grids, None, compute, convolution_param=fields)

    def fc(self, name, bottom, outputs, grids, ties=None):
        inner = int(np.prod(self.values[bottom].shape[1:]))
        w, b = random.normal(0, 0.25, (outputs, inner)), random.normal(0, 0.5, outputs)
        compute = lambda x, w: x.reshape(len(x), -1) @ w.T
        return self.product("FcRistretto", name, bottom, name, w, b, grids, ties, compute, inner_product_param={"num_output": outputs})

    def relu(self, blob):
        self.layer(f"{blob}/relu", "ReLU", blob, blob)
        self.values[blob] = np.maximum(self.values[blob], 0)

    def leaky(self, name, bottom, slope):
        self.layer(name, "ReLU", bottom, name, relu_param={"negative_slope": slope})
        x = np.float32(self.values[bottom])
        self.values[name] = np.where(x > 0, x, x * np.float32(slope)).astype(np.float64)

    def pool(self, name, bottom, method, kernel, stride, pad=0):
        self.layer(name, "Pooling", bottom, name,
                   pooling_param={"pool": Word(method), "kernel_size": kernel, "stride": stride, **({"pad": pad} if pad else {})})
        x = np.pad(self.values[bottom], ((0, 0), (0, 0), (pad, pad), (pad, pad)))
        size = [-(-(extent - kernel) // stride) + 1 for extent in x.shape[2:]]
        if pad:
            size = [n - 1 if (n - 1) * stride >= extent - pad else n for n, extent in zip(size, x.shape[2:])]
        y = np.zeros((*x.shape[:2], *size))
        for i in range(size[0]):
            for j in range(size[1]):
                window = x[:, :, i * stride:i * stride + kernel, j * stride:j * stride + kernel]
                count = window.shape[2] * window.shape[3]
                mean = np.float32(window.sum((2, 3))) / np.float32(count)
                y[:, :, i, j] = window.max((2, 3)) if method == "MAX" else mean
        self.values[name] = y

    def mean(self, name, bottom):
        self.layer(name, "Pooling", bottom, name, pooling_param={"pool": Word("AVE"), "global_pooling": True})
        x = self.values[bottom]
        self.values[name] = (np.float32(x.sum((2, 3), keepdims=True)) / np.float32(x.shape[2] * x.shape[3])).astype(np.float64)

    def multiply(self, name, left, right):
        self.layer(name, "Eltwise", [left, right], name, eltwise_param={"operation": Word("PROD")})
        self.values[name] = np.float32(self.values[left] * self.values[right]).astype(np.float64)

    def add(self, name, left, right):
        self.layer(name, "Eltwise", [left, right], name)
        self.values[name] = np.float32(self.values[left] + self.values[right]).astype(np.float64)

    def concat(self, name, blobs):
        self.layer(name, "Concat", blobs, name)
        self.values[name] = np.concatenate([self.values[blob] for blob in blobs], 1)


def data(*shape, scale=1.0):
    return random.normal(0, scale, shape).astype(np.float32)


def eight():
    """8 bits everywhere, as Ristretto's tool makes it: maxima stay on their grid, means leave it."""
    net = Fixed("ristretto", data(2, 3, 17, 15))
    net.conv("conv1", "data", 12, 3, [(8, 5), (8, 6), (8, 4)], pad=1)
    net.relu("conv1")
    net.pool("pool1", "conv1", "MAX", 3, 2)
    net.conv("conv2", "pool1", 16, 3, [(8, 4), (8, 6), (8, 2)], pad=1, group=2)
    net.relu("conv2")
    net.conv("conv3", "conv2", 10, 1, [(8, 3), (8, 7), (8, 3)], bias=False)
    net.pool("pool3", "conv3", "AVE", 3, 2)
    net.fc("fc4", "pool3", 20, [(8, 4), (8, 7), (8, 3)])
    net.relu("fc4")
    net.fc("fc5", "fc4", 10, [(8, 3), (8, 8), (8, 3)])
    return net


def residual():
    """A sum whose left side the convolution before it has trimmed in place; depthwise, deconvolution, joined grids."""
    net = Fixed("ristretto_residual", data(1, 4, 12, 13, scale=2))
    net.conv("conv1", "data", 8, 3, [(8, 4), (8, 6), (8, 3)], stride=2, pad=1)
    net.relu("conv1")
    net.conv("branch", "conv1", 8, 3, [(8, 1), (8, 6), (8, 2)], pad=1, group=8)
    net.add("sum", "conv1", "branch")
    net.relu("sum")
    net.conv("left", "sum", 6, 1, [(8, 2), (8, 6), (8, 2)])
    net.conv("right", "sum", 4, 3, [(8, 2), (8, 5), (8, 1)], pad=1)
    net.concat("join", ["left", "right"])
    net.deconv("up", "join", 5, 4, [(8, 1), (8, 6), (8, 1)], stride=2, pad=1)
    net.relu("up")
    return net


def between():
    """Layers that compute in float32 between trimmed ones: products, slopes, means over padding and over everything."""
    net = Fixed("ristretto_between", data(1, 3, 13, 12))
    net.conv("conv1", "data", 8, 3, [(8, 5), (8, 6), (8, 4)], pad=1)
    net.leaky("leaky", "conv1", 0.1)
    net.conv("conv2", "leaky", 8, 1, [(8, 5), (8, 7), (8, 5)], spreads=0.3)
    net.conv("gate", "conv1", 8, 1, [(8, 4), (8, 7), (8, 4)], spreads=0.2)
    net.multiply("product", "conv2", "gate")
    net.conv("conv3", "product", 6, 3, [(7, 3), (8, 6), (8, 2)], spreads=0.3)
    net.pool("pool3", "conv3", "AVE", 3, 2, pad=1)
    net.relu("pool3")
    net.conv("conv4", "pool3", 8, 1, [(8, 3), (8, 7), (8, 3)])
    net.conv("conv5", "pool3", 4, 1, [(8, 3), (8, 7), (8, 2)])
    net.concat("join", ["conv4", "conv5"])
    net.relu("join")
    net.conv("conv6", "join", 9, 1, [(8, 3), (8, 7), (8, 3)])
    net.mean("mean", "conv6")
    net.fc("fc", "mean", 6, [(8, 4), (8, 7), (8, 4)])
    return net


def negative():
    """Large numbers, whose units are 2 and more: a bias may lie between two units of the sums, before a ReLU and without."""
    net = Fixed("ristretto_large", data(1, 3, 15, 15, scale=90))
    net.conv("conv1", "data", 12, 3, [(8, -1), (8, 9), (8, -1)], spreads=0.12, pad=1)
    net.relu("conv1")
    net.pool("pool1", "conv1", "MAX", 3, 2)
    net.conv("dw", "pool1", 12, 3, [(8, -2), (8, 6), (8, -3)], spreads=1, pad=1, group=12)
    net.relu("dw")
    # A ReLU of its own top, and units of 8.
    net.conv("conv2", "dw", 10, 3, [(8, -3), (8, 9), (7, -1)], spreads=0.12, pad=1, top="sums")
    net.layer("conv2/relu", "ReLU", "sums", "conv2")
    net.values["conv2"] = np.maximum(net.values["sums"], 0)
    net.conv("conv3", "conv2", 8, 1, [(8, -1), (8, 7), (8, -1)], spreads=0.5)
    net.deconv("up", "conv3", 4, 2, [(8, -2), (8, 6), (8, -2)], stride=2, pad=0)
    net.relu("up")
    net.fc("fc", "up", 9, [(8, -3), (8, 8), (8, -5)])
    net.relu("fc")
    return net


def mixed():
    """Other widths than 8: fewer bits saturate early, more need 16-bit integers or float32."""
    net = Fixed("ristretto_mixed", data(1, 3, 14, 14, scale=20))
    net.conv("start", "data", 8, 3, [(8, 1), (8, 9), (8, 0)], spreads=0.1, pad=1)
    net.conv("narrow", "start", 8, 3, [(6, -1), (4, 4), (5, -3)], spreads=0.2, pad=1)
    net.conv("few", "narrow", 8, 1, [(5, -3), (6, 4), (7, -1)], bias=False)
    net.conv("wide", "few", 8, 3, [(7, -1), (8, 6), (16, 7)], stride=2, pad=1, bias=False)
    net.relu("wide")
    net.conv("wide2", "wide", 6, 3, [(16, 6), (8, 6), (12, 2)], pad=1, ties="up")
    net.conv("precise", "wide2", 6, 1, [(8, -2), (12, 9), (10, 1)], spreads=0.7)
    # 32 bits, Ristretto's default, where only weights are trimmed.
    net.conv("weights", "precise", 5, 1, [(32, 16), (8, 7), (32, 16)], spreads=0.5)
    net.fc("fc", "weights", 7, [(10, 0), (8, 7), (8, -3)])
    return net


def make(builder, ties):
    """The same network every time, with what it computes if ties are rounded like that."""
    global random, mode
    random, mode = np.random.default_rng(20261122), ties
    return builder()


def main():
    packed = lambda x: {"shape": list(x.shape), "data": base64.b64encode(x.astype(np.float32).tobytes()).decode()}
    networks = {}
    for builder in [eight, residual, between, negative, mixed]:
        net, other = make(builder, "even"), make(builder, "away")
        name = net.head["name"]
        assert (net.prototxt(), net.caffemodel()) == (other.prototxt(), other.caffemodel())
        (FOLDER / f"{name}.prototxt").write_text(net.prototxt())
        (FOLDER / f"{name}.caffemodel").write_bytes(net.caffemodel())
        # Every blob a layer leaves behind is exactly a float32 number.
        assert all((np.float32(x) == x).all() for x in [*net.values.values(), *other.values.values()])
        blobs, away = ({blob: packed(x) for blob, x in made.values.items() if blob != "data"} for made in (net, other))
        output = net.layers[-1]["top"][0]
        networks[name] = {"inputs": {"data": packed(net.input)}, "output": output, "blobs": blobs, "away": away, "ties": net.ties}
        print(f"{name}: {net.ties} of {net.outputs} numbers are ties, and others if rounded away from zero")
    (FOLDER / "ristretto.json.gz").write_bytes(gzip.compress(json.dumps(networks).encode(), mtime=0))


main()
