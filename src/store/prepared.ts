// Statements that are built and compiled once per dialect: on hot paths building costs more than running.
import { CompiledQuery, type Compilable, type DialectAdapter, type RawBuilder } from "kysely";
import { runsDirectly, type Db } from "./engine.js";

/**
 * `build` is called once with placeholder values; every further call binds its arguments in the same order. It must
 * therefore use each argument exactly once, in order, and nothing else as a parameter: checked at the first call.
 */
export function prepared<Arguments extends readonly unknown[], Row>(
  build: (db: Db, ...parameters: Arguments) => Compilable<Row>,
): (db: Db, ...parameters: Arguments) => Promise<readonly Row[]> {
  const compiled = new WeakMap<DialectAdapter, string>();
  return async (db, ...parameters) => {
    const { adapter } = db.getExecutor();
    let text = compiled.get(adapter);
    if (text === undefined) {
      text = compile(build(db, ...parameters).compile(), parameters);
      compiled.set(adapter, text);
    }
    if (runsDirectly(adapter)) return adapter.all(text, parameters) as Row[];
    return (await db.executeQuery<Row>(CompiledQuery.raw(text, [...parameters]))).rows;
  };
}

/** Raw SQL as something to prepare. */
export const compilable = <Row>(db: Db, raw: RawBuilder<Row>): Compilable<Row> => ({
  compile: () => raw.compile(db),
});

function compile(query: CompiledQuery, given: readonly unknown[]): string {
  const asGiven = query.parameters.length === given.length && query.parameters.every((each, at) => each === given[at]);
  if (!asGiven) throw new TypeError(`a prepared statement binds its arguments otherwise: ${query.sql}`);
  return query.sql;
}
