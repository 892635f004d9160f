export { zh as panels } from "../panels/words/zh.ts";
export { zh as tools } from "./zh.ts";
