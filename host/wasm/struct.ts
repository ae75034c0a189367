/**
 * A kernel's argument struct as the generated files have it: its fields, 4 bytes each, in declaration order, those of
 * float32 with a star before them, the others integers and addresses. A text costs less to load than an object, and every
 * page loads them.
 */
export type StructLayout = string;

type Words<L extends string> = L extends `${infer Head} ${infer Tail}` ? Head | Words<Tail> : L;
type FieldName<W extends string> = W extends `*${infer Name}` ? Name : W;

export type StructValues<L extends StructLayout> = { readonly [K in FieldName<Words<L>>]: number };

export function writeStruct<L extends StructLayout>(layout: L, values: StructValues<L>): Int32Array {
  const fields = fieldsOf(layout);
  const words = new Int32Array(fields.length);
  let floats: Float32Array | undefined;
  for (let i = 0; i < fields.length; i++) {
    const { name, isFloat } = fields[i]!;
    const value = (values as Readonly<Record<string, number>>)[name]!;
    if (isFloat) {
      floats ??= new Float32Array(words.buffer);
      floats[i] = value;
    } else {
      words[i] = value;
    }
  }
  return words;
}

interface Field {
  readonly name: string;
  readonly isFloat: boolean;
}

const known = new Map<StructLayout, readonly Field[]>();

function fieldsOf(layout: StructLayout): readonly Field[] {
  let fields = known.get(layout);
  if (fields === undefined) {
    fields = layout.split(" ").map((word) => {
      const isFloat = word.startsWith("*");
      return { name: isFloat ? word.slice(1) : word, isFloat };
    });
    known.set(layout, fields);
  }
  return fields;
}
