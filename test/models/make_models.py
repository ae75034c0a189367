"""Small quantized models, one operator or a few each, and what TensorFlow Lite computes on them.

    python -m venv /tmp/venv && /tmp/venv/bin/pip install -r ../../examples/digits/requirements.txt
    /tmp/venv/bin/python make_models.py [name ...]

For every model NAME: NAME.tflite, NAME.input<k>.bin, NAME.output<k>.bin (raw little-endian, C order, k counts the
tensors as the file lists them) and an entry in manifest.json. Quantized models get every input from the whole int8
range, so saturation and every code are met. Shapes are small and odd on purpose: kernels go wrong in their tails.
"""

import json
import os
import sys
import tempfile
import warnings
import zlib
from pathlib import Path

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = "-1"

import keras
import numpy as np
import tensorflow as tf

warnings.filterwarnings("ignore", message=".*tf.lite.Interpreter is deprecated")
HERE = Path(__file__).resolve().parent
IMAGE = (1, 7, 9, 5)
HALVES = (-1.0, 127 / 128)  # calibrates to a scale of exactly 1/128: power-of-two ratios make exact ties
FLOAT_NOTE = "float32 results depend on the order of summation and on fused multiply-add: compare with a tolerance"


def weights(*shape, seed=0, spread=True):
    """The same numbers for the same shape. The spread makes per-channel scales differ by up to 16 times."""
    rng = np.random.default_rng([seed, *shape])
    values = rng.normal(size=shape) / np.sqrt(np.prod(shape[:-1]))
    if spread:
        values *= 2.0 ** rng.uniform(-2, 2, size=shape[-1])
    return tf.constant(values.astype(np.float32))


def biased(x, act):
    x = tf.nn.bias_add(x, 0.25 * weights(x.shape[-1], seed=1, spread=False))
    return act(x) if act else x


def conv(cout, k=(3, 3), stride=(1, 1), padding="SAME", dilation=(1, 1), groups=1, act=None):
    return lambda x: biased(
        tf.nn.conv2d(x, weights(*k, x.shape[-1] // groups, cout), stride, padding, dilations=dilation), act)


def depthwise(k=(3, 3), multiplier=1, stride=1, padding="SAME", dilation=(1, 1), act=None):
    def apply(x):
        # the spread belongs to the output channels, which are the last two dimensions of TensorFlow's filter
        filters = tf.reshape(weights(*k, x.shape[-1] * multiplier), (*k, x.shape[-1], multiplier))
        return biased(tf.nn.depthwise_conv2d(x, filters, (1, stride, stride, 1), padding, dilations=dilation), act)
    return apply


def dense(cout, act=None):
    return lambda x: biased(tf.matmul(x, weights(x.shape[-1], cout)), act)


def relu_n1(x):
    return tf.minimum(tf.maximum(x, -1.0), 1.0)


def resize(op, size, align=False, half=False):
    return lambda x: op(images=x, size=size, align_corners=align, half_pixel_centers=half)


def two_heads(image, extra):
    x = conv(8, stride=(2, 2), act=tf.nn.relu)(image)
    x = x + tf.reshape(extra, (1, 1, 1, 8))
    scores = tf.nn.softmax(dense(6)(tf.reduce_mean(x, [1, 2])))
    return {"features": tf.nn.max_pool2d(x, 2, 2, "VALID"), "scores": scores}


def residual(x):
    y = conv(18, (1, 1), act=tf.nn.relu6)(x)
    y = depthwise(act=tf.nn.relu6)(y)
    x = x + conv(x.shape[-1], (1, 1))(y)
    return tf.nn.softmax(dense(10)(tf.reduce_mean(x, [1, 2])))


def flatten_at_run_time(x):
    """The chain that Keras layers leave behind: SHAPE, STRIDED_SLICE, PACK, RESHAPE, there and back."""
    x = conv(4, stride=(2, 2), act=tf.nn.relu)(x)
    x = dense(12)(tf.reshape(x, tf.stack([tf.shape(x)[0], 4 * 5 * 4])))
    return tf.reshape(x, tf.stack([tf.shape(x)[0], 3, 4]))


def keras_model():
    keras.utils.set_random_seed(1)
    return keras.Sequential([
        keras.Input((7, 9, 5)),
        keras.layers.Conv2D(4, 3, strides=2, padding="same", activation="relu"),
        keras.layers.Flatten(),
        keras.layers.Dense(12),
        keras.layers.Reshape((3, 4)),
        keras.layers.Softmax(),
    ])


BILINEAR, NEAREST = tf.raw_ops.ResizeBilinear, tf.raw_ops.ResizeNearestNeighbor
BATCH = (None, 7, 9, 5)
MODELS = {}


def add(name, expect, function, *shapes, io="int8", ranges=None, note=None, delegate=True, dynamic=False):
    """expect: the operators the name promises. io: dtype of inputs and outputs; `float32` alone: not quantized.
    ranges: real range of each input, which calibration covers. delegate=False: use built-in kernels.
    dynamic: weights of at least 1024 elements are int8, activations float32, quantized at run time.
    """
    parts = io.split(">")
    MODELS[name] = dict(
        expect=expect.split(), function=function, shapes=shapes or (IMAGE,), note=note, dynamic=dynamic,
        delegate=delegate and "int16" not in io,
        io=(parts[0], parts[-1]), quantized=io != "float32", ranges=ranges or [(-1.0, 0.8), (-0.9, 1.7), (-3.0, 2.0)])


# Convolutions and matrix products
add("conv_3x3", "CONV_2D", conv(6))
add("conv_relu", "CONV_2D", conv(16, act=tf.nn.relu), (1, 6, 5, 8))
add("conv_relu6", "CONV_2D", conv(11, act=tf.nn.relu6), ranges=[(-5.0, 6.0)])
add("conv_relu_n1_to_1", "CONV_2D", conv(7, act=relu_n1))
add("conv_stride2_same", "CONV_2D", conv(10, stride=(2, 2)))
add("conv_stride2_same_even", "CONV_2D", conv(9, stride=(2, 2)), (1, 8, 6, 3))
add("conv_stride2x1", "CONV_2D", conv(6, (5, 3), stride=(2, 1)))
add("conv_stride_over_kernel", "CONV_2D", conv(5, (2, 1), stride=(3, 3)), delegate=False,
    note="SAME padding with pixels left over after the last window: XNNPACK as shipped in this TensorFlow answers "
         "wrongly (in float32 too), so these are the built-in kernel's outputs")
add("conv_valid", "CONV_2D", conv(13, (3, 2), padding="VALID"))
add("conv_dilation2_same", "CONV_2D", conv(6, dilation=(2, 2)))
add("conv_dilation2_valid", "CONV_2D", conv(6, padding="VALID", dilation=(2, 2)))
add("conv_grouped", "CONV_2D", conv(10, groups=2), (1, 5, 7, 6))
add("conv_1x1", "CONV_2D", conv(19, (1, 1)), (1, 5, 7, 17))
add("conv_1x1_stride2", "CONV_2D", conv(12, (1, 1), stride=(2, 2)), (1, 8, 6, 5))
add("conv_deep", "CONV_2D", conv(24), (1, 4, 5, 33))
add("conv_no_bias", "CONV_2D", lambda x: tf.nn.conv2d(x, weights(3, 3, 5, 4), 1, "SAME"))
add("conv_batch3", "CONV_2D", conv(6), (3, 4, 5, 5))
add("depthwise_3x3", "DEPTHWISE_CONV_2D", depthwise(), (1, 7, 9, 19))
add("depthwise_multiplier2", "DEPTHWISE_CONV_2D", depthwise(multiplier=2))
add("depthwise_5x5_stride2", "DEPTHWISE_CONV_2D", depthwise((5, 5), stride=2, act=tf.nn.relu6), (1, 9, 8, 16))
add("depthwise_dilation2", "DEPTHWISE_CONV_2D", depthwise(dilation=(2, 2)), (1, 7, 9, 8))
add("depthwise_valid", "DEPTHWISE_CONV_2D", depthwise((3, 4), padding="VALID", act=tf.nn.relu), (1, 7, 9, 35))
add("depthwise_one_channel", "DEPTHWISE_CONV_2D", depthwise(multiplier=3), (1, 7, 9, 1))
add("fully_connected", "FULLY_CONNECTED", dense(13), (1, 37))
add("fully_connected_relu", "FULLY_CONNECTED", dense(32, act=tf.nn.relu), (1, 64))
add("fully_connected_rows", "FULLY_CONNECTED", dense(9), (5, 19))
add("fully_connected_3d", "FULLY_CONNECTED", lambda x: tf.einsum("bij,jk->bik", x, weights(7, 11)), (1, 4, 7))

# Pooling and reduction
add("average_pool_same", "AVERAGE_POOL_2D", lambda x: tf.nn.avg_pool2d(x, 3, 2, "SAME"))
add("average_pool_valid", "AVERAGE_POOL_2D", lambda x: tf.nn.avg_pool2d(x, (2, 3), (1, 2), "VALID"))
add("max_pool_same", "MAX_POOL_2D", lambda x: tf.nn.max_pool2d(x, 3, 2, "SAME"))
add("max_pool_valid", "MAX_POOL_2D", lambda x: tf.nn.max_pool2d(x, 2, 2, "VALID"), (1, 7, 9, 18))
add("max_pool_relu", "MAX_POOL_2D", lambda x: tf.nn.relu(tf.nn.max_pool2d(x, 2, 2, "VALID")))
add("mean_keepdims", "MEAN", lambda x: tf.reduce_mean(x, [1, 2], keepdims=True), (1, 7, 9, 21))
add("mean_flat", "MEAN", lambda x: tf.reduce_mean(x, [1, 2]), (1, 4, 4, 37), ranges=[(-6.0, 250.0)])
add("mean_channels", "MEAN", lambda x: tf.reduce_mean(x, 3))
add("mean_rows", "MEAN", lambda x: tf.reduce_mean(x, 1))

# Elementwise
add("add", "ADD", tf.add, IMAGE, IMAGE)
add("add_relu", "ADD", lambda x, y: tf.nn.relu(x + y), IMAGE, IMAGE)
add("add_ties", "ADD", tf.add, IMAGE, IMAGE, ranges=[HALVES, HALVES])
add("add_broadcast_channel", "ADD", tf.add, IMAGE, (1, 1, 1, 5))
add("add_broadcast_both", "ADD", tf.add, (1, 7, 1, 5), (1, 1, 9, 1))
add("add_constant", "ADD", lambda x: x + weights(5))
add("add_scalar", "ADD", lambda x: x + 0.3)
add("add_self", "ADD", lambda x: x + x)
add("sub", "SUB", tf.subtract, IMAGE, IMAGE)
add("sub_broadcast", "SUB", tf.subtract, (1, 1, 1, 5), IMAGE)
add("sub_ties", "SUB", tf.subtract, IMAGE, IMAGE, ranges=[HALVES, HALVES])
add("sub_tiny_ratio", "SUB", tf.subtract, IMAGE, IMAGE, ranges=[(-1.0, 0.8), (-2e-4, 3e-4)],
    note="input 1's scale is under 2^-10 of the output's, so XNNPACK refuses the node")
add("mul", "MUL", tf.multiply, IMAGE, IMAGE)
add("mul_ties", "MUL", tf.multiply, IMAGE, IMAGE, ranges=[HALVES, HALVES])
add("mul_broadcast", "MUL", tf.multiply, IMAGE, (1, 1, 1, 5))
add("mul_gate", "LOGISTIC MUL", lambda x: x * tf.sigmoid(conv(5, (1, 1))(tf.reduce_mean(x, [1, 2], keepdims=True))))
add("mul_constant_relu6", "MUL", lambda x: tf.nn.relu6(x * weights(5)), ranges=[(-20.0, 17.0)])
add("relu", "RELU", tf.nn.relu)
add("relu6", "RELU6", tf.nn.relu6, ranges=[(-9.0, 8.0)])
add("relu_n1_to_1", "RELU_N1_TO_1", relu_n1, ranges=[(-1.7, 1.9)])
add("leaky_relu", "LEAKY_RELU", lambda x: tf.nn.leaky_relu(x, 0.1))
add("leaky_relu_steep", "LEAKY_RELU", lambda x: tf.nn.leaky_relu(x, 0.55), ranges=[(-4.0, 0.9)])
add("hard_swish", "HARD_SWISH", lambda x: x * tf.nn.relu6(x + 3.0) * (1 / 6), ranges=[(-4.0, 6.0)])
add("logistic", "LOGISTIC", tf.sigmoid, ranges=[(-7.0, 6.0)])
add("tanh", "TANH", tf.tanh, ranges=[(-3.0, 4.0)])
add("softmax", "SOFTMAX", tf.nn.softmax, (3, 10), ranges=[(-3.0, 2.0)])
add("softmax_rows", "SOFTMAX", tf.nn.softmax, (1, 7, 9, 5), ranges=[(-3.0, 3.0)])

# Between float32, int8 and uint8
add("quantize", "QUANTIZE RESHAPE", lambda x: tf.reshape(x, (63, 5)), io="float32>int8")
add("dequantize", "RESHAPE DEQUANTIZE", lambda x: tf.reshape(x, (63, 5)), io="int8>float32")
add("float_in_float_out", "QUANTIZE CONV_2D DEQUANTIZE", conv(6), io="float32>float32")
add("uint8_in_uint8_out", "QUANTIZE CONV_2D QUANTIZE", conv(6), io="uint8")
add("requantize", "TANH ADD CONCATENATION QUANTIZE", lambda x, y: tf.concat([tf.tanh(x), x + y], 3), IMAGE, IMAGE)
add("requantize_ties", "TANH CONCATENATION QUANTIZE", lambda x, y: tf.concat([tf.tanh(x), y], 3), IMAGE, IMAGE,
    ranges=[HALVES, (-2.0, 127 / 64)])

# Moving data
add("pad", "PAD", lambda x: tf.pad(x, [[0, 0], [1, 2], [3, 0], [0, 0]]))
add("pad_channels", "PAD", lambda x: tf.pad(x, [[0, 0], [0, 0], [1, 0], [2, 1]]))
add("pad_conv", "PAD CONV_2D",
    lambda x: conv(4, stride=(2, 2), padding="VALID")(tf.pad(x, [[0, 0], [0, 1], [0, 1], [0, 0]])))
SAME_RANGES = [(-1.0, 0.8)] * 3
add("concatenation_channels", "CONCATENATION", lambda x, y, z: tf.concat([x, y, z], 3),
    IMAGE, (1, 7, 9, 3), (1, 7, 9, 8), ranges=SAME_RANGES)
add("concatenation_rows", "CONCATENATION", lambda x, y: tf.concat([x, y], 1),
    IMAGE, (1, 2, 9, 5), ranges=SAME_RANGES)
add("split", "SPLIT", lambda x: dict(zip("abc", tf.split(x, 3, axis=2))))
add("split_channels", "SPLIT", lambda x: dict(zip("ab", tf.split(x, 2, axis=3))), (1, 3, 5, 14))
add("reshape", "RESHAPE", lambda x: tf.reshape(x, (1, 21, 15)))
add("transpose", "TRANSPOSE", lambda x: tf.transpose(x, (0, 3, 1, 2)))
add("transpose_3d", "TRANSPOSE", lambda x: tf.transpose(x, (2, 1, 0)), (4, 7, 6))
add("slice", "SLICE", lambda x: tf.slice(x, (0, 1, 2, 1), (1, 5, 4, 3)))
add("slice_to_the_end", "SLICE", lambda x: tf.slice(x, (0, 1, 2, 1), (1, 5, -1, 3)))
add("strided_slice", "STRIDED_SLICE", lambda x: x[:, 1:-1, 3:, 2:4])
add("strided_slice_step2", "STRIDED_SLICE", lambda x: x[:, ::2, 1::3, :])
add("strided_slice_backwards", "STRIDED_SLICE", lambda x: x[:, ::-1, 7:1:-2, :])
add("strided_slice_shrink", "STRIDED_SLICE", lambda x: x[:, 3, ..., tf.newaxis])
add("squeeze", "SQUEEZE", lambda x: tf.squeeze(x, [1, 2]), (1, 1, 1, 13))
add("squeeze_dynamic", "SQUEEZE", lambda x: tf.squeeze(x, [1]), (None, 1, None, 13))
add("expand_dims", "EXPAND_DIMS", lambda x: tf.expand_dims(x, 1), (1, 9, 5))
add("expand_dims_dynamic_batch", "EXPAND_DIMS", lambda x: tf.expand_dims(x, 1), (None, 9, 5))
add("resize_bilinear", "RESIZE_BILINEAR", resize(BILINEAR, (12, 13)), (1, 5, 6, 7))
add("resize_bilinear_align_corners", "RESIZE_BILINEAR", resize(BILINEAR, (12, 13), align=True), (1, 5, 6, 7))
add("resize_bilinear_half_pixel", "RESIZE_BILINEAR", resize(BILINEAR, (12, 13), half=True), (1, 5, 6, 7))
add("resize_bilinear_shrink", "RESIZE_BILINEAR", resize(BILINEAR, (3, 4), half=True), (1, 8, 9, 5))
add("resize_nearest", "RESIZE_NEAREST_NEIGHBOR", resize(NEAREST, (12, 13)), (1, 5, 6, 7))
add("resize_nearest_align_corners", "RESIZE_NEAREST_NEIGHBOR", resize(NEAREST, (12, 13), align=True), (1, 5, 6, 7))
add("resize_nearest_half_pixel", "RESIZE_NEAREST_NEIGHBOR", resize(NEAREST, (12, 13), half=True), (1, 5, 6, 7))
add("arg_max", "ARG_MAX", lambda x: tf.argmax(x, -1, tf.int32), (1, 8, 9, 6))
add("arg_max_rows", "ARG_MAX", lambda x: tf.argmax(x, 1))

# Deconvolutions
def deconv(cout, k, stride, padding, size, act=None):
    return lambda x: biased(tf.nn.conv2d_transpose(
        x, tf.transpose(weights(*k, x.shape[-1], cout), (0, 1, 3, 2)), (x.shape[0], *size, cout), stride, padding), act)


add("transpose_conv_2x2", "TRANSPOSE_CONV", deconv(6, (2, 2), 2, "VALID", (14, 18)))
add("transpose_conv_3x3_same", "TRANSPOSE_CONV", deconv(7, (3, 3), 2, "SAME", (14, 18)), (1, 7, 9, 8))
add("transpose_conv_3x3_odd", "TRANSPOSE_CONV", deconv(4, (3, 3), 2, "SAME", (13, 17)), ranges=[(-5.0, 6.0)])
add("transpose_conv_4x3_stride2x1", "TRANSPOSE_CONV", deconv(9, (4, 3), (2, 1), "SAME", (14, 9)))
add("transpose_conv_small_kernel", "TRANSPOSE_CONV", deconv(3, (1, 2), (2, 3), "VALID", (13, 26)))
add("transpose_conv_ties", "TRANSPOSE_CONV", deconv(5, (3, 3), 2, "SAME", (14, 18)), ranges=[HALVES])

def prelu(x):
    """As Keras spells it, and as the converter recognizes it."""
    return tf.nn.relu(x) + tf.nn.relu(-x) * -weights(1, 1, 5)


# Functions and pairs
add("exp", "EXP", tf.exp, ranges=[(-4.0, 1.5)])
add("log", "LOG", tf.math.log, ranges=[(0.1, 6.0)])
add("gelu", "GELU", tf.nn.gelu, ranges=[(-4.0, 3.0)])
add("gelu_approximate", "GELU", lambda x: tf.nn.gelu(x, approximate=True), ranges=[(-4.0, 3.0)])
add("elu", "ELU", tf.nn.elu, ranges=[(-4.0, 3.0)])
add("abs", "ABS", tf.abs, ranges=[(-3.0, 2.0)])
add("prelu", "PRELU", prelu, ranges=[(-3.0, 2.0)])
add("maximum", "MAXIMUM", tf.maximum, IMAGE, IMAGE, ranges=SAME_RANGES)
add("minimum", "MINIMUM", tf.minimum, IMAGE, IMAGE, ranges=SAME_RANGES)
add("sum", "SUM", lambda x: tf.reduce_sum(x, [1, 2]))
add("sum_channels", "SUM", lambda x: tf.reduce_sum(x, 3, keepdims=True))
add("reduce_max", "REDUCE_MAX", lambda x: tf.reduce_max(x, [1, 2]), (1, 7, 9, 21))
add("reduce_min", "REDUCE_MIN", lambda x: tf.reduce_min(x, 3, keepdims=True))
add("gather", "GATHER", lambda x: tf.gather(x, [6, 0, 3, 3], axis=1))
add("depth_to_space", "DEPTH_TO_SPACE", lambda x: tf.nn.depth_to_space(x, 2), (1, 3, 5, 12))
add("space_to_depth", "SPACE_TO_DEPTH", lambda x: tf.nn.space_to_depth(x, 2), (1, 6, 4, 5))
add("tile", "TILE", lambda x: tf.tile(x, (1, 2, 1, 3)))
add("broadcast_to", "BROADCAST_TO", lambda x: tf.broadcast_to(x, (4, 7, 9, 5)), io="float32")
add("reverse", "REVERSE_V2", lambda x: tf.reverse(x, [2, 3]), io="float32")

# Several operators
add("residual_block", "CONV_2D DEPTHWISE_CONV_2D ADD MEAN FULLY_CONNECTED SOFTMAX", residual, (1, 7, 9, 12))
add("two_inputs_two_outputs", "CONV_2D ADD MAX_POOL_2D MEAN FULLY_CONNECTED SOFTMAX", two_heads, IMAGE, (8,))
add("dynamic_batch", "SHAPE STRIDED_SLICE PACK RESHAPE", flatten_at_run_time, BATCH)
add("dynamic_batch_keras", "SHAPE STRIDED_SLICE PACK RESHAPE", keras_model, BATCH)
add("dynamic_batch_keras_float32", "SHAPE STRIDED_SLICE PACK RESHAPE", keras_model, BATCH, io="float32",
    note=FLOAT_NOTE)

# Without quantization
add("float32_conv", "CONV_2D", conv(6, stride=(2, 2), act=tf.nn.relu), io="float32", note=FLOAT_NOTE)
add("float32_conv_1x1", "CONV_2D", conv(19, (1, 1), act=tf.nn.relu6), (1, 5, 7, 17), io="float32", note=FLOAT_NOTE)
add("float32_depthwise", "DEPTHWISE_CONV_2D", depthwise(), (1, 7, 9, 19), io="float32", note=FLOAT_NOTE)
add("float32_fully_connected", "FULLY_CONNECTED", dense(13), (1, 37), io="float32", note=FLOAT_NOTE)
add("float32_softmax", "SOFTMAX", tf.nn.softmax, (3, 10), io="float32", note=FLOAT_NOTE, ranges=[(-7.0, 9.0)])
add("float32_residual_block", "CONV_2D DEPTHWISE_CONV_2D ADD MEAN FULLY_CONNECTED SOFTMAX", residual, (1, 7, 9, 12),
    io="float32", note=FLOAT_NOTE)
add("float32_transpose_conv", "TRANSPOSE_CONV", deconv(7, (3, 3), 2, "SAME", (14, 18)), (1, 7, 9, 8), io="float32",
    note=FLOAT_NOTE)
add("float32_batch_matmul", "BATCH_MATMUL", tf.matmul, (2, 3, 4, 7), (2, 3, 7, 5), io="float32", note=FLOAT_NOTE)
add("float32_batch_matmul_transposed", "BATCH_MATMUL", lambda x, y: tf.matmul(x, y, transpose_b=True),
    (3, 4, 7), (1, 6, 7), io="float32", note=FLOAT_NOTE)
for name, function, ranges in [
    ("exp", tf.exp, [(-9.0, 3.0)]), ("log", tf.math.log, [(1e-3, 9.0)]), ("gelu", tf.nn.gelu, [(-6.0, 6.0)]),
    ("elu", tf.nn.elu, [(-6.0, 6.0)]), ("sqrt", tf.sqrt, [(0.0, 9.0)]), ("rsqrt", tf.math.rsqrt, [(0.1, 9.0)]),
    ("square", tf.square, [(-3.0, 3.0)]), ("neg", tf.negative, [(-3.0, 3.0)]), ("abs", tf.abs, [(-3.0, 3.0)]),
    ("floor", tf.floor, [(-9.0, 9.0)]), ("ceil", tf.math.ceil, [(-9.0, 9.0)]), ("round", tf.round, [(-9.0, 9.0)]),
    ("sign", tf.sign, [(-3.0, 3.0)]), ("log_softmax", tf.nn.log_softmax, [(-5.0, 5.0)]),
    ("relu_0_to_1", lambda x: tf.clip_by_value(x, 0.0, 1.0), [(-3.0, 3.0)]),
]:
    add(f"float32_{name}", name.upper(), function, io="float32", ranges=ranges)
add("float32_l2_normalization", "L2_NORMALIZATION", lambda x: tf.math.l2_normalize(x, -1, epsilon=1e-12), io="float32")
add("float32_local_response_normalization", "LOCAL_RESPONSE_NORMALIZATION",
    lambda x: tf.nn.local_response_normalization(x, 2, 1.5, 0.3, 0.75), (1, 3, 4, 11), io="float32")
add("float32_cast", "CAST", lambda x: tf.cast(tf.cast(x, tf.int32), tf.float32), io="float32", ranges=[(-9.0, 9.0)])
add("float32_prelu", "PRELU", prelu, io="float32")
for name, function, ranges in [
    ("div", tf.divide, [(-3.0, 3.0), (0.5, 2.0)]), ("maximum", tf.maximum, [(-3.0, 3.0)] * 2),
    ("minimum", tf.minimum, [(-3.0, 3.0)] * 2), ("pow", tf.pow, [(0.1, 3.0), (-2.0, 2.0)]),
    ("squared_difference", tf.math.squared_difference, [(-3.0, 3.0)] * 2),
]:
    add(f"float32_{name}", name.upper(), function, IMAGE, (5,), io="float32", ranges=ranges)
for name in ["sum", "prod", "max", "min"]:
    add(f"float32_reduce_{name}", "SUM" if name == "sum" else f"REDUCE_{name.upper()}",
        lambda x, reduce=getattr(tf, f"reduce_{name}"): reduce(x, [1, 2]), io="float32", note=FLOAT_NOTE,
        ranges=[(-1.2, 1.3)])

# Weights int8, activations float32
add("float32_dynamic_conv", "CONV_2D", conv(24, act=tf.nn.relu), io="float32", note=FLOAT_NOTE, dynamic=True)
add("float32_dynamic_conv_1x1", "CONV_2D", conv(61, (1, 1)), (2, 5, 7, 17), io="float32", note=FLOAT_NOTE, dynamic=True)
add("float32_dynamic_depthwise", "DEPTHWISE_CONV_2D", depthwise(), (2, 5, 6, 128), io="float32", note=FLOAT_NOTE,
    dynamic=True)
add("float32_dynamic_fully_connected", "FULLY_CONNECTED", dense(33), (3, 37), io="float32", note=FLOAT_NOTE,
    dynamic=True)

# Activations int16, weights int8
add("int16_conv", "CONV_2D", conv(6), io="int16")
add("int16_conv_relu6", "CONV_2D", conv(11, act=tf.nn.relu6), ranges=[(-5.0, 6.0)], io="int16")
add("int16_conv_stride2", "CONV_2D", conv(10, stride=(2, 2), act=tf.nn.relu), io="int16")
add("int16_conv_1x1", "CONV_2D", conv(19, (1, 1)), (1, 5, 7, 17), io="int16")
add("int16_conv_dilation2", "CONV_2D", conv(6, dilation=(2, 2)), io="int16")
add("int16_conv_deep", "CONV_2D", conv(5), (2, 3, 4, 120), io="int16")
add("int16_depthwise", "DEPTHWISE_CONV_2D", depthwise(), (1, 7, 9, 19), io="int16")
add("int16_depthwise_multiplier2", "DEPTHWISE_CONV_2D", depthwise(multiplier=2, stride=2), io="int16")
add("int16_fully_connected", "FULLY_CONNECTED", dense(13), (3, 37), io="int16")
add("int16_fully_connected_relu", "FULLY_CONNECTED", dense(32, act=tf.nn.relu), (1, 64), io="int16")
add("int16_add", "ADD", tf.add, IMAGE, IMAGE, io="int16")
add("int16_add_relu", "ADD", lambda x, y: tf.nn.relu(x + y), IMAGE, IMAGE, io="int16")
add("int16_sub", "SUB", tf.subtract, IMAGE, IMAGE, io="int16")
add("int16_mul", "MUL", tf.multiply, IMAGE, IMAGE, io="int16")
add("int16_mul_broadcast", "MUL", tf.multiply, IMAGE, (1, 1, 1, 5), io="int16")
add("int16_average_pool", "AVERAGE_POOL_2D", lambda x: tf.nn.avg_pool2d(x, 3, 2, "SAME"), io="int16")
add("int16_max_pool", "MAX_POOL_2D", lambda x: tf.nn.max_pool2d(x, 3, 2, "SAME"), io="int16")
add("int16_relu", "RELU", tf.nn.relu, io="int16")
add("int16_quantize", "QUANTIZE RESHAPE", lambda x: tf.reshape(x, (63, 5)), io="float32>int16")
add("int16_dequantize", "RESHAPE DEQUANTIZE", lambda x: tf.reshape(x, (63, 5)), io="int16>float32")
add("int16_pad", "PAD", lambda x: tf.pad(x, [[0, 0], [1, 2], [3, 0], [0, 0]]), io="int16")
add("int16_concatenation", "CONCATENATION", lambda x, y, z: tf.concat([x, y, z], 3),
    IMAGE, (1, 7, 9, 3), (1, 7, 9, 8), ranges=SAME_RANGES, io="int16")
add("int16_slice", "SLICE", lambda x: tf.slice(x, (0, 1, 2, 1), (1, 5, 4, 3)), io="int16")
add("int16_transpose", "TRANSPOSE", lambda x: tf.transpose(x, (0, 3, 1, 2)), io="int16")


def instance(spec):
    """(what to compute, its names for the inputs). Keras models are made anew, with the same seed."""
    if spec["function"] is keras_model:
        return keras_model(), ["x"]
    return spec["function"], list("xyz"[: len(spec["shapes"])])


def calibration(spec, rng, count=16):
    """Uniform samples; the first four are the corners of the ranges, so that scales come out exactly as meant."""
    for k in range(count):
        yield [
            (np.full(shape, (lo, hi)[(k >> i) & 1]) if k < 4 else rng.uniform(lo, hi, shape)).astype(np.float32)
            for i, (shape, (lo, hi)) in enumerate(zip(concrete(spec), spec["ranges"]))
        ]


def concrete(spec):
    return [tuple(1 if d is None else d for d in shape) for shape in spec["shapes"]]


def convert(name, spec, rng):
    function, names = instance(spec)
    signature = [tf.TensorSpec(s, tf.float32, name=n) for s, n in zip(spec["shapes"], names)]
    with tempfile.TemporaryDirectory() as folder:
        if isinstance(function, keras.Model):
            archive = keras.export.ExportArchive()
            archive.track(function)
            archive.add_endpoint("serving_default", lambda x: function(x, training=False), input_signature=signature)
            archive.write_out(folder, verbose=False)
            converter = tf.lite.TFLiteConverter.from_saved_model(folder)
        else:
            traced = tf.function(lambda *x: function(*x), input_signature=signature).get_concrete_function()
            # Without a trackable object, although that is called deprecated: with one, calibration may feed the inputs
            # in another order than the function takes them.
            converter = tf.lite.TFLiteConverter.from_concrete_functions([traced])
        if spec["dynamic"]:
            converter.optimizations = [tf.lite.Optimize.DEFAULT]
        if spec["quantized"]:
            converter.optimizations = [tf.lite.Optimize.DEFAULT]
            converter.representative_dataset = lambda: calibration(spec, rng)
            converter.target_spec.supported_ops = [
                tf.lite.OpsSet.EXPERIMENTAL_TFLITE_BUILTINS_ACTIVATIONS_INT16_WEIGHTS_INT8
                if name.startswith("int16") else tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
            converter.inference_input_type, converter.inference_output_type = map(tf.as_dtype, spec["io"])
        return converter.convert()


def operators(interpreter):
    """(name, kernel) of each node: which of them the delegate took follows from the tensors its own node connects."""
    nodes = interpreter._get_ops_details()
    producer = {t: k for k, n in enumerate(nodes) if n["op_name"] != "DELEGATE" for t in n["outputs"]}
    delegated = set()
    for node in nodes:
        if node["op_name"] == "DELEGATE":
            todo = list(node["outputs"])
            while todo:
                tensor = todo.pop()
                k = producer.get(tensor)
                if tensor not in set(node["inputs"]) and k is not None and k not in delegated:
                    delegated.add(k)
                    todo += list(nodes[k]["inputs"])
    return [(n["op_name"], "xnnpack" if k in delegated else "builtin")
            for k, n in enumerate(nodes) if n["op_name"] != "DELEGATE"]


def signature_names(interpreter):
    """What the file's signature, if it has one, calls its inputs and outputs, by tensor."""
    if not interpreter.get_signature_list():
        return {}
    runner = interpreter.get_signature_runner()
    sides = runner.get_input_details(), runner.get_output_details()
    return {detail["index"]: name for side in sides for name, detail in side.items()}


def tensor_entry(detail, names, file):
    dtype, shape = np.dtype(detail["dtype"]).name, detail["shape"].tolist()
    entry = {"name": names.get(detail["index"], detail["name"]), "dtype": dtype, "shape": shape, "file": file}
    if (detail["shape_signature"] != detail["shape"]).any():
        entry["shapeSignature"] = detail["shape_signature"].tolist()
    scale, zero_point = detail["quantization"]
    return entry | ({"scale": scale, "zeroPoint": zero_point} if scale else {})


def random_input(detail, spec, k, rng):
    if detail["dtype"] == np.float32:
        return rng.uniform(*spec["ranges"][k], detail["shape"]).astype(np.float32)
    info = np.iinfo(detail["dtype"])
    return rng.integers(info.min, info.max + 1, detail["shape"]).astype(detail["dtype"])


def real(value, detail):
    scale, zero_point = detail["quantization"]
    return (value.astype(np.float32) - zero_point) * np.float32(scale) if scale else value


def make(name, spec):
    rng = np.random.default_rng(zlib.crc32(name.encode()))
    content = convert(name, spec, rng)
    (HERE / f"{name}.tflite").write_bytes(content)
    resolver = tf.lite.experimental.OpResolverType
    interpreter = tf.lite.Interpreter(
        model_content=content,  # AUTO, the default, applies XNNPACK
        experimental_op_resolver_type=resolver.AUTO if spec["delegate"] else resolver.BUILTIN_WITHOUT_DEFAULT_DELEGATES)
    interpreter.allocate_tensors()
    entry = {"name": name, "ops": [], "inputs": [], "outputs": []}
    names = signature_names(interpreter)

    reals = []
    for k, detail in enumerate(interpreter.get_input_details()):
        value = random_input(detail, spec, k, rng)
        interpreter.set_tensor(detail["index"], value)
        (HERE / f"{name}.input{k}.bin").write_bytes(value.tobytes())
        entry["inputs"].append(tensor_entry(detail, names, f"{name}.input{k}.bin"))
        reals.append(real(value, detail))
    interpreter.invoke()
    for k, detail in enumerate(interpreter.get_output_details()):
        (HERE / f"{name}.output{k}.bin").write_bytes(interpreter.get_tensor(detail["index"]).tobytes())
        entry["outputs"].append(tensor_entry(detail, names, f"{name}.output{k}.bin"))

    entry["ops"] = [{"op": op, "kernel": kernel} for op, kernel in operators(interpreter)]
    entry["delegate"] = "xnnpack" if spec["delegate"] else "none"
    # Were the delegate missing from this build, everything would quietly come from the built-in kernels.
    assert not spec["delegate"] or {"op": "CONV_2D", "kernel": "builtin"} not in entry["ops"], entry["ops"]
    present = [o["op"] for o in entry["ops"]]
    notes = [spec["note"]] if spec["note"] else []
    if missing := [op for op in spec["expect"] if op not in present]:
        notes.append(f"the converter left no {', '.join(missing)}")
    if len(spec["expect"]) == 1 and present != spec["expect"] and not missing:
        notes.append("the converter added other operators")
    return entry | ({"note": "; ".join(notes)} if notes else {}), check(interpreter, spec, reals)


def check(interpreter, spec, reals):
    """Largest error in output steps against the unquantized function: a swapped input or output would be far off."""
    function, _ = instance(spec)
    result = function(*map(tf.constant, reals))
    wanted = [result[k] for k in sorted(result)] if isinstance(result, dict) else [result]
    worst, saturated, codes = 0.0, 0.0, 999
    for detail, want in zip(interpreter.get_output_details(), wanted):
        got, scale = interpreter.get_tensor(detail["index"]), detail["quantization"][0]
        want, assigned = want.numpy(), real(got, detail)
        if scale:
            info = np.iinfo(detail["dtype"])
            want = np.clip(want, *(real(np.float32(e), detail) for e in (info.min, info.max)))
            saturated = max(saturated, float(np.isin(got, (info.min, info.max)).mean()))
        assert assigned.shape == want.shape, (assigned.shape, want.shape)
        codes = min(codes, len(np.unique(got)))
        worst = max(worst, float(np.abs(assigned - want).max()) / (scale or 1))
    return worst, saturated, codes


def main():
    names = sys.argv[1:] or list(MODELS)
    file = HERE / "manifest.json"
    entries = {e["name"]: e for e in json.loads(file.read_text())["models"]} if sys.argv[1:] and file.exists() else {}
    for name in names:
        entries[name], (worst, saturated, codes) = make(name, MODELS[name])
        ops = " ".join(f"{o['op']}{'' if o['kernel'] == 'xnnpack' else '*'}" for o in entries[name]["ops"])
        note = entries[name].get("note", "")
        print(f"{name}: {ops}; error {worst:.3g}, saturated {saturated:.0%}, {codes} codes; {note}", flush=True)
    rows = ",\n".join(json.dumps(entries[name]) for name in MODELS if name in entries)
    head = {"tensorflow": tf.__version__, "keras": keras.__version__, "delegate": "xnnpack",
            "interpreter": "tf.lite.Interpreter, default op resolver; op kernel says which nodes the delegate took"}
    file.write_text(json.dumps(head)[:-1] + ', "models": [\n' + rows + "\n]}\n")


if __name__ == "__main__":
    main()
