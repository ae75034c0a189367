import { writeQbin } from "../../host/format/write.js";
import type { Malformed } from "./malformed-edits.js";
import { storedModel } from "./models.js";
import { close, editHeader, open } from "./surgery.js";

const stored = () => writeQbin(storedModel());

/** The file of `storedModel` with an edited header: tensor 1 is the weights. */
// biome-ignore lint/suspicious/noExplicitAny: the edits break the header's type, which is their purpose
const header = (edit: (header: any) => unknown) => () => editHeader(stored(), edit);

/** And with edited data: two bfloat16 scales, 16 float32 values, two bytes of indices, at 0, 64 and 128. */
const data = (edit: (data: Uint8Array) => unknown) => () => {
  const parts = open(stored());
  const section = parts.data.slice();
  edit(section);
  return close(parts.text, section);
};

/** R43, R44, and what others say about weights that are stored small. */
export const MALFORMED_STORED: readonly Malformed[] = [
  {
    name: "R22-subnormal-scale-of-a-group",
    message: 'tensor 1 "weights" scale is 9.183549615799121e-41; must be a positive normal float32 [R22]',
    make: data((section) => section.set([1, 0], 0)),
  },
  {
    name: "R24-fewer-scales-than-groups",
    message: 'tensor 1 "weights" scale count is 2; must be 3 [R24]',
    make: header((h) => {
      h.tensors[1].quantization.group = 1;
    }),
  },
  {
    name: "R36-groups-along-another-axis",
    message:
      'fully_connected "product" (node 0) weights is scaled along axis 1; must be scaled per tensor or output channel [R36]',
    make: () => {
      const model = storedModel();
      const float = (name: string, shape: readonly number[]) => ({ name, dtype: "float32", shape }) as const;
      const weights = { ...model.tensors[1]!, shape: [2, 1], data: Uint8Array.of(0x21) };
      return editHeader(writeQbin({ ...model, tensors: [float("x", [1, 1]), weights, float("y", [1, 2])] }), (h) => {
        h.tensors[1].quantization.axis = 1;
        h.tensors[1].quantization.group = 1;
      });
    },
  },
  {
    name: "R38-unsigned-float-with-int4-weights",
    message: 'fully_connected "product" (node 0) unsigned is true; must be false where nothing is quantized [R38]',
    make: header((h) => {
      h.nodes[0].attributes.unsigned = true;
    }),
  },
  {
    name: "R21-float16-input",
    message:
      'tensor 0 "x" is computed float16; must be int8, uint8 or int16 with scale, constant float16, int4 with group or uint4 with codebook, or a plain type [R21]',
    make: header((h) => {
      h.tensors[0].dtype = "float16";
    }),
  },
  {
    name: "R21-computed-int4",
    message:
      'tensor 2 "y" is computed int4; must be int8, uint8 or int16 with scale, constant float16, int4 with group or uint4 with codebook, or a plain type [R21]',
    make: header((h) => {
      h.tensors[2].dtype = "int4";
    }),
  },
  {
    name: "R21-int4-with-a-codebook",
    message:
      'tensor 1 "weights" is constant int4 with scale, group, codebook; must be int8, uint8 or int16 with scale, constant float16, int4 with group or uint4 with codebook, or a plain type [R21]',
    make: header((h) => {
      h.tensors[1].dtype = "int4";
    }),
  },
  {
    name: "R43-codebook-with-infinity",
    message: 'tensor 1 "weights" codebook is Infinity; must be finite [R43]',
    make: data((section) => section.set([0, 0, 0x80, 0x7f], 64 + 12)),
  },
  {
    name: "R13-codebook-of-15",
    message: "header.tensors[1].quantization.codebook.count is 15; must be int 16 to 16 [R13]",
    make: () => {
      const edited = editHeader(stored(), (h) => {
        h.tensors[1].quantization.codebook.count = 15;
      });
      const parts = open(edited);
      const section = parts.data.slice();
      section.fill(0, 64 + 60, 128);
      return close(parts.text, section);
    },
  },
  {
    name: "R21-uint4-without-group",
    message:
      'tensor 1 "weights" is constant uint4 with scale; must be int8, uint8 or int16 with scale, constant float16, int4 with group or uint4 with codebook, or a plain type [R21]',
    make: () => {
      const { scale, zeroPoint, axis } = { scale: { offset: 0, count: 1 }, zeroPoint: 0, axis: 0 };
      const section = new Uint8Array(66);
      section.set([0, 0, 128, 63], 0);
      const edited = editHeader(stored(), (h) => {
        h.tensors[1].quantization = { scale, zeroPoint, axis };
        h.tensors[1].data.offset = 64;
      });
      return close(open(edited).text, section);
    },
  },
  {
    name: "R21-int8-with-a-group",
    message:
      'tensor 1 "weights" is constant int8 with scale, group, codebook; must be int8, uint8 or int16 with scale, constant float16, int4 with group or uint4 with codebook, or a plain type [R21]',
    make: () => {
      const edited = editHeader(stored(), (h) => {
        h.tensors[1].dtype = "int8";
        h.tensors[1].data.length = 3;
      });
      const parts = open(edited);
      const section = new Uint8Array(131);
      section.set(parts.data);
      return close(parts.text, section);
    },
  },
  {
    name: "R44-second-half-of-the-last-byte",
    message: 'tensor 1 "weights" last half byte is not 0; must be 0 [R44]',
    make: data((section) => section.set([0x1f], 129)),
  },
];
