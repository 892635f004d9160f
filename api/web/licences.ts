/** Write the licence texts of every package whose code is in the bundle beside it. */

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Plugin } from "vite";

interface Manifest {
  name: string;
  version: string;
  license?: string;
}

const NAME = /^(licen[cs]e|copying|notice)(\.(md|txt))?$/i;

export function licences(): Plugin {
  return {
    name: "licences",
    generateBundle(_options, bundle) {
      const homes = new Set<string>();
      for (const part of Object.values(bundle)) {
        if (part.type !== "chunk") continue;
        for (const id of part.moduleIds) {
          const home = /^.*\/node_modules\/(@[^/]+\/)?[^/]+/.exec(id);
          if (home && !home[0].includes("\0")) homes.add(home[0]);
        }
      }
      const source = [...homes]
        .sort()
        .map(told)
        .join(`\n\n${"=".repeat(72)}\n\n`);
      this.emitFile({ type: "asset", fileName: "licences.txt", source: `${source}\n` });
    },
  };
}

function told(home: string): string {
  const manifest = JSON.parse(readFileSync(join(home, "package.json"), "utf8")) as Manifest;
  const texts = readdirSync(home).filter((name) => NAME.test(name));
  const text = texts.map((name) => readFileSync(join(home, name), "utf8").trim()).join("\n\n");
  if (!text && !manifest.license) throw new Error(`${manifest.name} has no licence`);
  return `${manifest.name} ${manifest.version} (${manifest.license ?? "see below"})\n\n${text}`;
}
