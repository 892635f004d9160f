export { en as panels } from "../panels/words/en.ts";
export { en as tools } from "./en.ts";
