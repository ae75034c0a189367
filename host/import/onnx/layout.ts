export * from "../common/layout.js";
