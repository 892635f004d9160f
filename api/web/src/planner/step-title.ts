/** Titles of steps in the language of the page: the log keeps them in English. */

import type { Lang } from "../i18n/index.ts";

/** What the service writes, and how a planner says it. */
const TITLES: readonly (readonly [RegExp, string])[] = [
  [/^(\d+) blocks by a table$/, "按表格移动 $1 个地块"],
  [/^(\d+) blocks by a map$/, "按图层移动 $1 个地块"],
  [/^(\d+) blocks to no grid$/, "$1 个地块移出方案"],
  [/^(\d+) blocks to (.+)$/, "$1 个地块并入 $2"],
  [/^merge (.+) into (.+)$/, "合并 $1 到 $2"],
  [/^new grid (.+)$/, "新网格 $1"],
  [/^compound (.+) to (.+)$/, "小区 $1 移到 $2"],
  [/^a building to (.+)$/, "楼栋移到 $1"],
  [/^renumber (\d+) grids$/, "重新编号 $1 个网格"],
  [/^lock grid (.+)$/, "锁定 $1"],
  [/^open grid (.+)$/, "解锁 $1"],
  [/^lock border (.+)$/, "锁定边界 $1"],
  [/^open border (.+)$/, "解锁边界 $1"],
  [/^lock officer (.+)$/, "锁定岗位 $1"],
  [/^open officer (.+)$/, "解锁岗位 $1"],
  [/^reattach parts of (.+)$/, "接回 $1 断开的部分"],
  [/^adopt proposal (\d+) of job (\d+)$/, "采用均衡 $2 的第 $1 个方案"],
  [/^(\d+) buildings? to (.+)$/, "$1 栋楼移到 $2"],
  [/^balance into (\d+) grids$/, "均衡为 $1 个网格"],
  [/^split (.+) evenly( by blocks)?$/, "均分 $1"],
  [/^split (.+) by a line$/, "沿线切分 $1"],
  [/^split (.+) along a street$/, "沿街切分 $1"],
  [/^split (.+)$/, "切分 $1"],
  [/^drag the border of (.+) and (.+)$/, "拖动边界 $1、$2"],
  [/^an area to (.+)$/, "圈地给 $1"],
];

export function stepTitle(long: string, lang: Lang, short: (code: string) => string): string {
  const title = long.replace(/\b\d{12,24}\b/g, short);
  if (lang === "en") return title;
  const taken = /^(undo|redo) (.+)$/.exec(title);
  if (taken) return `${taken[1] === "undo" ? "撤销" : "重做"}：${inChinese(taken[2] ?? "")}`;
  return inChinese(title);
}

function inChinese(title: string): string {
  for (const [pattern, said] of TITLES) {
    if (!pattern.test(title)) continue;
    return title.replace(pattern, said).replaceAll(/ and |, /g, "、");
  }
  return title;
}
