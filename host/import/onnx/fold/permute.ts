export * from "../../common/permute.js";
