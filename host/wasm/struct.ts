/**
 * A kernel's argument struct as `host/wasm/args.generated.ts` has it: every field is 4 bytes, in declaration order,
 * "i" for integers and addresses, "f" for float32. Generated from the `@unmanaged` classes in assembly/.
 */
export type StructLayout = Readonly<Record<string, "i" | "f">>;

export type StructValues<L extends StructLayout> = { readonly [K in keyof L]: number };

export function writeStruct<L extends StructLayout>(layout: L, values: StructValues<L>): Int32Array {
  const names = namesOf(layout);
  const words = new Int32Array(names.length);
  let floats: Float32Array | undefined;
  for (let i = 0; i < names.length; i++) {
    const name = names[i]!;
    const value = values[name] as number;
    if (layout[name] === "i") {
      words[i] = value;
    } else {
      floats ??= new Float32Array(words.buffer);
      floats[i] = value;
    }
  }
  return words;
}

const fieldNames = new Map<StructLayout, readonly string[]>();

function namesOf(layout: StructLayout): readonly string[] {
  let names = fieldNames.get(layout);
  if (names === undefined) {
    names = Object.keys(layout);
    fieldNames.set(layout, names);
  }
  return names;
}
