// What the portal's pages do in the browser: a new order, and looking again while something moves.
import { startOrder } from "./order.js";
import { startPolling } from "./polling.js";

startOrder();
startPolling();
