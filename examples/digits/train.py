"""Train the digits network, quantize it with TensorFlow's own converter, and write everything the example ships.

    python -m venv /tmp/venv && /tmp/venv/bin/pip install -r requirements.txt && /tmp/venv/bin/python train.py

The test split is used for measuring only: it chooses neither the weights, nor the number of epochs, nor a scale.
"""

import json
import os
import platform
import tempfile
from pathlib import Path

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = "-1"  # the same weights wherever this runs: a GPU sums in another order

import keras
import numpy as np
import sklearn
import tensorflow as tf
from keras import layers
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

HERE = Path(__file__).resolve().parent
SEED = 7
EPOCHS = 120
SCALE = 1 / 16  # pixels are 0..16; real value = (pixel - 0) * SCALE, so the network sees 0..1
CLASSES = 10


def build():
    """A miniature of the networks people deploy: one dense 3x3, then depthwise + pointwise, then a global pool.

    Batch normalization only helps training: the converter folds it into the convolution before it. The convolutions
    keep a bias because the delegates of TensorFlow Lite refuse one without.
    """

    def block(x, conv):
        return layers.ReLU()(layers.BatchNormalization(momentum=0.9)(conv(x)))

    x = image = keras.Input((8, 8, 1), name="image")
    x = block(x, layers.Conv2D(16, 3, padding="same"))
    x = block(x, layers.Conv2D(32, 3, padding="same"))
    x = block(x, layers.DepthwiseConv2D(3, strides=2, padding="same"))
    x = block(x, layers.Conv2D(64, 1))
    x = block(x, layers.DepthwiseConv2D(3, padding="same"))
    x = block(x, layers.Conv2D(96, 1))
    x = layers.GlobalAveragePooling2D()(x)
    x = layers.Dropout(0.2)(x)
    x = layers.Dense(CLASSES)(x)
    return keras.Model(image, layers.Softmax(name="scores")(x))


def preprocess(pixels):
    return pixels.reshape(-1, 8, 8, 1).astype(np.float32) * np.float32(SCALE)


def train(model, x, y):
    # Small shifts, turns and zooms; a digit fills its 8x8 picture, so anything larger would cut strokes off.
    edges = {"fill_mode": "constant", "fill_value": 0.0}
    augment = keras.Sequential([
        layers.RandomTranslation(0.1, 0.1, seed=SEED, **edges),
        layers.RandomRotation(0.03, seed=SEED + 1, **edges),
        layers.RandomZoom(0.1, 0.1, seed=SEED + 2, **edges),
    ])
    image = keras.Input((8, 8, 1))
    trainer = keras.Model(image, model(augment(image)))
    steps = EPOCHS * -(-len(x) // 32)
    trainer.compile(
        optimizer=keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(3e-3, steps)),
        loss=keras.losses.CategoricalCrossentropy(label_smoothing=0.05),
    )
    trainer.fit(x, keras.utils.to_categorical(y, CLASSES), batch_size=32, epochs=EPOCHS, verbose=0)


def convert(model, representative=None):
    """The .tflite bytes: float32, or int8 throughout if representative images are given."""
    # Batch 1 and the names image and scores are fixed here; a Keras model converted directly has a batch of -1.
    archive = keras.export.ExportArchive()
    archive.track(model)
    archive.add_endpoint(
        "serving_default",
        lambda image: {"scores": model(image, training=False)},
        input_signature=[tf.TensorSpec((1, 8, 8, 1), tf.float32, name="image")])
    with tempfile.TemporaryDirectory() as folder:
        archive.write_out(folder, verbose=False)
        converter = tf.lite.TFLiteConverter.from_saved_model(folder)
        if representative is not None:
            converter.optimizations = [tf.lite.Optimize.DEFAULT]
            converter.representative_dataset = lambda: ([image[None]] for image in representative)
            converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
            converter.inference_input_type = tf.int8
            converter.inference_output_type = tf.int8
        return converter.convert()


def run_tflite(content, images):
    """Raw inputs and outputs, one row per image, from the interpreter as people use it: XNNPACK delegate by default."""
    interpreter = tf.lite.Interpreter(model_content=content)
    interpreter.allocate_tensors()
    assert any(op["op_name"] == "DELEGATE" for op in interpreter._get_ops_details()), "no XNNPACK delegate here"
    inp, out = interpreter.get_input_details()[0], interpreter.get_output_details()[0]
    inputs, outputs = [], []
    for image in images[:, None]:
        if inp["dtype"] == np.int8:
            scale, zero_point = inp["quantization"]
            # As XNNPACK's QUANTIZE does it, so that our own tools must get the same bytes: times 1/scale in float32,
            # ties to even. The scale is a little over 1/255, so pixel value 8 (0.5) is not the tie it looks like.
            quantized = np.rint(image * (np.float32(1) / np.float32(scale))) + zero_point
            image = np.clip(quantized, -128, 127).astype(np.int8)
        interpreter.set_tensor(inp["index"], image)
        interpreter.invoke()
        inputs.append(image[0])
        outputs.append(interpreter.get_tensor(out["index"])[0])
    return np.array(inputs), np.array(outputs), inp["quantization"], out["quantization"]


def main():
    keras.utils.set_random_seed(SEED)
    tf.config.experimental.enable_op_determinism()

    pixels, labels = load_digits(return_X_y=True)
    train_pixels, test_pixels, train_labels, test_labels = train_test_split(
        pixels.astype(np.uint8), labels, test_size=0.2, stratify=labels, random_state=SEED)
    train_images, test_images = preprocess(train_pixels), preprocess(test_pixels)

    model = build()
    train(model, train_images, train_labels)

    float_file, int8_file = convert(model), convert(model, representative=train_images)
    _, float_scores, _, _ = run_tflite(float_file, test_images)
    raw_inputs, raw_scores, in_params, out_params = run_tflite(int8_file, test_images)
    correct = {"float": float_scores.argmax(1) == test_labels, "int8": raw_scores.argmax(1) == test_labels}

    (HERE / "digits_float.tflite").write_bytes(float_file)
    (HERE / "digits.tflite").write_bytes(int8_file)
    (HERE / "labels.txt").write_text("".join(f"{c}\n" for c in range(CLASSES)))
    (HERE / "test.bin").write_bytes(np.column_stack([test_labels, test_pixels]).astype(np.uint8).tobytes())
    (HERE / "calibration.bin").write_bytes(
        np.column_stack([train_labels, train_pixels])[:100].astype(np.uint8).tobytes())
    (HERE / "input.bin").write_bytes(raw_inputs[0].tobytes())

    rows = ",\n".join(json.dumps(row.tobytes().hex()) for row in raw_scores)
    (HERE / "expected.json").write_text(
        '{\n"note": "raw int8 outputs of digits.tflite for each image of test.bin, 10 bytes as hex; TensorFlow Lite, '
        'default XNNPACK delegate",\n"outputs": [\n' + rows + "\n]\n}\n")

    report = {
        "top1": {name: round(100 * float(hits.mean()), 2) for name, hits in correct.items()},
        "correct": {name: int(hits.sum()) for name, hits in correct.items()},
        "samples": {"train": len(train_labels), "test": len(test_labels)},
        "kernels": "TensorFlow Lite interpreter, default XNNPACK delegate",
        "bytes": {"digits.tflite": len(int8_file), "digits_float.tflite": len(float_file)},
        "parameters": int(model.count_params()),
        "input": {"scale": float(in_params[0]), "zeroPoint": int(in_params[1])},
        "output": {"scale": float(out_params[0]), "zeroPoint": int(out_params[1])},
        "input.bin": {"sample": 0, "label": int(test_labels[0]), "predicted": int(raw_scores[0].argmax())},
        "versions": {"python": platform.python_version(), "tensorflow": tf.__version__, "keras": keras.__version__,
                     "numpy": np.__version__, "scikit-learn": sklearn.__version__},
        "seed": SEED,
    }
    text = json.dumps(report, indent=2) + "\n"
    (HERE / "accuracy.json").write_text(text)
    print(text, end="")


if __name__ == "__main__":
    main()
