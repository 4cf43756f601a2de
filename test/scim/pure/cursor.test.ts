import { expect, test } from "@jest/globals";
import { readCursor, writeCursor, type CursorQuery, type Place } from "../../../src/scim/cursor.js";
import { scimTypeOf } from "./membership.js";

const query: CursorQuery = { text: "[]", kinds: ["User"], count: 10 };
const place = (more: object): Place => ({ kind: "User", after: { position: 7, key: null, ...more } });

test.each<[string, Place]>([
  ["in order of arrival", place({})],
  ["by text", place({ key: "Ärztin 😀 \u0000" })],
  ["by number", place({ key: -1.5 })],
  ["at the beginning", { kind: "User", after: "start" }],
])("a place comes back as it was written: %s", (_name, written) => {
  expect(readCursor(query, writeCursor(query, written))).toEqual(written);
});

// There is no secret: whoever knows the code can write whatever has the right form.
test.each<[string, Place]>([
  ["of another list", { ...place({}), kind: "Group" }],
  ["at no whole position", place({ position: 1.5 })],
  ["at a negative position", place({ position: -1 })],
  ["at a position that is text", place({ position: "7" })],
  ["behind an object", place({ key: {} })],
  ["behind a truth", place({ key: true })],
])("a well-formed cursor of what is no place is refused: %s", (_name, forged) => {
  expect(scimTypeOf(() => readCursor(query, writeCursor(query, forged)))).toBe("invalidCursor");
});
