// Statements that are built and compiled once per dialect: on hot paths building costs more than running.
import { CompiledQuery, type Compilable, type DialectAdapter, type RawBuilder } from "kysely";
import { runsDirectly, type Db } from "./engine.js";

interface Statement {
  readonly text: string;
  /** Which argument each of its parameters is. */
  readonly order: readonly number[];
}

/**
 * `build` is called once, with placeholders: whatever it makes of its arguments is a parameter of the statement, and
 * nothing else may be.
 */
export function prepared<Arguments extends readonly unknown[], Row>(
  build: (db: Db, ...parameters: Arguments) => Compilable<Row>,
): (db: Db, ...parameters: Arguments) => Promise<readonly Row[]> {
  const compiled = new WeakMap<DialectAdapter, Statement>();
  return async (db, ...given) => {
    const { adapter } = db.getExecutor();
    let statement = compiled.get(adapter);
    if (statement === undefined) {
      statement = compile(build(db, ...(given.map((_, at) => new Placeholder(at)) as unknown as Arguments)).compile());
      compiled.set(adapter, statement);
    }
    const { text, order } = statement;
    const parameters = order.map((at) => given[at]);
    if (runsDirectly(adapter)) return adapter.all(text, parameters) as Row[];
    return (await db.executeQuery<Row>(CompiledQuery.raw(text, parameters))).rows;
  };
}

/** What is asked too seldom, or in too many ways, to be kept. */
export async function ask<Row>(db: Db, raw: RawBuilder<Row>): Promise<readonly Row[]> {
  const query = raw.compile(db);
  const { adapter } = db.getExecutor();
  if (runsDirectly(adapter)) return adapter.all(query.sql, query.parameters) as Row[];
  return (await db.executeQuery(query)).rows;
}

/** Raw SQL as something to prepare. */
export const compilable = <Row>(db: Db, raw: RawBuilder<Row>): Compilable<Row> => ({
  compile: () => raw.compile(db),
});

/** Stands for the argument at this place. */
class Placeholder {
  readonly at: number;

  constructor(at: number) {
    this.at = at;
  }
}

function compile({ sql: text, parameters }: CompiledQuery): Statement {
  const order = parameters.map((parameter) => {
    if (parameter instanceof Placeholder) return parameter.at;
    throw new TypeError(`a prepared statement binds something that is no argument of its own: ${text}`);
  });
  return { text, order };
}
