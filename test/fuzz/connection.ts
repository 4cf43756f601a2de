// HTTP/1.1 on a bare socket: sends whatever bytes there are, reads what a server answers.
import { once } from "node:events";
import { connect, type Socket } from "node:net";

export interface RawAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: Buffer;
}

const PATIENCE_MS = 20_000;

/** One connection that is opened again whenever the server closes it. */
export interface Connection {
  ask(bytes: Buffer, method: string): Promise<RawAnswer>;
  close(): void;
}

export function keptAlive(port: number): Connection {
  let socket: Socket | undefined;
  return {
    ask: async (bytes, method) => {
      socket = socket?.writable && socket.readable ? socket : await open(port);
      const answer = await exchange(socket, bytes, method);
      if (/close/i.test(answer.headers.get("connection") ?? "")) {
        socket.destroy();
        socket = undefined;
      }
      return answer;
    },
    close: () => socket?.destroy(),
  };
}

/** On a connection of its own. */
export async function askOnce(port: number, bytes: Buffer, method: string): Promise<RawAnswer> {
  const socket = await open(port);
  try {
    return await exchange(socket, bytes, method);
  } finally {
    socket.destroy();
  }
}

/** Quiet for so long after an answer, or before one: nothing more is to be expected. */
const QUIET_MS = { after: 5, before: 60 };

/** Every answer that comes back for these bytes; when none does, our side is closed and the server given its time. */
export async function askForAll(port: number, bytes: Buffer): Promise<readonly RawAnswer[]> {
  const socket = await open(port);
  let received: Buffer = Buffer.alloc(0);
  await new Promise<void>((resolve) => {
    const patience = setTimeout(() => socket.destroy(), PATIENCE_MS);
    let quiet = setTimeout(() => socket.end(), QUIET_MS.before);
    socket.on("data", (chunk: Buffer) => {
      received = Buffer.concat([received, chunk]);
      clearTimeout(quiet);
      quiet = setTimeout(() => socket.end(), QUIET_MS.after);
    });
    socket.once("close", () => {
      clearTimeout(quiet);
      clearTimeout(patience);
      resolve();
    });
    socket.write(bytes);
  });
  return answersIn(received);
}

function answersIn(received: Buffer): readonly RawAnswer[] {
  const first = answerIn(received, "GET");
  return first ? [first.answer, ...answersIn(first.rest)] : [];
}

async function open(port: number): Promise<Socket> {
  const socket = connect(port, "127.0.0.1");
  socket.on("error", () => undefined);
  await once(socket, "connect");
  return socket;
}

function exchange(socket: Socket, bytes: Buffer, method: string): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    let received: Buffer = Buffer.alloc(0);
    const timer = setTimeout(() => over(new Error(`no answer within ${PATIENCE_MS} ms`)), PATIENCE_MS);
    const over = (outcome: Error | RawAnswer): void => {
      clearTimeout(timer);
      socket.off("data", onData).off("close", onClose);
      if (!(outcome instanceof Error)) return resolve(outcome);
      socket.destroy();
      reject(outcome);
    };
    const onData = (chunk: Buffer): void => {
      received = Buffer.concat([received, chunk]);
      const complete = answerIn(received, method);
      if (complete) over(complete.answer);
    };
    const onClose = (): void => over(new Error(`closed without an answer: ${received.toString("latin1")}`));
    socket.on("data", onData).on("close", onClose);
    socket.write(bytes);
  });
}

/** The first whole answer in the bytes. */
function answerIn(bytes: Buffer, method: string): { readonly answer: RawAnswer; readonly rest: Buffer } | undefined {
  const end = bytes.indexOf("\r\n\r\n");
  if (end < 0) return undefined;
  const [line = "", ...fields] = bytes.subarray(0, end).toString("latin1").split("\r\n");
  const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(line)?.[1]);
  const rest = bytes.subarray(end + 4);
  if (status === 100) return answerIn(rest, method);
  const headers = new Map(
    fields.map((field): [string, string] => {
      const colon = field.indexOf(":");
      return [field.slice(0, colon).toLowerCase(), field.slice(colon + 1).trim()];
    }),
  );
  if (headers.has("transfer-encoding")) return chunkless(status, headers, rest);
  // An answer to HTTP/0.9 does not say, and ends with the connection.
  const said = Number(headers.get("content-length") ?? rest.length);
  const length = method === "HEAD" || status === 204 || status === 304 ? 0 : said;
  if (rest.length < length) return undefined;
  return { answer: { status, headers, body: rest.subarray(0, length) }, rest: rest.subarray(length) };
}

const EMPTY_CHUNKS = "0\r\n\r\n";

/** Only Node's own refusals are chunked, and they are empty. */
function chunkless(status: number, headers: RawAnswer["headers"], rest: Buffer) {
  if (rest.length < EMPTY_CHUNKS.length) return undefined;
  const isEmpty = rest.subarray(0, EMPTY_CHUNKS.length).toString("latin1") === EMPTY_CHUNKS;
  const body = isEmpty ? Buffer.alloc(0) : Buffer.from("a chunked answer");
  return { answer: { status, headers, body }, rest: rest.subarray(EMPTY_CHUNKS.length) };
}
