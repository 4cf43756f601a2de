import { EXIT, type Io } from "./io.js";
import { everyPage, withOperations, type Asked } from "./operator.js";

/** Whose role was changed at Label Studio and is left so. Exit code 3 when there is somebody. */
export const drift = (options: Asked, io: Io): Promise<number> =>
  withOperations(options, io, async (operations) => {
    const warned = await everyPage((after, limit) => operations.people("warned", after, limit));
    const drifted = warned.filter(({ reason }) => reason === "drift");
    if (options.json) io.out(JSON.stringify({ people: drifted }, undefined, 2));
    else if (drifted.length === 0) io.out("Nobody's role differs from what the mapping says.");
    else
      for (const { userName, personId, role, desiredRole, at, warning } of drifted)
        io.out(`${userName ?? personId}  ${role ?? "-"} (mapping: ${desiredRole ?? "-"})  ${at}  ${warning}`);
    return drifted.length > 0 ? EXIT.changes : EXIT.fine;
  });
