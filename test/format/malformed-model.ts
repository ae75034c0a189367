import type { Tensor } from "../../host/core/model.js";
import { writeQbin } from "../../host/format/write.js";
import { data, header, type Malformed, tiny } from "./malformed-edits.js";
import { activation, tinyModel } from "./models.js";
import { close, editHeader, open } from "./surgery.js";

/** R18 to R42: what the model means. */
export const MALFORMED_MODEL: readonly Malformed[] = [
  {
    name: "R18-seven-dimensions",
    message: 'tensor 0 "image" shape is [1,1,1,1,1,1,1]; must be at most 6 dimensions [R18]',
    make: header((h) => {
      h.tensors[0].shape = [1, 1, 1, 1, 1, 1, 1];
    }),
  },
  {
    name: "R19-shape-product-overflows",
    message: 'tensor 3 "features" shape is [65536,65536,65536,65536]; must be at most 1073741824 elements [R19]',
    make: header((h) => {
      h.tensors[3].shape = [65536, 65536, 65536, 65536];
    }),
  },
  {
    name: "R20-data-of-another-length",
    message: 'tensor 2 "bias" data length is 8; must be 4 for float32 [1] [R20]',
    make: header((h) => {
      h.tensors[2].dtype = "float32";
      h.tensors[2].shape = [1];
    }),
  },
  {
    name: "R21-int8-without-quantization",
    message:
      'tensor 3 "features" is computed int8; must be int8, uint8 or int16 with scale, constant float16, int4 with group or uint4 with codebook, or a plain type [R21]',
    make: header((h) => {
      delete h.tensors[3].quantization;
    }),
  },
  {
    name: "R21-quantized-int32",
    message:
      'tensor 2 "bias" is constant int32 with scale; must be int8, uint8 or int16 with scale, constant float16, int4 with group or uint4 with codebook, or a plain type [R21]',
    make: header((h) => {
      const { data: block, ...tensor } = h.tensors[2];
      h.tensors[2] = { ...tensor, quantization: { scale: 0.5, zeroPoint: 0 }, data: block };
    }),
  },
  {
    name: "R22-scale-0",
    message: 'tensor 3 "features" scale is 0; must be a positive normal float32 [R22]',
    make: header((h) => {
      h.tensors[3].quantization.scale = 0;
    }),
  },
  {
    name: "R22-scale-not-a-float32",
    message: 'tensor 3 "features" scale is 0.1; must be a positive normal float32 [R22]',
    make: header((h) => {
      h.tensors[3].quantization.scale = 0.1;
    }),
  },
  {
    name: "R22-subnormal-scale",
    message: 'tensor 3 "features" scale is 5.877471754111438e-39; must be a positive normal float32 [R22]',
    make: header((h) => {
      h.tensors[3].quantization.scale = 2 ** -127;
    }),
  },
  {
    name: "R22-per-channel-scale-nan",
    message: 'tensor 1 "kernel" scale is NaN; must be a positive normal float32 [R22]',
    make: data((section) => {
      section.set([0, 0, 0xc0, 0x7f], 4);
      return section;
    }),
  },
  {
    name: "R23-zero-point-outside-int8",
    message: 'tensor 3 "features" zeroPoint is 128; must be from -128 to 127 [R23]',
    make: header((h) => {
      h.tensors[3].quantization.zeroPoint = 128;
    }),
  },
  {
    name: "R24-more-scales-than-channels",
    message: 'tensor 1 "kernel" scale count is 2; must be 1 [R24]',
    make: header((h) => {
      h.tensors[1].quantization.axis = 1;
    }),
  },
  {
    name: "R24-axis-outside-the-shape",
    message: 'tensor 1 "kernel" scale count is 2; must be that of an axis of a constant [R24]',
    make: header((h) => {
      h.tensors[1].quantization.axis = 4;
    }),
  },
  {
    name: "R24-per-channel-activation",
    message: 'tensor 4 "scores" scale count is 2; must be that of an axis of a constant [R24]',
    make: () => {
      const { text: json, data: section } = open(tiny());
      const h = JSON.parse(json);
      h.tensors[4].quantization = { scale: { offset: 192, count: 2 }, zeroPoint: 0, axis: 3 };
      const longer = new Uint8Array(200);
      longer.set(section);
      longer.set([0, 0, 128, 63, 0, 0, 128, 63], 192);
      return close(JSON.stringify(h), longer);
    },
  },
  {
    name: "R25-output-of-no-tensor",
    message: 'tensor of softmax "softmax" (node 1) is 5; must be from 0 to 4 [R25]',
    make: header((h) => {
      h.nodes[1].outputs = [5];
    }),
  },
  {
    name: "R25-absent-required-input",
    message: 'tensor of softmax "softmax" (node 1) is -1; must be from 0 to 4 [R25]',
    make: header((h) => {
      h.nodes[1].inputs = [-1];
    }),
  },
  {
    name: "R26-no-outputs",
    message: "number of outputs is 0; must be at least 1 [R26]",
    make: header((h) => {
      h.outputs = [];
    }),
  },
  {
    name: "R27-output-twice",
    message: 'output names is "scores","scores"; must be unique, not empty [R27]',
    make: header((h) => {
      h.outputs = [4, 4];
    }),
  },
  {
    name: "R27-input-without-name",
    message: 'input names is ""; must be unique, not empty [R27]',
    make: header((h) => {
      h.tensors[0].name = "";
    }),
  },
  {
    name: "R28-tensor-computed-twice",
    message: 'tensor 4 "scores" is computed and computed; must be one of these, once [R28]',
    make: header((h) => {
      h.nodes.push({ ...h.nodes[1], inputs: [3] });
    }),
  },
  {
    name: "R28-constant-input",
    message: 'tensor 2 "bias" is constant and input; must be one of these, once [R28]',
    make: header((h) => {
      h.inputs.push(2);
      h.preprocessing.push(null);
    }),
  },
  {
    name: "R29-read-before-it-is-computed",
    message: 'softmax "softmax" (node 0) input tensor 3 "features" is unknown; must be computed before [R29]',
    make: header((h) => {
      h.nodes.reverse();
    }),
  },
  {
    name: "R29-cycle",
    message: 'conv2d "conv" (node 0) input tensor 4 "scores" is unknown; must be computed before [R29]',
    make: header((h) => {
      h.nodes[0].inputs[0] = 4;
      h.tensors[4].shape = [1, 1, 1, 1];
      h.tensors[3].shape = [1, 1, 1, 2];
    }),
  },
  {
    name: "R30-input-as-output",
    message: 'output tensor 0 "image" is input; must be computed [R30]',
    make: header((h) => {
      h.outputs = [0, 4];
    }),
  },
  {
    name: "R31-constant-that-nothing-reads",
    message: 'tensor 2 "bias" is constant and never read; must be read or removed [R31]',
    make: header((h) => {
      h.nodes[0].inputs[2] = -1;
    }),
  },
  {
    name: "R31-tensor-without-source",
    message: 'tensor 5 "ghost" is unknown and never read; must be read or removed [R31]',
    make: header((h) => {
      h.tensors.push({ name: "ghost", dtype: "float32", shape: [1] });
    }),
  },
  {
    name: "R32-unknown-op",
    message: 'node 1 op is "local_softmax"; must be one of this version; update qbin [R32]',
    make: header((h) => {
      h.nodes[1].op = "local_softmax";
    }),
  },
  {
    name: "R33-two-inputs-for-softmax",
    message: 'softmax "softmax" (node 1) tensor count is 2; must be that of input, absent ones as -1 [R33]',
    make: header((h) => {
      h.nodes[1].inputs = [3, 3];
    }),
  },
  {
    name: "R34-computed-weights",
    message: 'conv2d "conv" (node 0) weights is computed; must be constant [R34]',
    make: () =>
      editHeader(tiny(), (h) => {
        const weights = {
          name: "computed",
          dtype: "int8",
          shape: [2, 1, 1, 1],
          quantization: { scale: 1, zeroPoint: 0 },
        };
        h.tensors.push(weights);
        h.inputs.push(5);
        h.preprocessing.push(null);
        h.nodes[0].inputs[1] = 5;
      }),
  },
  {
    name: "R35-float-softmax-output",
    message: 'softmax "softmax" (node 1) types is int8 -> float32; must be int8 -> int8 or float32 -> float32 [R35]',
    make: header((h) => {
      h.tensors[4] = { name: "scores", dtype: "float32", shape: [1, 1, 1, 2] };
    }),
  },
  {
    name: "R36-weights-scaled-along-another-axis",
    message: 'conv2d "conv" (node 0) weights is scaled along axis 3; must be scaled per tensor or output channel [R36]',
    make: () => {
      const model = tinyModel();
      const [, kernel, ...others] = model.tensors as [Tensor, Tensor, Tensor, Tensor, Tensor];
      const square = { ...kernel, shape: [2, 1, 1, 2], data: Uint8Array.of(1, 2, 3, 4) };
      const tensors = [activation("image", [1, 1, 1, 2]), square, ...others];
      return editHeader(writeQbin({ ...model, preprocessing: [undefined], tensors }), (h) => {
        h.tensors[1].quantization.axis = 3;
      });
    },
  },
  {
    name: "R37-ratio-of-scales-overflows",
    message: 'conv2d "conv" (node 0) input ratio is 0.0078125 to 1.329227995784916e+36; must be a normal float32 [R37]',
    make: header((h) => {
      h.tensors[3].quantization.scale = 2 ** 120;
    }),
  },
  {
    name: "R38-softmax-in-xnnpack-numerics",
    message: 'softmax "softmax" (node 1) numerics is xnnpack; must be tflite or onnx [R38]',
    make: header((h) => {
      h.nodes[1].numerics = "xnnpack";
    }),
  },
  {
    name: "R39-groups-that-do-not-divide",
    message: 'conv2d "conv" (node 0): weights [2,1,1,1] with 3 groups expect 3 input channels, input has 1 [R39]',
    make: header((h) => {
      h.nodes[0].attributes.groups = 3;
    }),
  },
  {
    name: "R39-product-of-scales-overflows",
    message:
      'conv2d "conv" (node 0): scales 1.2676506002282294e+30, 1152921504606847000, 1024 are too far apart: rescaling exceeds float32 [R39]',
    make: () => {
      const parts = open(tiny());
      new DataView(parts.data.buffer, parts.data.byteOffset).setFloat32(4, 2 ** 60, true);
      return editHeader(close(parts.text, parts.data), (h) => {
        h.tensors[0].quantization.scale = 2 ** 100;
        h.tensors[3].quantization.scale = 2 ** 10;
      });
    },
  },
  {
    name: "R40-shape-that-is-not-the-inferred-one",
    message: 'softmax "softmax" (node 1) output is [1,2]; must be [1,1,1,2] [R40]',
    make: header((h) => {
      h.tensors[4].shape = [1, 2];
    }),
  },
  {
    name: "R41-more-than-2-to-the-40-multiplications",
    message: 'work up to conv2d "conv" (node 0) is 1169304846336; must be at most 1099511627776 [R41]',
    make: () => {
      const model = tinyModel();
      const size = [1, 32768, 32768, 1];
      const kernel = {
        name: "kernel",
        dtype: "int8",
        shape: [1, 33, 33, 1],
        quantization: { scale: [1], zeroPoint: 0 },
        data: new Uint8Array(33 * 33),
      } as const;
      const file = writeQbin({
        ...model,
        tensors: [activation("image", [1, 33, 33, 1]), kernel, activation("scores", [1, 1, 1, 1])],
        nodes: [{ ...model.nodes[0]!, inputs: [0, 1, -1], outputs: [2] }],
        outputs: [2],
      });
      return editHeader(file, (h) => {
        h.tensors[0].shape = size;
        h.tensors[2].shape = size;
        h.nodes[0].attributes.padding = [16, 16, 16, 16];
      });
    },
  },
  {
    name: "R42-rgb-for-one-channel",
    message: 'rgb input "image" is [1,1,1,1]; must be nhwc with 3 channels, 1 or as many means and scales [R42]',
    make: header((h) => {
      h.preprocessing[0].channelOrder = "rgb";
    }),
  },
  {
    name: "R42-two-means",
    message: 'gray input "image" is [1,1,1,1]; must be nhwc with 1 channels, 1 or as many means and scales [R42]',
    make: header((h) => {
      h.preprocessing[0].mean = [1, 2];
    }),
  },
  {
    name: "R42-preprocessing-for-no-input",
    message: "preprocessing length is 2; must be 1 [R42]",
    make: header((h) => {
      h.preprocessing.push(null);
    }),
  },
];
