/** Chinese words of publishing a plan and of bringing files to it. */

import { count } from "../../../i18n/format.ts";

export const publish = {
  open: "发布…",
  title: "发布方案",
  noRight: "您的岗位不能发布",
  checking: "正在核对规则",
  mendFirst: (n: number) => `先处理 ${n} 处违规`,
  approveFirst: "先审阅、批准",
  published: (n: number) => `已发布为第 ${n} 版`,
  name: "版本名称",
  from: "生效时间（北京时间）",
  fromNote: "留空即刻生效；填将来的时刻，到时由服务发布",
  later: "到时发布",
  waits: (at: string) => `定于 ${at} 生效`,
  cancel: "取消…",
  cancelTitle: "取消发布",
  cancelNote: (name: string, at: string, who: string) =>
    `「${name}」由 ${who} 定于 ${at} 生效。取消后方案仍为已批准。`,
  keep: "保留",
  heldUp: (why: string) => `未能按时发布：${why}`,
  what: "将会变动",
  counting: "正在清点",
  aims: (n: number) => `${count(n)} 处未达目标，不妨碍发布`,
  action: "发布",
  noName: "请填版本名称",
  done: (n: number) => `已发布为第 ${n} 版`,
  lineage: (n: number) => `沿革 ${n} 行，旧编码都能查到去处`,
  layer: "对象",
  looked: "核对",
  moved: "换了网格",
};

export const taking = {
  open: "导入归属…",
  note: "Excel、CSV、GeoPackage、Shapefile（zip）",
  title: "导入地块归属",
  file: "文件",
  fileNote: "表格含“地块、网格”两列；地图的面含“网格”一列，各地块归入占其面积多半的网格",
  action: "导入",
  noFile: "请选文件",
  done: (n: string) => `${n} 个地块换了网格`,
  rest: (same: string, out: string) =>
    `${same} 个原已在内，${out} 个文件未涉及。整次导入为一步，可撤销。`,
  wrong: (rows: number, blocks: number) => `${rows} 行未取，${blocks} 个地块与地图不合`,
  row: (n: number) => `第 ${n} 行`,
  more: (n: number) => `另有 ${n} 项`,
};
