/** Kernels only the scalar module has. */
