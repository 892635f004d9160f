/** The administrators' page: accounts, and the audit log. */

import { mountAudit } from "../admin/audit.ts";
import { makeFrame } from "../admin/frame.ts";
import { mountUsers } from "../admin/users.ts";
import { showFailure } from "../shell/failure.ts";
import { pagesOf } from "../shell/session.ts";
import { h, replace } from "../ui/dom.ts";
import { state } from "../ui/parts.ts";

const TAB = "tab";

void open().catch(showFailure);

async function open(): Promise<void> {
  const frame = await makeFrame("admin");
  if (!frame) return;
  const { address, w, session } = frame;
  if (!pagesOf(session).includes("admin")) {
    replace(frame.main, state("lock", w.common.closed, w.common.closedNote));
    return;
  }
  const tabs = [
    { name: "users", title: w.tabs.users, mount: mountUsers },
    { name: "audit", title: w.tabs.audit, mount: mountAudit },
  ];
  const now = tabs.find((one) => one.name === address.get(TAB)) ?? tabs[0];
  const link = (name: string, title: string) =>
    h(
      "a",
      { href: `/admin?${TAB}=${name}`, "aria-current": name === now?.name ? "page" : null },
      title,
    );
  const seg = h("nav", { class: "seg", "aria-label": w.tabs.label });
  seg.append(...tabs.map((one) => link(one.name, one.title)));
  now?.mount(frame, seg);
}
