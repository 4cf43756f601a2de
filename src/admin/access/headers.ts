import helmet from "helmet";
import type { RequestHandler } from "express";

/** Everything comes from here, nothing is inline, and nobody may put it into a frame. Whether it is https only is the proxy's to say. */
export const securityHeaders = (): RequestHandler =>
  helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'"],
        imgSrc: ["'self'"],
        connectSrc: ["'self'"],
        formAction: ["'self'"],
        baseUri: ["'none'"],
        frameAncestors: ["'none'"],
      },
    },
    xFrameOptions: { action: "deny" },
    // With `no-referrer` browsers leave out the origin of forms too.
    referrerPolicy: { policy: "same-origin" },
    strictTransportSecurity: false,
  });
