import { data, header, type Malformed } from "./malformed-edits.js";

/** R10 to R17: the structure of the header and the blocks of the data. */
export const MALFORMED_HEADER: readonly Malformed[] = [
  {
    name: "R10-unknown-key",
    message: 'header key 9 is "license"; must be absent [R10]',
    make: header((h) => {
      h.license = "";
    }),
  },
  {
    name: "R10-missing-key",
    message: 'header key 3 is "inputs"; must be "labels" [R10]',
    make: header((h) => {
      delete h.labels;
    }),
  },
  {
    name: "R10-keys-in-another-order",
    message: 'header key 0 is "description"; must be "name" [R10]',
    make: header(({ name, description, ...rest }) => ({ description, name, ...rest })),
  },
  {
    name: "R10-missing-attribute",
    message: 'conv2d "conv" (node 0) attributes key 3 is "activation"; must be "groups" [R10]',
    make: header((h) => {
      delete h.nodes[0].attributes.groups;
    }),
  },
  {
    name: "R10-axis-with-one-scale",
    message: "header.tensors[1].quantization.scale is 0.5; must be an object [R10]",
    make: header((h) => {
      h.tensors[1].quantization.scale = 0.5;
    }),
  },
  {
    name: "R10-list-for-an-object",
    message: "header is a list; must be an object [R10]",
    make: header((h) => [h]),
  },
  {
    name: "R11-two-lines",
    message: 'header.labels[0] is "no?yes"; must be a line of at most 4096 characters [R11]',
    make: header((h) => {
      h.labels[0] = "no\nyes";
    }),
  },
  {
    name: "R11-half-a-character",
    message: 'header.description is "?"; must be a line of at most 4096 characters [R11]',
    make: header((h) => {
      h.description = "\ud83d";
    }),
  },
  {
    name: "R11-too-long",
    message:
      'header.description is "long long long long long long long long long long long long…"; must be a line of at most 4096 characters [R11]',
    make: header((h) => {
      h.description = "long ".repeat(820);
    }),
  },
  {
    name: "R11-number-for-a-name",
    message: "header.tensors[0].name is 7; must be a line of at most 4096 characters [R11]",
    make: header((h) => {
      h.tensors[0].name = 7;
    }),
  },
  {
    name: "R12-unknown-dtype",
    message: 'header.tensors[0].dtype is "int2"; must be int8,uint8,int16,int32,int64,float32,float16,int4,uint4 [R12]',
    make: header((h) => {
      h.tensors[0].dtype = "int2";
    }),
  },
  {
    name: "R12-unknown-activation",
    message: 'conv2d "conv" (node 0) attributes.activation is "gelu"; must be none,relu,relu6,relu_n1_to_1 [R12]',
    make: header((h) => {
      h.nodes[0].attributes.activation = "gelu";
    }),
  },
  {
    name: "R12-number-for-a-bool",
    message: 'softmax "softmax" (node 1) attributes.unsigned is 0; must be true,false [R12]',
    make: header((h) => {
      h.nodes[1].attributes.unsigned = 0;
    }),
  },
  {
    name: "R13-fraction",
    message: "header.tensors[0].shape[3] is 1.5; must be int 1 to 1073741824 [R13]",
    make: header((h) => {
      h.tensors[0].shape[3] = 1.5;
    }),
  },
  {
    name: "R13-dimension-0",
    message: "header.tensors[0].shape[0] is 0; must be int 1 to 1073741824 [R13]",
    make: header((h) => {
      h.tensors[0].shape[0] = 0;
    }),
  },
  {
    name: "R13-beyond-float32",
    message: "header.preprocessing[0].mean[0] is 1e+39; must be float -3.4e+38 to 3.4e+38 [R13]",
    make: header((h) => {
      h.preprocessing[0].mean[0] = 1e39;
    }),
  },
  {
    name: "R13-stride-0",
    message: 'conv2d "conv" (node 0) attributes.stride[1] is 0; must be int 1 to 65535 [R13]',
    make: header((h) => {
      h.nodes[0].attributes.stride[1] = 0;
    }),
  },
  {
    name: "R13-per-channel-zero-point",
    message: "header.tensors[1].quantization.zeroPoint is 3; must be int 0 to 0 [R13]",
    make: header((h) => {
      h.tensors[1].quantization.zeroPoint = 3;
    }),
  },
  {
    name: "R13-scales-without-axis",
    message: "header.tensors[1].quantization.scale is an object; must be float -3.4e+38 to 3.4e+38 [R13]",
    make: header((h) => {
      delete h.tensors[1].quantization.axis;
    }),
  },
  {
    name: "R13-text-for-a-number",
    message: 'header.tensors[2].shape[0] is "2"; must be int 1 to 1073741824 [R13]',
    make: header((h) => {
      h.tensors[2].shape[0] = "2";
    }),
  },
  {
    name: "R14-three-strides",
    message: 'conv2d "conv" (node 0) attributes.stride length is 3; must be 2 [R14]',
    make: header((h) => {
      h.nodes[0].attributes.stride = [1, 1, 1];
    }),
  },
  {
    name: "R14-number-for-a-list",
    message: "header.outputs is 4; must be a list [R14]",
    make: header((h) => {
      h.outputs = 4;
    }),
  },
  {
    name: "R15-overlapping-data",
    message: 'tensor 2 "bias" data offset is 64; must be 128, the next free multiple of 64 [R15]',
    make: header((h) => {
      h.tensors[2].data.offset = 64;
    }),
  },
  {
    name: "R15-hole",
    message: 'tensor 2 "bias" data offset is 192; must be 128, the next free multiple of 64 [R15]',
    make: header((h) => {
      h.tensors[2].data.offset = 192;
    }),
  },
  {
    name: "R15-not-aligned",
    message: 'tensor 1 "kernel" data offset is 8; must be 64, the next free multiple of 64 [R15]',
    make: header((h) => {
      h.tensors[1].data.offset = 8;
    }),
  },
  {
    name: "R16-hidden-byte",
    message: 'padding before tensor 2 "bias" data is not 0; must be 0 [R16]',
    make: data((section) => {
      section[100] = 1;
      return section;
    }),
  },
  {
    name: "R17-trailing-data",
    message: "end of the last block is 136; must be 137, the length of the data [R17]",
    make: data((section) => Uint8Array.of(...section, 0)),
  },
  {
    name: "R17-block-past-the-end",
    message: "end of the last block is 136; must be 135, the length of the data [R17]",
    make: data((section) => section.slice(0, -1)),
  },
];
