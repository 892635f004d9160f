/** QR codes (ISO/IEC 18004): bytes, error correction M, versions 1 to 20; nothing leaves the page. */

/** Check bytes of each block and number of blocks at correction M, by version. */
const CHECK = [10, 16, 26, 18, 24, 16, 18, 22, 22, 26, 30, 22, 22, 24, 24, 28, 28, 26, 26, 26];
const BLOCKS = [1, 1, 1, 2, 2, 4, 4, 4, 5, 5, 5, 8, 9, 9, 10, 10, 11, 13, 14, 16];

export type Modules = boolean[][];

/** Draw a text as dark and light modules; null when it is longer than 664 bytes. */
export function qrOf(text: string): Modules | null {
  const bytes = [...new TextEncoder().encode(text)];
  const version = CHECK.findIndex((_, at) => bytes.length <= room(at + 1)) + 1;
  if (version === 0) return null;
  const sent = interleaved(packed(bytes, version), version);
  let best: { modules: Modules; faults: number } | null = null;
  for (let mask = 0; mask < 8; mask++) {
    const modules = drawn(sent, version, mask);
    const faults = hardToRead(modules);
    if (!best || faults < best.faults) best = { modules, faults };
  }
  return best?.modules ?? null;
}

function at(list: readonly number[], version: number): number {
  return list[version - 1] ?? 0;
}

/** Modules that hold data: all but finders, timing, alignment, format and version. */
function dataModules(version: number): number {
  let modules = (16 * version + 128) * version + 64;
  if (version >= 2) {
    const along = Math.floor(version / 7) + 2;
    modules -= (25 * along - 10) * along - 55;
    if (version >= 7) modules -= 36;
  }
  return modules;
}

function dataBytes(version: number): number {
  return Math.floor(dataModules(version) / 8) - at(CHECK, version) * at(BLOCKS, version);
}

/** Bytes of text that fit beside the mode and the length. */
function room(version: number): number {
  return dataBytes(version) - (version < 10 ? 2 : 3);
}

function packed(bytes: readonly number[], version: number): number[] {
  const bits: number[] = [];
  const put = (value: number, size: number) => {
    for (let bit = size - 1; bit >= 0; bit--) bits.push((value >>> bit) & 1);
  };
  put(4, 4);
  put(bytes.length, version < 10 ? 8 : 16);
  for (const byte of bytes) put(byte, 8);
  const all = dataBytes(version) * 8;
  put(0, Math.min(4, all - bits.length));
  put(0, (8 - (bits.length % 8)) % 8);
  for (let pad = 0xec; bits.length < all; pad ^= 0xec ^ 0x11) put(pad, 8);
  const out: number[] = [];
  for (let bit = 0; bit < bits.length; bit += 8)
    out.push(bits.slice(bit, bit + 8).reduce((sum, one) => sum * 2 + one, 0));
  return out;
}

/** Multiply in GF(256) modulo x⁸ + x⁴ + x³ + x² + 1. */
function times(a: number, b: number): number {
  let product = 0;
  for (let bit = 7; bit >= 0; bit--) {
    product = (product << 1) ^ ((product >>> 7) * 0x11d);
    product ^= ((b >>> bit) & 1) * a;
  }
  return product;
}

function divisor(degree: number): number[] {
  const made: number[] = new Array(degree - 1).fill(0).concat(1);
  let root = 1;
  for (let step = 0; step < degree; step++) {
    for (let one = 0; one < degree; one++)
      made[one] = times(made[one] ?? 0, root) ^ (made[one + 1] ?? 0);
    root = times(root, 2);
  }
  return made;
}

function checkBytes(data: readonly number[], by: readonly number[]): number[] {
  const rest: number[] = by.map(() => 0);
  for (const byte of data) {
    const factor = byte ^ (rest.shift() ?? 0);
    rest.push(0);
    for (const [one, value] of by.entries()) rest[one] = (rest[one] ?? 0) ^ times(value, factor);
  }
  return rest;
}

function interleaved(data: readonly number[], version: number): number[] {
  const many = at(BLOCKS, version);
  const short = Math.floor(data.length / many);
  const longer = data.length % many;
  const by = divisor(at(CHECK, version));
  const blocks: number[][] = [];
  for (let block = 0, from = 0; block < many; block++) {
    const size = short + (block >= many - longer ? 1 : 0);
    blocks.push(data.slice(from, from + size));
    from += size;
  }
  const checks = blocks.map((block) => checkBytes(block, by));
  const turns = (rows: number[][], size: number) =>
    Array.from({ length: size }, (_, turn) => rows.flatMap((row) => row.slice(turn, turn + 1)));
  return [...turns(blocks, short + 1), ...turns(checks, by.length)].flat();
}

const MASKS: readonly ((x: number, y: number) => boolean)[] = [
  (x, y) => (x + y) % 2 === 0,
  (_, y) => y % 2 === 0,
  (x) => x % 3 === 0,
  (x, y) => (x + y) % 3 === 0,
  (x, y) => (Math.floor(x / 3) + Math.floor(y / 2)) % 2 === 0,
  (x, y) => ((x * y) % 2) + ((x * y) % 3) === 0,
  (x, y) => (((x * y) % 2) + ((x * y) % 3)) % 2 === 0,
  (x, y) => (((x + y) % 2) + ((x * y) % 3)) % 2 === 0,
];

function drawn(sent: readonly number[], version: number, mask: number): Modules {
  const size = version * 4 + 17;
  const modules: Modules = Array.from({ length: size }, () => new Array(size).fill(false));
  const fixed: Modules = Array.from({ length: size }, () => new Array(size).fill(false));
  const set = (x: number, y: number, dark: boolean) => {
    const [row, known] = [modules[y], fixed[y]];
    if (!row || !known || x < 0 || x >= size) return;
    row[x] = dark;
    known[x] = true;
  };
  drawFixed(set, version, size);
  drawFormat(set, size, mask);
  let bit = 0;
  for (let right = size - 1; right >= 1; right -= 2) {
    if (right === 6) right = 5; // the column of the timing
    for (let step = 0; step < size; step++) {
      const y = ((right + 1) & 2) === 0 ? size - 1 - step : step;
      for (const x of [right, right - 1]) {
        const row = modules[y];
        if (!row || fixed[y]?.[x]) continue;
        const dark = (((sent[bit >>> 3] ?? 0) >>> (7 - (bit & 7))) & 1) === 1;
        row[x] = dark !== (MASKS[mask]?.(x, y) ?? false);
        bit++;
      }
    }
  }
  return modules;
}

type SetModule = (x: number, y: number, dark: boolean) => void;

function drawFixed(set: SetModule, version: number, size: number): void {
  for (let along = 0; along < size; along++) {
    set(6, along, along % 2 === 0);
    set(along, 6, along % 2 === 0);
  }
  const square = (cx: number, cy: number, reach: number, light: readonly number[]) => {
    for (let dy = -reach; dy <= reach; dy++)
      for (let dx = -reach; dx <= reach; dx++)
        set(cx + dx, cy + dy, !light.includes(Math.max(Math.abs(dx), Math.abs(dy))));
  };
  for (const [cx, cy] of [
    [3, 3],
    [size - 4, 3],
    [3, size - 4],
  ] as const)
    square(cx, cy, 4, [2, 4]);
  const places = alignments(version, size);
  for (const cx of places)
    for (const cy of places) {
      const corners = Number(cx === 6) + Number(cy === 6);
      const [far] = places.slice(-1);
      if (corners === 2 || (corners === 1 && (cx === far || cy === far))) continue;
      square(cx, cy, 2, [1]);
    }
  if (version < 7) return;
  const bits = (version << 12) | remainder(version, 12, 0x1f25);
  for (let bit = 0; bit < 18; bit++) {
    const [one, other] = [size - 11 + (bit % 3), Math.floor(bit / 3)];
    set(one, other, ((bits >>> bit) & 1) === 1);
    set(other, one, ((bits >>> bit) & 1) === 1);
  }
}

function alignments(version: number, size: number): number[] {
  if (version === 1) return [];
  const many = Math.floor(version / 7) + 2;
  const step = Math.ceil((version * 4 + 4) / (many * 2 - 2)) * 2;
  const places = Array.from({ length: many - 1 }, (_, from) => size - 7 - from * step);
  return [6, ...places.reverse()];
}

/** Correction M is 00; the rest is which mask was used, and both once more. */
function drawFormat(set: SetModule, size: number, mask: number): void {
  const bits = ((mask << 10) | remainder(mask, 10, 0x537)) ^ 0x5412;
  const is = (bit: number) => ((bits >>> bit) & 1) === 1;
  for (let bit = 0; bit < 6; bit++) set(8, bit, is(bit));
  set(8, 7, is(6));
  set(8, 8, is(7));
  set(7, 8, is(8));
  for (let bit = 9; bit < 15; bit++) set(14 - bit, 8, is(bit));
  for (let bit = 0; bit < 8; bit++) set(size - 1 - bit, 8, is(bit));
  for (let bit = 8; bit < 15; bit++) set(8, size - 15 + bit, is(bit));
  set(8, size - 8, true);
}

function remainder(value: number, degree: number, by: number): number {
  let rest = value;
  for (let step = 0; step < degree; step++) rest = (rest << 1) ^ ((rest >>> (degree - 1)) * by);
  return rest;
}

/** Long runs and blocks of one colour confuse cameras; every mask is right, this one reads best. */
function hardToRead(modules: Modules): number {
  let faults = 0;
  const size = modules.length;
  const is = (x: number, y: number) => modules[y]?.[x] ?? false;
  for (const get of [is, (x: number, y: number) => is(y, x)])
    for (let y = 0; y < size; y++)
      for (let x = 1, run = 1; x < size; x++) {
        run = get(x, y) === get(x - 1, y) ? run + 1 : 1;
        if (run >= 5) faults += run === 5 ? 3 : 1;
      }
  for (let y = 1; y < size; y++)
    for (let x = 1; x < size; x++) {
      const one = is(x, y);
      if (one === is(x - 1, y) && one === is(x, y - 1) && one === is(x - 1, y - 1)) faults += 3;
    }
  return faults;
}
