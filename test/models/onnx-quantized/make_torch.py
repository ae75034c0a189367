"""Makes models quantized and exported by PyTorch, with the outputs ONNX Runtime gives.

    python3 -m venv env && env/bin/pip install torch torchao onnx onnxscript onnxruntime
    env/bin/python test/models/onnx-quantized/make_torch.py
    node test/models/onnx-quantized/record-web.mjs

Every way from a quantized PyTorch model to ONNX that works is here once at least; README.md has those that do not, and
what the patterns are. No test run rewrites the files.
"""

import contextlib
import io
import warnings

import onnx
import torch
import torchao.quantization.pt2e
from networks import Attention, Cnn, Gated, Mlp, Mobilenet, Resnet, samples, sensible
from record import FOLDER, SAMPLES, record, stripped, write_manifest
from torch import nn
from torch.ao import quantization as ao
from torch.ao.quantization import quantize_fx as fx
from torchao.quantization.pt2e import quantize_pt2e as pt2e
from torchao.quantization.pt2e.quantizer import x86_inductor_quantizer as inductor


class Eager(nn.Module):
    """Written for eager quantization: stubs at the ends, sums and products as modules of their own."""

    shapes = [(1, 3, 16, 16)]

    def __init__(self):
        super().__init__()
        self.quant, self.dequant = ao.QuantStub(), ao.DeQuantStub()
        self.add, self.cat, self.mul = (nn.quantized.FloatFunctional() for _ in range(3))
        self.first = nn.Sequential(nn.Conv2d(3, 8, 3, padding=1), nn.BatchNorm2d(8), nn.ReLU())
        self.second = nn.Sequential(nn.Conv2d(8, 8, 3, padding=1), nn.BatchNorm2d(8))
        self.leaky, self.sigmoid = nn.LeakyReLU(0.1), nn.Sigmoid()
        self.head = nn.Linear(16, 24)

    def forward(self, x):
        x = self.first(self.quant(x))
        x = self.cat.cat([self.add.add_relu(x, self.second(x)), self.leaky(self.second(x))], 1)
        x = self.mul.mul(x, self.sigmoid(x))
        return self.dequant(self.head(nn.functional.adaptive_avg_pool2d(x, 1).flatten(1))), self.dequant(x)


class Fake(nn.Module):
    """Fake quantization as written for export: a range seen while training, then PyTorch's function with constants."""

    def __init__(self, low, high, axis=None):
        super().__init__()
        self.low, self.high, self.axis = low, high, axis
        self.register_buffer("scale", None)
        self.register_buffer("zero_point", None)

    def forward(self, x):
        if self.axis is not None:
            if self.training:
                self.scale = x.detach().abs().amax(tuple(i for i in range(x.dim()) if i != self.axis)) / self.high
                self.zero_point = torch.zeros_like(self.scale, dtype=torch.int32)
            return torch.fake_quantize_per_channel_affine(x, self.scale, self.zero_point, self.axis, self.low, self.high)
        if self.training:
            least, most = x.detach().min().clamp(max=0), x.detach().max().clamp(min=0)
            scale = (most - least) / (self.high - self.low)
            self.scale = scale if self.scale is None else torch.maximum(scale, self.scale)
            self.zero_point = (self.low - least / self.scale).round().clamp(self.low, self.high).int()
        return torch.fake_quantize_per_tensor_affine(x, self.scale, self.zero_point, self.low, self.high)


class Learned(nn.Module):
    """Fake quantization by its definition, so that the scale can be learned; round passes the gradient through."""

    def __init__(self, low, high, axis=None):
        super().__init__()
        self.low, self.high, self.axis, self.scale = low, high, axis, None

    def forward(self, x):
        if self.scale is None:
            axes = [i for i in range(x.dim()) if i != self.axis]
            largest = x.detach().abs().amax(axes, keepdim=True) if self.axis is not None else x.detach().abs().max()
            self.scale = nn.Parameter(largest / self.high)
        q = torch.clamp(x / self.scale, self.low, self.high)
        return (q + (torch.round(q) - q).detach()) * self.scale


class Wrapped(nn.Module):
    """A layer whose weights and results are fake-quantized."""

    def __init__(self, layer, activation, weight):
        super().__init__()
        self.layer, self.activation, self.weight = layer, activation, weight

    def forward(self, x):
        weight = self.weight(self.layer.weight)
        if isinstance(self.layer, nn.Linear):
            return self.activation(nn.functional.linear(x, weight, self.layer.bias))
        return self.activation(self.layer._conv_forward(x, weight, self.layer.bias))


class Sequence(nn.Module):
    """Convolutions, a pool and linear layers, fake-quantized after each activation."""

    shapes = [(1, 3, 16, 16)]

    def __init__(self, signed, unsigned, weight):
        super().__init__()
        self.enter = signed()
        self.layers = nn.Sequential(
            Wrapped(nn.Conv2d(3, 8, 3, padding=1), nn.Sequential(nn.ReLU(), unsigned()), weight()),
            Wrapped(nn.Conv2d(8, 8, 3, padding=1, groups=8), nn.Sequential(nn.ReLU6(), unsigned()), weight()),
            nn.MaxPool2d(2),
            Wrapped(nn.Conv2d(8, 8, 1, stride=2), signed(), weight()),
        )
        self.head = Wrapped(nn.Linear(128, 20), signed(), weight())

    def forward(self, x):
        y = self.layers(self.enter(x))
        return self.head(y.flatten(1)), y


def calibrate(model, seed=1):
    """Shows the model data; steps against a target it cannot reach, where it has gradients."""
    parameters = [p for p in model.parameters() if p.requires_grad] if model.training else []
    optimizer = torch.optim.SGD(parameters, lr=1e-3) if parameters else None
    for row in samples(model.shapes, 16, seed):
        y = model(*(torch.from_numpy(x) for x in row))
        if optimizer:
            optimizer.zero_grad()
            sum((part - part.detach().roll(1)).square().mean() for part in (y if isinstance(y, tuple) else (y,))).backward()
            optimizer.step()
    return model


def static_eager():
    torch.backends.quantized.engine = "x86"
    model = ao.fuse_modules(sensible(Eager, 1), [["first.0", "first.1", "first.2"], ["second.0", "second.1"]])
    model.qconfig = ao.get_default_qconfig("x86")
    return ao.convert(calibrate(ao.prepare(model)))


def static_fx(network, engine):
    torch.backends.quantized.engine = engine
    model = sensible(network, 2)
    prepared = fx.prepare_fx(model, ao.get_default_qconfig_mapping(engine), tuple(torch.zeros(s) for s in model.shapes))
    prepared.shapes = model.shapes
    return fx.convert_fx(calibrate(prepared))


def trained_fx(network, mapping, convert):
    torch.backends.quantized.engine = "x86"
    model = sensible(network, 3).train()
    prepared = fx.prepare_qat_fx(model, mapping, tuple(torch.zeros(s) for s in model.shapes))
    prepared.shapes = model.shapes
    prepared.apply(nn.intrinsic.qat.freeze_bn_stats)
    calibrate(prepared).eval()
    return fx.convert_fx(prepared) if convert else prepared.apply(ao.disable_observer)


def plain_fakes(high):
    """Fake quantization modules that exporters know: not those fused with their observer, which are the default."""
    activation = ao.FakeQuantize.with_args(observer=ao.MovingAverageMinMaxObserver, quant_min=0, quant_max=high, dtype=torch.quint8)
    weight = ao.FakeQuantize.with_args(
        observer=ao.PerChannelMinMaxObserver, quant_min=-128, quant_max=127, dtype=torch.qint8, qscheme=torch.per_channel_symmetric, ch_axis=0
    )
    return ao.QConfigMapping().set_global(ao.QConfig(activation, weight))


def exported(network, is_qat=False):
    """Quantized after torch.export, as PyTorch's documentation now says."""
    model = sensible(network, 4).train(is_qat)
    quantizer = inductor.X86InductorQuantizer()
    quantizer.set_global(inductor.get_default_x86_inductor_quantization_config(is_qat=is_qat))
    graph = torch.export.export(model, tuple(torch.zeros(s) for s in model.shapes)).module()
    prepared = (pt2e.prepare_qat_pt2e if is_qat else pt2e.prepare_pt2e)(graph, quantizer)
    prepared.training, prepared.shapes = is_qat, model.shapes
    with torch.set_grad_enabled(is_qat):
        calibrate(prepared)
    if is_qat:
        torchao.quantization.pt2e.move_exported_model_to_eval(prepared)
    return pt2e.convert_pt2e(prepared)


def sequence(kind):
    torch.manual_seed(5)
    model = Sequence(lambda: kind(-128, 127), lambda: kind(0, 255), lambda: kind(-128, 127, axis=0))
    model.train()
    with torch.no_grad():
        model(*(torch.from_numpy(x) for x in samples(model.shapes, 1, 9)[0]))
    return calibrate(model).eval().requires_grad_(False)


TORCHSCRIPT, DYNAMO = False, True

# name, how it is made, exporter, operator set, model, whose shapes, what it is
MODELS = [
    ("eager_static_u8s8_channel", static_eager, TORCHSCRIPT, 17, Eager, "eager static"),
    ("fx_static_cnn_u8s8_channel", lambda: static_fx(Cnn, "x86"), TORCHSCRIPT, 17, Cnn, "FX static, x86"),
    ("fx_static_resnet_u8s8_tensor", lambda: static_fx(Resnet, "qnnpack"), TORCHSCRIPT, 13, Resnet, "FX static, qnnpack"),
    ("fx_qat_mobilenet_u8s8_channel", lambda: trained_fx(Mobilenet, ao.get_default_qat_qconfig_mapping("x86"), True), TORCHSCRIPT, 17, Mobilenet, "FX QAT, converted"),
    ("fx_qat_fakes_mobilenet", lambda: trained_fx(Mobilenet, plain_fakes(255), False), TORCHSCRIPT, 17, Mobilenet, "FX QAT, fake quantization left in"),
    ("fx_qat_fakes_seven_bits", lambda: trained_fx(Cnn, plain_fakes(127), False), TORCHSCRIPT, 17, Cnn, "FX QAT, fake quantization to 0..127"),
    ("fake_quantize_torchscript", lambda: sequence(Fake), TORCHSCRIPT, 17, Sequence, "fake_quantize functions"),
    ("fake_quantize_dynamo", lambda: sequence(Fake), DYNAMO, 18, Sequence, "fake_quantize functions"),
    ("learned_torchscript", lambda: sequence(Learned), TORCHSCRIPT, 17, Sequence, "fake quantization by arithmetic"),
    ("learned_dynamo", lambda: sequence(Learned), DYNAMO, 18, Sequence, "fake quantization by arithmetic"),
    ("pt2e_cnn", lambda: exported(Cnn), DYNAMO, 18, Cnn, "pt2e static"),
    ("pt2e_resnet", lambda: exported(Resnet), DYNAMO, 21, Resnet, "pt2e static"),
    ("pt2e_gated", lambda: exported(Gated), DYNAMO, 18, Gated, "pt2e static"),
    ("pt2e_attention", lambda: exported(Attention), DYNAMO, 18, Attention, "pt2e static"),
    ("pt2e_qat_resnet", lambda: exported(Resnet, True), DYNAMO, 20, Resnet, "pt2e QAT"),
    ("pt2e_qat_mobilenet", lambda: exported(Mobilenet, True), DYNAMO, 18, Mobilenet, "pt2e QAT"),
    ("pt2e_mlp", lambda: exported(Mlp), DYNAMO, 23, Mlp, "pt2e static"),
]


def export(model, path, shapes, dynamo, opset):
    inputs = tuple(torch.zeros(shape) for shape in shapes)
    extra = {"external_data": False, "verbose": False} if dynamo else {}
    with contextlib.redirect_stdout(io.StringIO()):
        names = [f"x{i}" for i in range(len(inputs))]
        torch.onnx.export(model, inputs, str(path), opset_version=opset, dynamo=dynamo, input_names=names, **extra)


def main():
    warnings.simplefilter("ignore")
    models = []
    for seed, (name, make, dynamo, opset, network, way) in enumerate(MODELS):
        path = FOLDER / f"{name}.onnx"
        shapes = network.shapes
        export(make(), path, shapes, dynamo, opset)
        stripped(path)
        version = onnx.load(str(path)).opset_import[0].version
        facts = {"network": network.__name__, "way": way, "exporter": "dynamo" if dynamo else "TorchScript", "opset": version}
        models.append(record(name, samples(shapes, SAMPLES, 200 + seed), **facts))
    write_manifest("torch.json", {"torch": torch.__version__, "torchao": torchao.__version__}, models)


if __name__ == "__main__":
    main()
