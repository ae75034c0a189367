/** Types of a float32 node with weights and a bias: its weights may be stored smaller than what it computes with. */
export const FLOAT_ROWS = ["float32", "float16", "int8", "int4", "uint4"].map(
  (weights) => `float32 ${weights} float32 -> float32`,
);
