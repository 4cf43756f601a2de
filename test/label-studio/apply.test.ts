import { describe, expect, test } from "@jest/globals";
import { BridgeError } from "../../src/errors.js";
import type { Role } from "../../src/membership/index.js";
import type { MemberOperation } from "../../src/plan/operation.js";
import { onBench, page, refusalOf, row, type Bench, type Reply, type Script } from "./upstream.js";

const LIST = "/api/organizations/1/memberships";
const who = { userId: 7, email: "p7@acme.example", from: "AN" } as const;
const create = { kind: "create-account", email: "Kim@ACME.example", firstName: "Kim", lastName: "Lee" } as const;
const NOT_FOUND: Reply = { status: 404, text: "<html>not found</html>" };

/** Answers writes with `write`, the list with `listed`, and the detail of a membership by whether it is listed. */
const answering =
  (write: Reply, listed: readonly object[]): Script =>
  ({ method, path }) => {
    if (method !== "GET") return write;
    if (path === LIST) return page(listed.length, listed);
    return listed.length === 0 ? NOT_FOUND : { json: { user: 7, organization: 1 } };
  };

const refused = async ({ target }: Bench, operation: MemberOperation): Promise<BridgeError> => {
  const error: unknown = await target.apply(operation, "grant").catch((reason: unknown) => reason);
  if (error instanceof BridgeError) return error;
  throw new Error(`expected a BridgeError, got ${String(error)}`);
};

describe("create-account", () => {
  const created = (more: object): Reply => ({ status: 201, json: { id: 77, email: "kim@acme.example", ...more } });
  const inOurs = { role: "NO", active: true, organization_id: 1 };

  test.each([
    ["organization_membership", { organization_membership: inOurs }, "NO"],
    ["org_membership", { org_membership: [{ ...inOurs, organization_id: 2, role: "AD" }, inOurs] }, "NO"],
    ["nothing about ours", { organization_membership: { ...inOurs, organization_id: 2 } }, undefined],
  ])("answers the role from %s", async (_name, more, role) => {
    await onBench(answering(created(more), []), async ({ target, upstream }) => {
      await expect(target.apply(create, "grant")).resolves.toMatchObject({
        userId: 77,
        email: "kim@acme.example",
        role,
      });
      const { method, path, body } = upstream.received[0] ?? {};
      expect({ method, path, body }).toEqual({
        method: "POST",
        path: "/api/users/",
        body: {
          username: "kim@acme.example",
          email: "kim@acme.example",
          first_name: "Kim",
          last_name: "Lee",
          active_organization: 1,
        },
      });
    });
  });

  test("an address that is taken", async () => {
    const taken = { email: ["user with this email address already exists."] };
    await onBench(answering(refusalOf(400, "Validation error", taken), []), async (bench) => {
      const error = await refused(bench, create);
      expect(error.code).toBe("TARGET_REFUSED");
      expect(error.message).toContain("Validation error: email: user with this email address already exists.");
      expect(error.facts).toMatchObject({ alreadyExists: true });
    });
  });

  test.each([[{}], [{ id: "77" }], [[]]])("an answer without a numeric id cannot be used: %j", async (json) => {
    await onBench(answering({ status: 201, json }, []), async (bench) => {
      expect((await refused(bench, create)).code).toBe("TARGET_UNAVAILABLE");
    });
  });
});

describe("set-role", () => {
  const setRole = { kind: "set-role", ...who, role: "RE" } as const;

  test("answers the member of the response", async () => {
    await onBench(answering({ json: row(7, "RE") }, []), async ({ target, upstream }) => {
      await expect(target.apply(setRole, "grant")).resolves.toMatchObject({
        userId: 7,
        role: "RE",
        userType: "standard",
      });
      expect(upstream.received).toMatchObject([{ method: "PATCH", path: LIST, body: { user_id: 7, role: "RE" } }]);
    });
  });

  test("200 with the old role is a refusal that says both", async () => {
    await onBench(answering({ json: row(7, "AN") }, []), async (bench) => {
      const error = await refused(bench, setRole);
      expect(error.code).toBe("TARGET_REFUSED");
      expect(error.message).toContain("answered 200, but user 7 still has role AN, not RE");
    });
  });

  const vague: readonly (readonly [string, object])[] = [
    ["no role", { id: 507, user: { id: 7, email: "p7@acme.example" } }],
    ["no user", { role: "RE" }],
    ["another user", row(8, "RE")],
    ["a masked user", { ...row(7, "RE"), user: { id: 7, email: "Deleted" } }],
  ];

  test.each(vague)("an answer with %s is confirmed by the list", async (_name, json) => {
    await onBench(answering({ json }, [row(7, "RE")]), async ({ target, upstream }) => {
      await expect(target.apply(setRole, "grant")).resolves.toMatchObject({ userId: 7, role: "RE" });
      expect(upstream.received).toHaveLength(2);
    });
    await onBench(answering({ json }, [row(7, "AN")]), async (bench) => {
      expect((await refused(bench, setRole)).code).toBe("TARGET_REFUSED");
    });
    await onBench(answering({ json }, []), async (bench) => {
      expect((await refused(bench, setRole)).message).toContain("is not a member");
    });
  });

  test("all who are refused alike share the reason", async () => {
    const script: Script = ({ body }) => {
      const { user_id: id } = body as { user_id: number };
      return refusalOf(403, `User ${id} (p${id}@acme.example) is over the limit of ${id * 3} seats.`);
    };
    await onBench(script, async (bench) => {
      const reasons = [7, 81].map(async (userId) => (await refused(bench, { ...setRole, userId })).facts.reason);
      const shared = "memberships.patch:403:User <n> (<address>) is over the limit of <n> seats.";
      expect(await Promise.all(reasons)).toEqual([shared, shared]);
    });
  });

  test("what cannot be a user id or a role is never sent", async () => {
    await onBench(answering({}, []), async (bench) => {
      for (const userId of [0, -1, 1.5, NaN, 2 ** 60]) {
        expect((await refused(bench, { ...setRole, userId })).code).toBe("TARGET_REFUSED");
        expect((await refused(bench, { kind: "soft-delete", ...who, userId })).code).toBe("TARGET_REFUSED");
      }
      expect((await refused(bench, { ...setRole, role: "VO" as Role })).message).toContain("VO is not a role");
      expect(bench.upstream.received).toEqual([]);
    });
  });
});

describe("deactivate", () => {
  const deactivate = { kind: "deactivate", ...who } as const;

  test("is a role update to DI", async () => {
    await onBench(answering({ json: row(7, "DI") }, []), async ({ target, upstream }) => {
      await expect(target.apply(deactivate, "leaver")).resolves.toMatchObject({ role: "DI" });
      expect(upstream.received).toMatchObject([{ method: "PATCH", path: LIST, body: { user_id: 7, role: "DI" } }]);
    });
  });

  test("404 is success only when really nobody is there, or already so", async () => {
    await onBench(answering(NOT_FOUND, []), async ({ target }) => {
      await expect(target.apply(deactivate, "leaver")).resolves.toBeUndefined();
    });
    await onBench(answering(NOT_FOUND, [row(7, "DI")]), async ({ target }) => {
      await expect(target.apply(deactivate, "leaver")).resolves.toMatchObject({ role: "DI" });
    });
    await onBench(answering(NOT_FOUND, [row(7, "AN", "renamed@acme.example")]), async (bench) => {
      expect((await refused(bench, deactivate)).message).toContain("still listed with role AN");
    });
  });
});

describe("soft-delete", () => {
  const softDelete = { kind: "soft-delete", ...who } as const;

  test("204 is done", async () => {
    await onBench(answering({ status: 204 }, []), async ({ target, upstream }) => {
      await expect(target.apply(softDelete, "leaver")).resolves.toBeUndefined();
      expect(upstream.received).toMatchObject([{ method: "DELETE", path: `${LIST}/7/` }]);
    });
  });

  test.each([
    [404, NOT_FOUND],
    [200, { json: { message: "OK" } }],
  ])("%d is success only when really nobody is there", async (_status, reply) => {
    await onBench(answering(reply, []), async ({ target }) => {
      await expect(target.apply(softDelete, "leaver")).resolves.toBeUndefined();
    });
    await onBench(answering(reply, [row(7, "AN")]), async (bench) => {
      expect(await refused(bench, softDelete)).toMatchObject({ code: "TARGET_REFUSED" });
    });
  });

  test.each([
    [405, { detail: "User cannot soft delete self" }, /answered 405: User cannot soft delete self/],
    [403, { detail: "Forbidden." }, /answered 403: Forbidden\./],
  ])("%d is refused in the vendor's words", async (status, json, words) => {
    await onBench(answering({ status, json }, []), async (bench) => {
      const error = await refused(bench, softDelete);
      expect(error.code).toBe("TARGET_REFUSED");
      expect(error.message).toMatch(words);
    });
  });
});

test("set-names sends the names alone and reads the member back", async () => {
  const answer = { json: { id: 7, email: "p7@acme.example", first_name: "Kim", last_name: "Lee" } };
  await onBench(answering(answer, [row(7, "AN")]), async ({ target, upstream }) => {
    const setNames = { kind: "set-names", userId: 7, firstName: "Kim", lastName: "Lee" } as const;
    await expect(target.apply(setNames, "grant")).resolves.toMatchObject({ role: "AN", userType: "standard" });
    expect(upstream.received[0]).toMatchObject({ method: "PATCH", path: "/api/users/7/" });
    expect(upstream.received[0]?.body).toEqual({ first_name: "Kim", last_name: "Lee" });
  });
});

test("set-names: 200 with something else than the user says nothing", async () => {
  const setNames = { kind: "set-names", userId: 7, firstName: "Kim", lastName: "Lee" } as const;
  await onBench(answering({ json: { message: "OK" } }, [row(7, "AN")]), async (bench) => {
    expect(await refused(bench, setNames)).toMatchObject({ code: "TARGET_UNAVAILABLE" });
  });
});

describe("revoke-invitation", () => {
  const revoke = { kind: "revoke-invitation", email: who.email } as const;

  test("answers nothing, whatever the body", async () => {
    await onBench(answering({}, []), async ({ target, upstream }) => {
      await expect(target.apply(revoke, "leaver")).resolves.toBeUndefined();
      expect(upstream.received).toMatchObject([
        { method: "POST", path: "/api/invite/revoke", body: { email: who.email } },
      ]);
    });
  });

  test.each([400, 403, 404])("%i may mean that it is still open: refused", async (status) => {
    await onBench(answering({ status }, []), async ({ target }) => {
      await expect(target.apply(revoke, "leaver")).rejects.toMatchObject({ code: "TARGET_REFUSED" });
    });
  });
});

test("invite answers nothing, whatever the body", async () => {
  await onBench(answering({}, []), async ({ target, upstream }) => {
    await expect(target.apply({ kind: "invite", email: who.email, role: "AN" }, "grant")).resolves.toBeUndefined();
    expect(upstream.received[0]).toMatchObject({ method: "POST", path: "/api/invite/send-email" });
    expect(upstream.received[0]?.body).toEqual({ emails: [who.email], role: "AN" });
  });
});
