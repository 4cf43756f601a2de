// What the program tells people when something is wrong, as written in src: variable parts are a single ….
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import ts from "typescript";

export interface Message {
  readonly text: string;
  readonly file: string;
}

/** Functions that take a message, and which of their arguments it is. */
const TELLS: Readonly<Record<string, number>> = {
  BridgeError: 1,
  refusal: 1,
  invalid: 0,
  unusable: 0,
  "problems.push": 0,
  "io.err": 0,
  "found.push": 0,
  unique: 0,
  inviteOrRefuse: 2,
};

/** Shorter ones are parts of others. */
const FEWEST_WORDS = 3;

export async function messages(): Promise<readonly Message[]> {
  const all: Message[] = [];
  for (const file of await sources("src"))
    visit(ts.createSourceFile(file, await readFile(file, "utf8"), ts.ScriptTarget.Latest, true), (text) =>
      all.push({ text, file }),
    );
  const distinct = new Map(all.map((message) => [message.text, message]));
  return [...distinct.values()].filter(
    ({ text }) => text.replaceAll("…", "").trim().split(/\s+/).length >= FEWEST_WORDS,
  );
}

export async function sources(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true });
  const files = entries.filter((name) => name.endsWith(".ts") && !name.startsWith("sandbox/"));
  return files.map((name) => join(folder, name)).sort();
}

function visit(node: ts.Node, found: (text: string) => void): void {
  const at = ts.isCallExpression(node) || ts.isNewExpression(node) ? TELLS[nameOf(node.expression)] : undefined;
  if (ts.isYieldExpression(node) && node.expression) textsOf(node.expression).forEach(found);
  const told = at === undefined ? undefined : (node as ts.CallExpression | ts.NewExpression).arguments?.[at];
  if (told) textsOf(told).forEach(found);
  if (ts.isPropertyAssignment(node) && ["detail", "error"].includes(node.name.getText()))
    textsOf(node.initializer).forEach(found);
  if (ts.isStringLiteralLike(node) && node.text.startsWith("protected: ")) found(node.text);
  ts.forEachChild(node, (child) => visit(child, found));
}

const nameOf = (expression: ts.Expression): string => expression.getText().replace(/^this\./, "");

/** Also of a constant of the same file, and of several texts put together. */
function textsOf(node: ts.Expression): readonly string[] {
  if (ts.isStringLiteralLike(node)) return [node.text];
  if (ts.isTemplateExpression(node)) return [templateText(node)];
  if (ts.isConditionalExpression(node)) return [...textsOf(node.whenTrue), ...textsOf(node.whenFalse)];
  if (ts.isBinaryExpression(node)) return [[...textsOf(node.left), ...textsOf(node.right)].join("")];
  if (ts.isParenthesizedExpression(node)) return textsOf(node.expression);
  if (ts.isIdentifier(node)) return constants(node).flatMap(textsOf);
  return [];
}

const templateText = (node: ts.TemplateExpression): string =>
  [node.head.text, ...node.templateSpans.map((span) => span.literal.text)].join("…");

function constants(name: ts.Identifier): readonly ts.Expression[] {
  const found: ts.Expression[] = [];
  const look = (node: ts.Node): void => {
    if (ts.isVariableDeclaration(node) && node.name.getText() === name.text && node.initializer)
      found.push(node.initializer);
    ts.forEachChild(node, look);
  };
  look(name.getSourceFile());
  return found;
}
