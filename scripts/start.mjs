/** `npm start`: installs and builds what is missing, then runs the shipped example. */
import { ensureBuilt, ensureInstalled, run } from "./project.mjs";

ensureInstalled();
ensureBuilt();
run("examples/digits/run.mjs");
