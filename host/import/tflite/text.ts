export { cleanName, quote } from "../common/text.js";
