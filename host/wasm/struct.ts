/**
 * A kernel's argument struct as `host/wasm/args.generated.ts` has it: every field is 4 bytes, in declaration order,
 * "i" for integers and addresses, "f" for float32. Generated from the `@unmanaged` classes in assembly/.
 */
export type StructLayout = Readonly<Record<string, "i" | "f">>;

export type StructValues<L extends StructLayout> = { readonly [K in keyof L]: number };

export function writeStruct<L extends StructLayout>(layout: L, values: StructValues<L>): Int32Array {
  const names = Object.keys(layout);
  const words = new Int32Array(names.length);
  const floats = new Float32Array(words.buffer);
  names.forEach((name, i) => {
    const value = values[name] as number;
    if (layout[name] === "f") floats[i] = value;
    else words[i] = value;
  });
  return words;
}
