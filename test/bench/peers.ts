// The yardsticks: a bare Express 5 and a bare node:http handler that answer the same bytes to the same requests.
// Run as a child: `tsx peers.ts express|http`, answers on standard input as one JSON line, prints its port.
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { createInterface } from "node:readline";
import express from "express";

/** `body` is the object that the handler has in memory; null: no body. */
export interface CannedAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

/** `METHOD /path?query` → answer; a path not listed gets the answer of `METHOD *`. */
export type Answers = Readonly<Record<string, CannedAnswer>>;

const find = (answers: Answers, method: string, url: string): CannedAnswer => {
  const answer = answers[`${method} ${url}`] ?? answers[`${method} *`];
  if (!answer) throw new Error(`nothing to answer ${method} ${url}`);
  return answer;
};

function bareExpress(answers: Answers) {
  const app = express();
  app.disable("x-powered-by");
  app.use(express.json({ type: ["application/scim+json", "application/json"], limit: "16mb" }));
  app.use((request, response) => {
    const { status, headers, body } = find(answers, request.method, request.originalUrl);
    response.status(status).set(headers);
    if (body === null) response.end();
    else response.send(body);
  });
  return createServer(app);
}

function bareHttp(answers: Answers) {
  return createServer((request: IncomingMessage, response: ServerResponse) => {
    request.resume().once("end", () => {
      const { status, headers, body } = find(answers, request.method ?? "", request.url ?? "");
      response.writeHead(status, headers).end(body === null ? undefined : JSON.stringify(body));
    });
  });
}

for await (const line of createInterface({ input: process.stdin })) {
  const answers = JSON.parse(line) as Answers;
  const server = process.argv[2] === "express" ? bareExpress(answers) : bareHttp(answers);
  server.listen(0, "127.0.0.1", () => console.log(`listening ${(server.address() as AddressInfo).port}`));
  break;
}
