/**
 * The error function and the two forms of gelu, in double, rounded to float32 once; built on exp.ts. The coefficients are
 * polynomials through the Chebyshev nodes of the two ranges, fitted to SciPy's erf and erfcx.
 */
import { expWide, horner } from "./exp.js";

/** erf(z) / z as a polynomial in z², 0 ≤ z < 1, highest power first; relative error below 2^−34. */
export const NEAR: readonly number[] = [
  -9.667044223495311e-6, 0.00011265958898707784, -0.000848408038661772, 0.005221031806393368, -0.026865430727063863,
  0.11283782495224629, -0.37612638468027776, 1.128379167061544,
];
/** erfc(z) · exp(z²) · (z + 3/2) as one in 1 / (z + 3/2), 1 ≤ z ≤ 10.5; relative error below 2^−31.8. */
export const FAR: readonly number[] = [
  17.55864570734528, -41.70290809707726, 37.754643026626525, -13.557835327091444, 0.49735116879946834,
  -0.896664733330763, 0.6696368998668784, 0.985222330486729, 0.8463577279938844, 0.5641884667974163,
];

/** erf(z) for |z| < 1. */
function erfNear(z: number): number {
  return horner(NEAR, z * z) * z;
}

/** 1 − erf(z) for z ≥ 1. */
function erfcFar(z: number): number {
  const t = 1 / (z + 1.5);
  return horner(FAR, t) * t * expWide(-(z * z));
}

/** erf in float32; error below 0.51 ulp. Eq. (55). */
export function erff(x: number): number {
  const z = Math.abs(x);
  if (z < 1) return Math.fround(erfNear(x));
  const far = 1 - erfcFar(z);
  return Math.fround(x < 0 ? -far : far);
}

/** x · Φ(x) in float32, where Φ(x) = erfc(−x/√2) / 2, without cancellation on the negative side. Eq. (56). */
export function geluf(x: number): number {
  // biome-ignore lint/suspicious/noApproximativeNumericConstant: the bits matter, and Math.SQRT1_2 may have others
  const z = x * 0.7071067811865476;
  if (Math.abs(z) < 1) return Math.fround(x * 0.5 * (erfNear(z) + 1));
  const tail = erfcFar(Math.abs(z));
  return Math.fround(x * 0.5 * (z < 0 ? tail : 2 - tail));
}

/** The tanh form: x (1 + tanh(u)) / 2 = x / (1 + exp(−2u)), u = √(2/π) (x + 0.044715 x³). Eq. (57). */
export function geluTanhf(x: number): number {
  const w = (x * x * 0.044715 + 1) * x * 1.5957691216057308; // 2 √(2/π)
  return Math.fround((w < -104 ? -0 : x) / (expWide(-w) + 1));
}
