"""Writes exp-table.json: 200 arguments per function with results computed to 200 bits (mpmath).

For the float32 functions the result is the correctly rounded float32, for exp the correctly rounded double. All numbers
are decimal strings that parse back exactly. Run: python3 make_exp_table.py > exp-table.json
"""

import json
import random
import struct

from mpmath import mp, mpf

mp.prec = 200
random.seed(20240611)


def f32(x):
    return struct.unpack("<f", struct.pack("<f", x))[0]


def round_f32(y):
    """mpf to float32, nearest even, including subnormals and overflow."""
    if y == 0:
        return 0.0
    exponent = max(int(mp.floor(mp.log(abs(y), 2))), -126)
    unit = mpf(2) ** (exponent - 23)
    value = mp.nint(y / unit) * unit
    return float("inf") if value >= mpf(2) ** 128 else float(value)


def table(function, arguments, rounding):
    return [[repr(x), repr(rounding(function(mpf(x))))] for x in arguments]


def spread(count, low, high):
    return [f32(random.uniform(low, high)) for _ in range(count)]


def tiny(count):
    return [f32(random.choice([-1, 1]) * 10 ** random.uniform(-12, 0)) for _ in range(count)]


def more():
    """Drawn from a generator of their own: the tables from before stay as they are."""
    global random
    before, random = random, random.Random(7)
    positive = [f32(10 ** random.uniform(-38, 38)) for _ in range(60)] + [f32(x) for x in (1, 1e-45, 3.4e38)]
    near_one = [f32(1 + random.uniform(-0.5, 0.5) * 10 ** -random.uniform(0, 7)) for _ in range(137)]
    root = mp.sqrt(2)
    tables = {
        "logf": table(mp.log, positive + near_one, round_f32),
        "erff": table(mp.erf, [0.0, 1.0, f32(0.99999994)] + spread(97, -1, 1) + spread(50, -4, 4) + tiny(50), round_f32),
        "softplusf": table(lambda x: mp.log1p(mp.exp(x)), [0.0] + spread(99, -20, 20) + spread(50, -100, 100) + tiny(50), round_f32),
        "geluf": table(lambda x: x * mp.erfc(-x / root) / 2, [0.0] + spread(99, -3, 3) + spread(50, -13, 13) + tiny(50), round_f32),
        "geluTanhf": table(gelu_tanh, [0.0] + spread(99, -3, 3) + spread(50, -9.9, 9.9) + tiny(50), round_f32),
        "expm1f": table(mp.expm1, [-0.5, -1.0, f32(-0.99999994)] + spread(97, -1, 0) + spread(50, -20, 0) + [-abs(x) for x in tiny(50)], round_f32),
    }
    random = before
    return tables


def gelu_tanh(x):
    return x / (1 + mp.exp(-2 * mp.sqrt(2 / mp.pi) * (x + mpf("0.044715") * x**3)))


print(
    json.dumps(
        {
            "expf": table(mp.exp, [0.0, f32(88.72283), f32(88.72284), -104.0, -103.5] + spread(145, -104, 89) + tiny(50), round_f32),
            "logisticf": table(
                lambda x: 1 / (1 + mp.exp(-x)), [0.0, 104.0, -104.0] + spread(147, -20, 20) + spread(30, -104, 104) + tiny(20), round_f32
            ),
            "tanhf": table(mp.tanh, [0.0, 0.5, f32(0.49999997)] + spread(97, -1, 1) + spread(50, -10, 10) + tiny(50), round_f32),
            **more(),
            "exp": table(mp.exp, [0.0, 100.0, -100.0] + [random.uniform(-100, 100) for _ in range(147)] + tiny(50), lambda y: float(y)),
        },
        indent=0,
    ).replace(",\n[", ",\n[").replace("[\n\"", "[\"").replace("\",\n\"", "\", \"").replace("\"\n]", "\"]")
)
