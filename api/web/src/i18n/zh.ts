/** Chinese: the language in which the console is written. `en.ts` must hold the same keys. */

export const zh = {
  title: "城市网格治理",
  pages: { planner: "规划", dispatch: "派遣", overview: "总览" },
  shell: {
    nav: "主导航",
    skip: "跳到地图",
    unnamed: "未命名的城市",
    live: "已连接",
    away: (time: string) => `未连接，数据截至 ${time}`,
    generation: (number: number, name: string) => `${name} · 第 ${number} 版`,
    noGeneration: "尚无网格版本",
    generationTip: "当前网格版本",
    other: "EN",
    otherTip: "Switch to English",
    dark: "深色",
    light: "浅色",
    help: "快捷键",
    close: "关闭",
    signOut: "退出",
    signIn: "登录",
  },
  map: {
    unselect: "取消选择",
    legend: {
      heat: "每六边形案件数",
      noHeat: "没有足够的案件可以着色",
      cell: (resolution: number, hectares: string) => `H3 ${resolution} 级，约 ${hectares} 公顷`,
      span: (since: string, until: string) => `${since} 至 ${until}`,
      fewer: (hidden: string, doubted: string) =>
        `少于 3 件不着色，共 ${hidden} 件；位置存疑 ${doubted} 件未计`,
      balance: "户数偏差",
      mean: (households: string) => `均值 ${households} 户`,
    },
    label: "地图。方向键平移，加减号缩放",
    panKeys: "地图获得焦点后平移",
    zoomIn: "放大",
    zoomOut: "缩小",
    home: "看全城",
    layers: "图层与图例",
    metres: (n: number) => `${n} 米`,
    kilometres: (n: number) => `${n} km`,
    switches: {
      heat: "案件热力",
      grids: "网格",
      incidents: "未结案件",
      facilities: "部件",
      cameras: "摄像头",
      views: "摄像头朝向",
      places: "服务点",
      buildings: "楼栋",
      walls: "围墙",
    },
  },
  states: {
    cases: {
      waiting: "待受理",
      filed: "待派遣",
      dispatched: "处置中",
      handled: "待核查",
      overdue: "超时",
      closed: "已结案",
    },
    loading: "载入中",
    none: "没有数据",
    failed: "没有连上服务",
    failedNote: "地图仍是上次取到的数据",
    retry: "现在重试",
    unknown: "无数据",
  },
};

/** The same keys with any text, the same functions with any result. */
type Widen<T> = T extends string
  ? string
  : T extends (...given: infer A) => string
    ? (...given: A) => string
    : { readonly [K in keyof T]: Widen<T[K]> };

export type Words = Widen<typeof zh>;
