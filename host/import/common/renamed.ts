import type { ModelData, Tensor } from "../../core/model.js";

/** Gives tensors the names wanted for them; what had such a name, unless it is a model input, gets theirs. */
export function renamed(model: ModelData, wanted: ReadonlyMap<number, string>): ModelData {
  const tensors = [...model.tensors];
  const places = new Map(tensors.map((tensor, index) => [tensor.name, index]));
  for (const [index, name] of wanted) {
    const tensor = tensors[index] as Tensor;
    const other = places.get(name);
    if (tensor.name === name || (other !== undefined && model.inputs.includes(other))) continue;
    tensors[index] = { ...tensor, name };
    places.set(name, index);
    if (other === undefined) continue;
    tensors[other] = { ...(tensors[other] as Tensor), name: tensor.name };
    places.set(tensor.name, other);
  }
  return { ...model, tensors };
}
