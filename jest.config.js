const shared = {
  testEnvironment: "node",
  extensionsToTreatAsEsm: [".ts"],
  moduleNameMapper: { "^(\\.{1,2}/.*)\\.js$": "$1" },
  transform: {
    "^.+\\.ts$": [
      "@swc/jest",
      { jsc: { target: "es2022", parser: { syntax: "typescript" } }, module: { type: "es6" }, sourceMaps: "inline" },
    ],
  },
};

/** What must hold whatever database is behind it. */
const onEveryDatabase = [
  "access/{managed-tokens,oauth}",
  "scim/http/{concurrency,cursor,errors,groups,life-cycles,listing,outcome,rfc-filter,users}",
  "decisions/lifecycle",
  "decisions/identity",
  "decisions/re-hire",
  "decisions/restored",
  "e2e/life-cycle",
  "e2e/kill",
  "e2e/two-processes",
];

export default {
  globalSetup: "<rootDir>/test/support/postgres/setup.js",
  globalTeardown: "<rootDir>/test/support/postgres/teardown.js",
  maxWorkers: 4,
  // Nothing is proved by being slow: a machine that does much else at the same time takes several times as long.
  testTimeout: 60_000,
  projects: [
    { ...shared, displayName: "all", testMatch: ["<rootDir>/test/**/*.test.ts"] },
    {
      ...shared,
      displayName: "on PostgreSQL",
      testMatch: onEveryDatabase.map((name) => `<rootDir>/test/${name}.test.ts`),
      globals: { DATABASE: "postgres" },
    },
  ],
};
