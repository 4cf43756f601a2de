import tseslint from "typescript-eslint";

const ambient = {
  "no-restricted-properties": [
    "error",
    { object: "process", property: "env", message: "The environment is read in config.ts, handed in by main.ts." },
    { object: "Date", property: "now", message: "Time is handed in: use the Clock port." },
    { object: "Math", property: "random", message: "Randomness is handed in." },
  ],
  "no-restricted-syntax": [
    "error",
    {
      selector: "NewExpression[callee.name='Date'][arguments.length=0]",
      message: "Time is handed in: use the Clock port.",
    },
    {
      selector: "CallExpression[callee.property.name='apply'][callee.object.property.name='target']",
      message: "Only reconcile/apply.ts changes Label Studio.",
    },
    {
      selector: "CallExpression[callee.property.name='apply'][callee.object.name='target']",
      message: "Only reconcile/apply.ts changes Label Studio.",
    },
  ],
};

export default tseslint.config(
  { ignores: ["dist/", "node_modules/", "coverage/"] },
  {
    files: ["src/**/*.ts", "test/**/*.ts"],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      "max-lines": ["error", { max: 300 }],
      "max-lines-per-function": ["error", { max: 60, skipComments: true, skipBlankLines: true }],
      "@typescript-eslint/switch-exhaustiveness-check": "error",
      "@typescript-eslint/consistent-type-imports": "error",
      // Express tells an error handler by its four parameters.
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_" }],
    },
  },
  {
    files: ["src/**/*.ts"],
    // The process edge, the composition root and the clock are where the world comes in; the emulator is a world of its own.
    ignores: [
      "src/main.ts",
      "src/bridge.ts",
      "src/beside.ts",
      "src/clock.ts",
      "src/reconcile/apply.ts",
      "src/sandbox/**",
    ],
    rules: ambient,
  },
  { files: ["test/**/*.ts"], rules: { "max-lines-per-function": "off" } },
);
