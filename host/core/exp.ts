/**
 * exp, tanh and the logistic function from additions, multiplications and divisions alone. Engines' own Math.exp and
 * Math.tanh differ in the last bits, and a model must give the same bits everywhere.
 *
 * exp(x) = 2^(k/32) · exp(r), k = rne(x · 32/ln 2), |r| ≤ ln 2 / 64: a table of 32 powers, an exponent, a cubic.
 * The method and the constants are those of ARM optimized-routines' (and musl's) expf.
 */

/** 2^(i/32) rounded to double. */
export const POWERS = new Float64Array([
  1, 1.0218971486541166, 1.0442737824274138, 1.0671404006768237, 1.0905077326652577, 1.1143867425958924,
  1.1387886347566916, 1.1637248587775775, 1.189207115002721, 1.215247359980469, 1.241857812073484, 1.2690509571917332,
  // biome-ignore lint/suspicious/noApproximativeNumericConstant: 2^(16/32) is one entry of 32
  1.2968395546510096, 1.3252366431597413, 1.3542555469368927, 1.383909881963832, 1.4142135623730951, 1.4451808069770467,
  1.4768261459394993, 1.5091644275934228, 1.5422108254079407, 1.5759808451078865, 1.6104903319492543, 1.645755478153965,
  1.681792830507429, 1.718619298122478, 1.7562521603732995, 1.7947090750031072, 1.8340080864093424, 1.8741676341103,
  1.9152065613971474, 1.9571441241754002,
]);

const bits = new DataView(new ArrayBuffer(8));

/** 2^exponent for exponent in −1022…1023. */
function powerOfTwo(exponent: number): number {
  bits.setUint32(0, (exponent + 1023) << 20);
  bits.setUint32(4, 0);
  return bits.getFloat64(0);
}

/**
 * exp(x) as a double with a relative error below 2^−33, x clamped to ±104, where float32 has long reached 0 and ∞.
 * Eq. (38). The other float32 functions are built on it: they stay in double and round once.
 */
export function expWide(x: number): number {
  const z = Math.min(Math.max(x, -104), 104) * 46.16624130844683; // 32 / ln 2
  const k = z + 6755399441055744 - 6755399441055744; // 1.5 · 2^52: rounds z to the nearest integer
  const r = z - k;
  const power = (POWERS[k & 31] as number) * powerOfTwo(k >> 5);
  const cubic = 1.6938359250920212e-6 * r + 0.00023459809789509004;
  return (cubic * (r * r) + (0.021660849396613134 * r + 1)) * power;
}

/** The polynomial with these coefficients, highest power first, by Horner's rule. */
export function horner(coefficients: readonly number[], x: number): number {
  return coefficients.reduce((sum, coefficient) => sum * x + coefficient);
}

/** exp in float32, bit for bit what musl and ARM optimized-routines return; error below 0.502 ulp. Eq. (39). */
export function expf(x: number): number {
  return Math.fround(expWide(x));
}

/** 1 / (1 + exp(−x)) in float32, rounded once. Eq. (40). */
export function logisticf(x: number): number {
  return Math.fround(1 / (1 + expWide(-x)));
}

/** tanh in double below 1/2: Lambert's continued fraction x/(1 + x²/(3 + x²/(5 + x²/(7 + x²/9)))) as one quotient. */
export function tanhNear(x: number): number {
  const s = x * x;
  return (x * (945 + s * (105 + s))) / (945 + s * (420 + s * 15));
}

/**
 * tanh in float32, rounded once. Eq. (41). Below 1/2 another form, because 1 − 2 / (exp(2x) + 1)
 * cancels there.
 */
export function tanhf(x: number): number {
  const near = tanhNear(x);
  const far = 1 - 2 / (expWide(2 * Math.abs(x)) + 1);
  return Math.fround(Math.abs(x) < 0.5 ? near : x < 0 ? -far : far);
}

/**
 * exp in double, error below 1 ulp, for |x| ≤ 700. Reduction x = k ln 2 + r with ln 2 in two parts, then
 * exp(r) = 1 + 2r / (2 − r + r²·P(r²)) as in FreeBSD's e_exp.c.
 */
export function exp(x: number): number {
  // biome-ignore lint/suspicious/noApproximativeNumericConstant: the bits matter, and Math.LOG2E may have others
  const k = x * 1.4426950408889634 + 6755399441055744 - 6755399441055744;
  const high = x - k * 0.6931471803691238;
  const low = k * 1.9082149292705877e-10;
  const r = high - low;
  const t = r * r;
  const c =
    r -
    t *
      (0.16666666666666602 +
        t *
          (-0.0027777777777015593 +
            t * (6.613756321437934e-5 + t * (-1.6533902205465252e-6 + t * 4.1381367970572385e-8))));
  return (1 - (low - (r * c) / (2 - c) - high)) * powerOfTwo(k);
}
