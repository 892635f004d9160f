/** The planner's page: the plan that the address names, else the plans there are and the grids as they are. */

import { planInAddress } from "../planner/address.ts";
import { mountCurrent } from "../planner/current.ts";
import { open } from "./open.ts";

void open("planner", (shell) => {
  const number = planInAddress(shell.address);
  const isPlaced = shell.address.get("at") !== null; // the map writes it when it comes to rest
  if (number === null) mountCurrent(shell);
  else
    void import("../planner/mount.ts").then(({ mountPlan }) => mountPlan(shell, number, isPlaced));
});
