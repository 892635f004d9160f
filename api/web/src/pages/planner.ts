/** The planner's page: the plan that the address names, else the grids as they are. */

import { mountCurrent } from "../planner/current.ts";
import { mountPlan, planInAddress } from "../planner/mount.ts";
import { open } from "./open.ts";

void open("planner", (shell) => {
  const number = planInAddress(shell.address);
  if (number === null) mountCurrent(shell);
  else void mountPlan(shell, number);
});
