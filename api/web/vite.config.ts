import { readdirSync } from "node:fs";
import { defineConfig } from "vite";
import { lean } from "./lean.ts";
import { licences } from "./licences.ts";

const pages = readdirSync(import.meta.dirname).filter((name) => name.endsWith(".html"));

export default defineConfig({
  base: "/static/",
  publicDir: false,
  plugins: [lean(), licences()],
  build: {
    outDir: "../static",
    emptyOutDir: true,
    target: ["chrome87", "firefox78"], // what 360 and 奇安信 browsers in offices are made from
    modulePreload: { polyfill: false },
    rollupOptions: { input: Object.fromEntries(pages.map((name) => [name.slice(0, -5), name])) },
  },
});
