// `npm run docs`: writes what is made from the code and from real runs.
import { writeFile } from "node:fs/promises";
import { commandsDocument } from "./commands.js";
import { referenceDocument } from "./reference.js";

await writeFile("docs/reference.md", await referenceDocument());
await writeFile("docs/commands.md", await commandsDocument());
