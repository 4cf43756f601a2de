import { stat } from "node:fs/promises";
import type { Identity } from "../engine.js";

/**
 * A copy of a file has another number in the file system and another time of birth. Both have to differ: numbers of some
 * network file systems are given out anew at each mount, and times of birth are 0 where they are not kept. No device: its
 * number may be another one after each boot.
 */
export const fileIdentity = (file: string): Identity => ({
  read: async () => {
    const { ino, birthtimeNs } = await stat(file, { bigint: true });
    return `file ${ino} ${birthtimeNs}`;
  },
  isSame: (remembered, read) => {
    const [, ino, born] = read.split(" ");
    const [, inoBefore, bornBefore] = remembered.split(" ");
    return ino === inoBefore || born === bornBefore;
  },
});

export const noIdentity: Identity = { read: () => Promise.resolve("memory"), isSame: () => true };
