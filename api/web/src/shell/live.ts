/** Whether the service answers, and whether the city has changed since the tiles were drawn. */

import { readCatalogue } from "../map/catalogue.ts";
import type { Shell } from "./shell.ts";

const EVERY_MS = 15_000;

/** Keep the sign in the top bar true, and let the map follow the city. */
export function watchService(shell: Shell, sign: HTMLElement): void {
  const { api, city, t } = shell;
  let answeredAt = new Date();
  const show = (answered: boolean) => {
    if (answered) answeredAt = new Date();
    sign.classList.toggle("away", !answered);
    sign.textContent = answered ? t.shell.live : t.shell.away(clock(answeredAt));
  };
  api.onAnswer(show);
  const look = () => {
    if (document.hidden) return;
    readCatalogue(api).then(city.use, () => show(false));
  };
  setInterval(look, EVERY_MS);
  addEventListener("online", look);
  addEventListener("offline", () => show(false));
}

function clock(moment: Date): string {
  return moment.toLocaleTimeString("zh-CN", { hour: "2-digit", minute: "2-digit", hour12: false });
}
