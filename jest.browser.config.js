// In a real browser: Debian's Chromium, or the one that CHROMIUM names. A command of its own, as `npm test` needs no browser.
import all from "./jest.config.js";

const { displayName: _displayName, ...shared } = all.projects[0];

export default {
  ...shared,
  testMatch: ["<rootDir>/test/browser/*.browser.ts"],
  testTimeout: 30_000,
  maxWorkers: 1,
};
