export { FIELDS as fields, VALUES as values } from "./fields-zh.ts";
export { zh as words } from "./zh.ts";
