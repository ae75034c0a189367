/** Kernels of this family, by their ABI names. */
