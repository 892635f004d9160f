/** Words of the tools of the planner, in Chinese. `en.ts` must hold the same keys. */

export const zh = {
  toolbar: "编辑工具",
  tools: {
    select: "选择",
    brush: "刷地块",
    rect: "框选",
    border: "拖动共同边界",
    split: "切分",
    merge: "合并",
    newgrid: "新网格",
    bld: "移动楼栋、小区",
    lock: "锁定",
  },
  measure: "测量",
  undo: "撤销",
  redo: "重做",
  confirm: "确认",
  cancel: "取消",
  nudge: "顶点移动 1 米，Shift 10 米",
  noSnap: "不吸附",
  code: "新网格编码",
  colour: "着色",
  byWork: "工作量偏差",
  byNeighbours: "相邻区分",
  mean: "均值",
  meanOf: (minutes: string) => `均值 ${minutes} 分/日`,
  now: "现行边界",
  draft: "草案",
  few: "放大地图后可编辑地块",
  notDraft: "方案不在草案阶段，只能查看",
  hints: {
    brush: "从要扩大的网格里按下，拖过要并入的地块",
    rect: "从要扩大的网格里按下，拉出矩形；中心在内的地块并入",
    border: "拖动两个网格之间的边界；点一下可用方向键移动",
    held: "方向键移动顶点，Enter 确认",
    splitPick: "点选要切分的网格",
    splitLine: "逐点画一条穿过网格的线，双击或 Enter 完成",
    splitStreet: "点选一条街道",
    mergeInto: "点选要保留的网格，再点选并入的相邻网格",
    mergeMore: (into: string) => `并入 ${into}：点选相邻网格`,
    newgrid: "点选或拖过地块，组成新网格",
    bldPick: "点选一栋楼",
    compoundPick: "点选一个小区",
    bldTo: (name: string) => `把 ${name} 移到：点选网格`,
    lock: "点网格锁定或解锁；点边界锁定这条边界",
  },
  byLine: "画线",
  byStreet: "沿街道",
  evenly: "均分两半",
  evenlyAway: "这个版本的服务还不会均分",
  building: "楼栋",
  compound: "小区",
  grid: "网格",
  round: "网格长责任区",
  noOfficer: "这个网格没有网格长",
  notNeighbours: "只有相邻网格可以合并",
  cards: {
    brush: "刷地块",
    rect: "框选",
    border: "拖动共同边界",
    before: "原",
    work: "工作量 分/日",
    deviation: "偏差",
    households: (band: string) => (band ? `户数 ${band}` : "户数"),
    walk: "最远步行 分",
    compact: "紧凑度",
    pieces: "连通块",
    snapped: (name: string) => (name ? `沿 ${name} 吸附` : "已吸附"),
    moved: (households: string, buildings: string, hectares: string) =>
      `移动 ${households} 户 · ${buildings} 栋 · ${hectares} 公顷`,
    none: "没有变动",
    asking: "正在计算",
  },
  saving: "正在保存",
  pin: {
    broken: (grid: string, pieces: number) => `${grid} 断为 ${pieces} 片`,
    loose: (blocks: string, households: string) => `${blocks} 个地块与主体不相连，${households} 户`,
    mend: (grid: string) => `并入最合适的 ${grid}`,
    mendMany: "并入最合适的网格",
  },
  trouble: {
    stale: "别人先做了，您这一步没有执行。草案已更新：",
    who: (author: string, time: string, number: number, title: string) =>
      `${author} ${time} 第 ${number} 步：${title}`,
    conflict: "这一步不能做",
    refused: "这一步不能做",
    away: "服务没有应答，这一步没有保存；已保存的都在",
    again: "再做一次",
    unlock: "解锁",
    seen: "知道了",
  },
  reasons: {
    "plan.locked-grid": ({ grid }: About) => `网格 ${grid} 已锁定。先解锁，再做这一步`,
    "plan.locked-border": ({ one, other }: About) =>
      `${one} 与 ${other} 的边界已锁定。先解锁，再做这一步`,
    "plan.locked-officer": ({ officer }: About) => `岗位 ${officer} 的片已锁定。先解锁，再做这一步`,
    "plan.not-draft": (_: About) => "方案已不是草案，不能编辑。先退回草案",
    "plan.code-taken": ({ code }: About) => `编码 ${code} 已有网格在用，请换一个`,
    "plan.empty-grid": ({ grid }: About) => `网格 ${grid} 没有地块。先给它地块，或新建网格`,
    "plan.broken-grid": ({ grid, pieces }: About) =>
      `网格 ${grid} 断为 ${pieces} 片。先修复，再拆分`,
    "plan.unsplittable": ({ grid }: About) =>
      `网格 ${grid} 按地块、按直线都分不成两半。请自己画一条线`,
    "plan.too-far": ({ grid }: About) => `网格 ${grid} 离楼栋超过 2 公里。请选相邻的网格`,
    "plan.no-border": ({ one, other }: About) => `${one} 与 ${other} 没有共同的边界可拖`,
    "plan.loose-line": ({ one, other }: About) =>
      `这条线没有和 ${one}、${other} 的边界围出地来。起点、终点请落在边界上`,
    "plan.one-sided": ({ grid }: About) => `网格 ${grid} 全在线的一侧。请把线画穿网格`,
    "plan.changes-nothing": (_: About) => "这一步没有改变什么",
    "plan.nothing-to-undo": (_: About) => "没有可撤销的步骤",
    "plan.nothing-to-redo": (_: About) => "没有可重做的步骤",
  },
  others: (author: string, title: string) => `${author} 做了：${title}`,
};

/** What a refusal is about, by name: codes as the planner reads them. */
type About = Readonly<Record<string, string>>;

type Widen<T> = T extends string
  ? string
  : T extends (...given: infer A) => string
    ? (...given: A) => string
    : { readonly [K in keyof T]: Widen<T[K]> };

export type ToolWords = Widen<typeof zh>;
