/** @param {unknown} error  Emscripten throws numbers and strings too */
export const oneLine = (error) => String(error?.message ?? error).split("\n")[0];
