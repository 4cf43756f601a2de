import { identityEmail, personName } from "../directory/index.js";
import type { Mapping } from "../mapping/index.js";
import type { Person } from "../plan/index.js";
import type { PersonRow } from "../ports.js";

/** The IdP's side of an account, as the plan wants it. */
export function toPerson(row: PersonRow, leaverDue: boolean, mapping: Mapping): Person {
  const attributes = row.user?.attributes ?? row.former ?? {};
  return {
    id: row.personId,
    standing: row.user === undefined ? "deleted" : row.user.active ? "active" : "inactive",
    email: identityEmail(attributes, mapping.identity.email),
    ...personName(attributes),
    leaverDue,
  };
}
