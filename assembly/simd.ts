/** Kernels only the simd module has. */
