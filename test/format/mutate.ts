import { align } from "../../host/format/layout.js";
import { OPS } from "../../host/ops/index.js";
import { AGREEING_EDITS } from "./agreeing-edits.js";
import { close, open, reseal, setWord } from "./surgery.js";

/** A whole number from 0 to `limit` − 1. */
export type Random = (limit: number) => number;

/** A generator that gives the same numbers for the same seed (mulberry32). */
export function randomOf(seed: number): Random {
  let state = seed | 0;
  return (limit) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % limit;
  };
}

// biome-ignore lint/suspicious/noExplicitAny: any JSON value may be anywhere once a file is edited
type Json = any;

/** A value inside the header, by the list or object that holds it. */
interface Place {
  readonly holder: Json;
  readonly key: string | number;
}

const NUMBERS = [-1, 0, 1, 2, 3, 4, -2, 0.5, 127, 128, 255, 256, 65535, 65536, 2 ** 24, 2 ** 30, 2 ** 31, 2 ** 32];
const EXTREMES = [2 ** 53, -(2 ** 63), 1e308, -1e308, 1e-310, 2 ** -126, 2 ** 120, 2 ** -120, 1 / 3];
const SPELLINGS = [
  "1e400",
  "-0",
  "1.0",
  "0x10",
  "NaN",
  "-Infinity",
  "01",
  "+1",
  "1e5",
  "9007199254740993",
  "1e-400",
  ".",
];
const TEXTS = ["", "__proto__", "constructor", "two\nlines", "\ud800", "\u2028", "x".repeat(5000), "?", "\u0000"];
const WORDS = [
  "int8",
  "uint8",
  "int32",
  "int64",
  "float32",
  "xnnpack",
  "tflite",
  "onnx",
  "none",
  "relu6",
  "same",
  "rgb",
];

function placesOf(value: Json): Place[] {
  if (typeof value !== "object" || value === null) return [];
  const keys = Array.isArray(value) ? value.map((_, i) => i) : Object.keys(value);
  return keys.flatMap((key) => [{ holder: value, key }, ...placesOf((value as Json)[key])]);
}

/** A random place of the header that satisfies `is`, or of any kind where there is none. */
function placeIn(header: Json, random: Random, is: (value: Json) => boolean = () => true): Place {
  const places = placesOf(header);
  const fitting = places.filter(({ holder, key }) => is(holder[key]));
  const list = fitting.length > 0 ? fitting : places;
  return list[random(list.length)] as Place;
}

const oneOf = <T>(list: readonly T[], random: Random): T => list[random(list.length)] as T;

/** Edits of the parsed header; what they leave is serialized canonically and sealed with a digest that fits. */
const HEADER_EDITS: Readonly<Record<string, (header: Json, random: Random) => void>> = {
  number(header, random) {
    const { holder, key } = placeIn(header, random, (value) => typeof value === "number");
    holder[key] = oneOf(random(3) === 0 ? EXTREMES : NUMBERS, random);
  },
  nudge(header, random) {
    const { holder, key } = placeIn(header, random, (value) => typeof value === "number");
    holder[key] = oneOf([holder[key] + 1, holder[key] - 1, holder[key] * 2, holder[key] / 2, -holder[key]], random);
  },
  text(header, random) {
    const { holder, key } = placeIn(header, random, (value) => typeof value === "string");
    holder[key] = oneOf([...TEXTS, ...WORDS, ...Object.keys(OPS)], random);
  },
  flag(header, random) {
    const { holder, key } = placeIn(header, random, (value) => typeof value === "boolean");
    holder[key] = !holder[key];
  },
  type(header, random) {
    const { holder, key } = placeIn(header, random);
    holder[key] = oneOf([null, true, 0, "", [], {}, [[]], { offset: 0 }, [1, 2, 3]], random);
  },
  remove(header, random) {
    const { holder, key } = placeIn(header, random);
    if (Array.isArray(holder)) holder.splice(key as number, 1);
    else delete holder[key];
  },
  duplicate(header, random) {
    const { holder, key } = placeIn(header, random);
    if (Array.isArray(holder)) holder.splice(random(holder.length + 1), 0, holder[key as number]);
    else holder[`${key}2`] = holder[key];
  },
  swap(header, random) {
    const a = placeIn(header, random, (value) => typeof value !== "object");
    const b = placeIn(header, random, (value) => typeof value === typeof a.holder[a.key]);
    [a.holder[a.key], b.holder[b.key]] = [b.holder[b.key], a.holder[a.key]];
  },
  copy(header, random) {
    const { holder, key } = placeIn(header, random, (value) => typeof value === "object");
    const from = placeIn(header, random, (value) => Array.isArray(value) === Array.isArray(holder[key]));
    holder[key] = structuredClone(from.holder[from.key]);
  },
  shuffle(header, random) {
    const { holder, key } = placeIn(header, random, (value) => Array.isArray(value) && value.length > 1);
    if (Array.isArray(holder[key])) holder[key].reverse();
  },
  rewire(header, random) {
    const node = oneOf(header.nodes as Json[], random);
    const list = node?.[oneOf(["inputs", "outputs"], random)];
    if (Array.isArray(list)) list[random(list.length + 1)] = random(header.tensors.length + 1) - 1;
  },
  nest(header, random) {
    const { holder, key } = placeIn(header, random);
    for (let i = random(60); i >= 0; i--) holder[key] = [holder[key]];
  },
  ...AGREEING_EDITS,
};

/** Edits of bytes and text. Those that reseal get past the digest. */
const FILE_EDITS: Readonly<Record<string, (file: Uint8Array, random: Random) => Uint8Array>> = {
  flipBit(file, random) {
    const copy = file.slice();
    copy[random(copy.length)]! ^= 1 << random(8);
    return copy;
  },
  flipResealed(file, random) {
    return reseal(FILE_EDITS.flipBit!(file, random));
  },
  truncate(file, random) {
    return file.slice(0, random(file.length));
  },
  extend(file, random) {
    return Uint8Array.of(...file, ...new Uint8Array(1 + random(100)).map(() => random(256)));
  },
  prefixWord(file, random) {
    const copy = file.slice();
    setWord(copy, oneOf([0, 4, 40, 44, 48], random), oneOf([0, 1, 63, 64, 128, 2 ** 24, 2 ** 31, 2 ** 32 - 1], random));
    return reseal(copy);
  },
  spelling(file, random) {
    const { text, data } = open(file);
    const numbers = [...text.matchAll(/-?\d+(\.\d+)?/g)];
    const { 0: number, index } = oneOf(numbers, random);
    return close(text.slice(0, index) + oneOf(SPELLINGS, random) + text.slice(index + number.length), data);
  },
  character(file, random) {
    const { text, data } = open(file);
    const at = random(text.length);
    const inserted = oneOf(['"', "{", "}", "[", "]", ",", ":", " ", "\\", "0", "\ufeff", "null"], random);
    return close(text.slice(0, at) + inserted + text.slice(at + random(2)), data);
  },
  repeatKey(file, random) {
    const { text, data } = open(file);
    const member = oneOf([...text.matchAll(/"\w+":("[^"]*"|-?[\d.]+),/g)], random);
    return close(text.slice(0, member.index) + member[0] + text.slice(member.index), data);
  },
  data(file, random) {
    const { text, data } = open(file);
    const copy = data.slice();
    for (let i = random(8); i >= 0 && copy.length > 0; i--)
      copy[random(copy.length)] = oneOf([0, 127, 128, 255], random);
    return close(text, copy);
  },
  dataLength(file, random) {
    const { text, data } = open(file);
    const longer = new Uint8Array(align(data.length) + 64);
    longer.set(data);
    return close(text, longer.subarray(0, random(longer.length + 1)));
  },
};

/** All there are, by name, each a file to a file. */
export const MUTATORS: Readonly<Record<string, (file: Uint8Array, random: Random) => Uint8Array>> = {
  ...FILE_EDITS,
  ...Object.fromEntries(
    Object.entries(HEADER_EDITS).map(([name, edit]) => [
      name,
      (file: Uint8Array, random: Random) => {
        const { text, data } = open(file);
        const header = JSON.parse(text);
        edit(header, random);
        // Most single edits contradict something else; a second one may agree with the first.
        if (random(3) === 0) edit(header, random);
        return close(JSON.stringify(header), data);
      },
    ]),
  ),
};

/** One mutation of a valid file, decided by `seed`: header edits three times in four. */
export function mutate(file: Uint8Array, seed: number): { readonly name: string; readonly bytes: Uint8Array } {
  const random = randomOf(seed);
  const name = oneOf(Object.keys(random(4) === 0 ? FILE_EDITS : HEADER_EDITS), random);
  return { name, bytes: (MUTATORS[name] as (typeof MUTATORS)[string])(file, random) };
}
