// Before all tests: a PostgreSQL server, one for the whole run. TEST_POSTGRES_URL names another one, whose user may create
// databases. Without either the tests that need one fail and say why; the others run.
import { tsImport } from "tsx/esm/api";

export default async function setup() {
  const given = process.env.TEST_POSTGRES_URL;
  if (given) {
    process.stdout.write("PostgreSQL for the tests: the server in TEST_POSTGRES_URL\n");
    return;
  }
  try {
    const { startServer } = await tsImport("./server.ts", import.meta.url);
    const server = await startServer();
    process.env.TEST_POSTGRES_URL = server.url;
    globalThis.stopPostgres = async () => {
      delete process.env.TEST_POSTGRES_URL;
      await server.stop();
    };
  } catch (error) {
    process.env.TEST_POSTGRES_PROBLEM = error.message;
    process.stderr.write(`No PostgreSQL for the tests: ${error.message}\n`);
  }
}
