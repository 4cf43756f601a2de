import { createHash, timingSafeEqual } from "node:crypto";
import { Router, type Request } from "express";
import type { Status } from "./status.js";

export interface AdminOptions {
  readonly adminToken: string;
  readonly status: () => Promise<Status>;
}

export function adminRouter({ adminToken, status }: AdminOptions): Router {
  const router = Router();
  router.use((request, response, next) => {
    if (isOperator(request, adminToken)) return next();
    response
      .status(401)
      .set("WWW-Authenticate", 'Bearer realm="admin"')
      .json({ error: "Send the operator's token (ADMIN_TOKEN) as Authorization: Bearer." });
  });
  router.get("/api/status", async (_request, response) => {
    response.set("Cache-Control", "no-store").json(await status());
  });
  router.use((_request, response) => {
    response.status(404).json({ error: "No such page." });
  });
  return router;
}

const digest = (text: string): Buffer => createHash("sha256").update(text).digest();

// Digests have one length, so that the comparison takes the same time whatever was sent.
function isOperator(request: Request, adminToken: string): boolean {
  const sent = /^bearer +(.+)$/i.exec(request.get("authorization") ?? "")?.[1] ?? "";
  return timingSafeEqual(digest(sent), digest(adminToken));
}
