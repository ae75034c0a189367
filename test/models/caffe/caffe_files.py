"""Writes a network as Caffe's two files, without Caffe: text, and protobuf by the field numbers of caffe.proto."""

import struct

import numpy as np

# LayerParameter and V1LayerParameter; a layer's other fields are in the .prototxt alone, from where Caffe takes them.
LAYER = {"net": 100, "name": 1, "type": 2, "bottom": 3, "top": 4, "blobs": 7}
V1_LAYER = {"net": 2, "name": 4, "type": 5, "bottom": 2, "top": 3, "blobs": 6}
V1_TYPES = {"CONCAT": 3, "CONVOLUTION": 4, "DROPOUT": 6, "INNER_PRODUCT": 14, "LRN": 15, "POOLING": 17, "RELU": 18,
            "SIGMOID": 19, "SOFTMAX": 20, "SPLIT": 22, "TANH": 23, "ELTWISE": 25, "DATA": 5, "ACCURACY": 1}


class Word(str):
    """The name of an enum's value, which stands without quotes."""


def text(message, indent=""):
    """{"name": "conv", "kernel_size": [3]} in protobuf's text format; lists are repeated fields."""
    lines = []
    for name, values in message.items():
        for value in values if isinstance(values, list) else [values]:
            if isinstance(value, dict):
                lines += [f"{indent}{name} {{", text(value, indent + "  "), f"{indent}}}"]
                continue
            shown = value if isinstance(value, Word) else f'"{value}"' if isinstance(value, str) else value
            lines.append(f"{indent}{name}: {str(shown).lower() if isinstance(value, bool) else shown}")
    return "\n".join(lines)


def varint(number):
    number &= (1 << 64) - 1
    out = bytearray()
    while number > 127:
        out.append(number & 127 | 128)
        number >>= 7
    return bytes(out + bytes([number]))


def field(number, payload):
    if isinstance(payload, int):
        return varint(number << 3) + varint(payload)
    payload = payload.encode() if isinstance(payload, str) else payload
    return varint(number << 3 | 2) + varint(len(payload)) + payload


def blob_proto(blob, legacy):
    """BlobProto: four numbers in old files, a BlobShape in newer ones; the data packed."""
    blob = np.asarray(blob, np.float32)
    if legacy:
        dims = [1] * (4 - blob.ndim) + list(blob.shape)
        shape = b"".join(field(i + 1, dim) for i, dim in enumerate(dims))
    else:
        shape = field(7, field(1, b"".join(varint(dim) for dim in blob.shape)))
    return shape + field(5, struct.pack(f"<{blob.size}f", *blob.ravel()))


class Net:
    """Collects layers; `blobs` are the trained numbers of one."""

    def __init__(self, name, head, v1=False):
        self.head = {"name": name, **head}
        self.v1 = v1
        self.layers = []
        self.blobs = {}

    def layer(self, name, kind, bottom, top, blobs=(), **fields):
        lists = {"bottom": [bottom] if isinstance(bottom, str) else list(bottom),
                 "top": [top] if isinstance(top, str) else list(top)}
        kind = Word(kind) if self.v1 else kind
        self.layers.append({"name": name, "type": kind, **lists, **fields})
        self.blobs[name] = [np.asarray(blob, np.float32) for blob in blobs]
        return top

    def prototxt(self):
        return text({**self.head, "layers" if self.v1 else "layer": self.layers}) + "\n"

    def caffemodel(self):
        numbers = V1_LAYER if self.v1 else LAYER
        out = field(1, self.head["name"])
        for layer in self.layers:
            kind = V1_TYPES[layer["type"]] if self.v1 else layer["type"]
            body = field(numbers["name"], layer["name"]) + field(numbers["type"], kind)
            body += b"".join(field(numbers["bottom"], name) for name in layer["bottom"])
            body += b"".join(field(numbers["top"], name) for name in layer["top"])
            body += b"".join(field(numbers["blobs"], blob_proto(blob, self.v1)) for blob in self.blobs[layer["name"]])
            out += field(numbers["net"], body)
        return out
