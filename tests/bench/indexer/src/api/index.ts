import { Hono } from "hono";
import { count } from "ponder";
import { db } from "ponder:api";
import { happened } from "ponder:schema";

const app = new Hono();
app.get("/count", async (context) => context.json((await db.select({ rows: count() }).from(happened))[0]));
export default app;
