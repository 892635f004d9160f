/** Balance: ordered, watched while it runs, its proposals drawn as a curve, one of them adopted. */

import type { Feature } from "../../api.ts";
import { ApiError, AwayError } from "../../api.ts";
import { h, replace } from "../../ui/dom.ts";
import { button } from "../../ui/parts.ts";
import { choices } from "./balance-choices.ts";
import { orderForm } from "./balance-form.ts";
import type { PlanDesk } from "./desk.ts";
import { Refusal } from "./dialog.ts";
import { makeTint, type Tint } from "./tint.ts";

/** One point of the trade-off curve. */
export interface Proposal {
  number: number;
  grids: number;
  moved_households: number;
  moved_share: number;
  moved_blocks: number;
  cv_before: number | null;
  cv: number | null;
  polsby_popper: number | null;
  broken: number;
}

export interface Job {
  number: number;
  state: "queued" | "running" | "done" | "failed" | "cancelled";
  progress: { done: number; of: number; share: number; zh: string; en: string };
  problem: string | null;
  proposals: Proposal[];
}

const EVERY_MS = 600;
const isGoing = (job: Job | null) => job?.state === "queued" || job?.state === "running";
const tints = new WeakMap<PlanDesk, Tint>();

/** A card over the map and no dialog before it: the proposals are looked at on the map. */
export function openBalance(desk: PlanDesk): void {
  document.querySelector<HTMLElement>(".pl-balance .pl-close")?.click();
  const { draft, shell, w } = desk;
  const { balance: words } = w;
  const tint = tints.get(desk) ?? makeTint(desk);
  tints.set(desk, tint);
  const form = orderForm(desk);
  const told = h("div", { class: "pl-job", role: "status" });
  const found = h("div");
  const fault = h("p", { class: "msg bad", role: "alert" });
  const opener = document.activeElement;
  let job: Job | null = null;
  let chosen: number | null = null;
  let isOpen = true;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const start = h("button", { type: "submit", class: "btn pri" }, words.run);
  const box = h(
    "form",
    { class: "float pl-balance", role: "dialog", "aria-label": words.title },
    h("div", { class: "row sp" }, h("h2", { class: "t14" }, words.title), closer()),
    form.element,
    h("div", { class: "row sp" }, told, start),
    fault,
    found,
  );

  function closer(): HTMLElement {
    const made = button(w.close, close, { size: "sm" });
    made.classList.add("pl-close");
    return made;
  }

  function close(): void {
    isOpen = false;
    clearTimeout(timer);
    tint.show([]);
    box.remove();
    if (isGoing(job)) void cancel();
    if (opener instanceof HTMLElement && opener.isConnected) opener.focus();
  }

  function complain(error: unknown): void {
    if (error instanceof AwayError) replace(fault, w.bar.away);
    else if (error instanceof ApiError || error instanceof Refusal) replace(fault, error.message);
    else throw error;
  }

  async function order(): Promise<void> {
    replace(fault);
    chosen = null;
    tint.show([]);
    try {
      use(await shell.api.send<Job>("POST", `${draft.base}/balances`, form.read()));
    } catch (error) {
      complain(error);
    }
  }

  async function cancel(): Promise<void> {
    if (job) await shell.api.send<Job>("DELETE", `/api/v1/jobs/${job.number}`).then(use, complain);
  }

  async function look(): Promise<void> {
    if (!job) return;
    try {
      use(await shell.api.get<Job>(`/api/v1/jobs/${job.number}`));
    } catch (error) {
      complain(error);
      if (isOpen && error instanceof AwayError) timer = setTimeout(() => void look(), EVERY_MS * 5);
    }
  }

  function use(now: Job): void {
    job = now;
    if (!isOpen) return;
    start.disabled = isGoing(now);
    showProgress(now);
    const offered = now.proposals.length;
    replace(
      found,
      offered ? choices(desk, now.proposals, chosen, choose, () => void adopt()) : null,
    );
    if (isGoing(now)) timer = setTimeout(() => void look(), EVERY_MS);
    else if (chosen === null && offered) choose(now.proposals[offered - 1]?.number ?? 1);
  }

  function showProgress(now: Job): void {
    if (isGoing(now)) {
      const { progress } = now;
      const said = now.state === "queued" ? words.waiting : progress[shell.lang];
      replace(
        told,
        h("progress", { class: "pl-progress", max: 1, value: progress.share, "aria-label": said }),
        h("span", { class: "t12 dim" }, `${said} · ${words.running(progress.done, progress.of)}`),
        button(words.cancel, () => void cancel(), { size: "sm" }),
      );
    } else if (now.state === "failed")
      replace(told, h("span", { class: "bad t12" }, now.problem ?? words.failed));
    else
      replace(
        told,
        now.state === "cancelled" ? h("span", { class: "t12" }, words.cancelled) : null,
      );
  }

  function choose(number: number): void {
    chosen = number;
    if (!job) return;
    replace(
      found,
      choices(desk, job.proposals, chosen, choose, () => void adopt()),
    );
    found.querySelector<HTMLElement>("input:checked")?.focus();
    const path = `/api/v1/jobs/${job.number}/proposals/${number}`;
    shell.api.get<{ features: Feature[] }>(path).then(({ features }) => {
      if (isOpen && chosen === number) tint.show(features);
    }, complain);
  }

  async function adopt(): Promise<void> {
    if (!job || chosen === null) {
      replace(fault, words.pick);
      return;
    }
    let why = "";
    const stop = draft.on("trouble", ({ said }) => {
      why = said;
    });
    const taken = await draft
      .take({ do: "adopt", job: job.number, proposal: chosen })
      .finally(stop);
    if (taken) close();
    else replace(fault, why || w.actions.refused);
  }

  box.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!start.disabled) void order();
  });
  box.addEventListener("keydown", (event) => {
    if (event.key === "Escape") close();
    event.stopPropagation(); // single keys are the page's
  });
  document.querySelector(".stage")?.append(box);
  box.querySelector<HTMLElement>("input")?.focus();
}
