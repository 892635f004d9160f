/** Everybody's own account. */

import { mountAccount } from "../admin/account.ts";
import { makeFrame } from "../admin/frame.ts";
import { showFailure } from "../shell/failure.ts";

makeFrame("account").then((frame) => frame && mountAccount(frame), showFailure);
