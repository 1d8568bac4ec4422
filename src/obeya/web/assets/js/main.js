// Everything the pages do in the browser. Each module is small and does one thing.
import "htmx.org";
import { startClock } from "./countdown.js";
import { startDialogs } from "./dialog.js";
import { startHold } from "./hold.js";
import { startKeys } from "./keys.js";
import { startLive } from "./live.js";
import { startReading } from "./reading.js";
import { startTheme } from "./theme.js";
import { startToasts } from "./toast.js";

startClock();
startTheme();
startToasts();
startDialogs();
startReading();
startHold();
startKeys();
startLive();
