export { en as words } from "./en.ts";
export { FIELDS as fields, VALUES as values } from "./fields-en.ts";
