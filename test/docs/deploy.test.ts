// The files in docs/deploy: they parse, and every setting in them is one that the bridge has.
import { readdir, readFile } from "node:fs/promises";
import { expect, test } from "@jest/globals";
import { parseAllDocuments } from "yaml";
import { parseMapping } from "../../src/mapping/index.js";
import { SETTINGS, type Setting } from "../../src/config/settings.js";

const settings: Readonly<Record<string, Setting>> = SETTINGS;
const isSetting = (name: string): boolean =>
  name in settings || settings[name.replace(/_FILE$/, "")]?.secret === true || name === "NODE_ENV";

const read = (name: string): Promise<string> => readFile(`docs/deploy/${name}`, "utf8");

interface Container {
  readonly env: readonly { readonly name: string; readonly value: string }[];
  readonly volumeMounts: readonly { readonly name: string; readonly mountPath: string }[];
}

interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly stringData?: Readonly<Record<string, string>>;
  readonly data?: Readonly<Record<string, string>>;
  readonly spec?: {
    readonly replicas?: number;
    readonly minAvailable?: number;
    readonly template?: { readonly spec: { readonly containers: readonly Container[] } };
  };
}

async function yamlFile<T>(name: string): Promise<readonly T[]> {
  const documents = parseAllDocuments(await read(name), { strict: true, uniqueKeys: true });
  expect(documents.flatMap(({ errors, warnings }) => [...errors, ...warnings])).toEqual([]);
  return documents.map((document) => document.toJS() as T);
}

test("every file is looked at here", async () => {
  expect([...(await readdir("docs/deploy"))].sort()).toEqual([
    "Caddyfile",
    "compose.yaml",
    "kubernetes.yaml",
    "label-studio-scim-bridge.service",
    "nginx.conf",
  ]);
});

test("compose.yaml: settings, and a file for each secret", async () => {
  interface Compose {
    readonly services: {
      readonly bridge: { readonly environment: Record<string, string>; readonly secrets: string[] };
    };
    readonly secrets: Record<string, unknown>;
  }
  const [compose] = await yamlFile<Compose>("compose.yaml");
  const { environment = {}, secrets = [] } = compose?.services.bridge ?? {};
  expect(Object.keys(environment).filter((name) => !isSetting(name))).toEqual([]);
  const files = Object.values(environment).flatMap((value) => /^\/run\/secrets\/(.+)$/.exec(value)?.[1] ?? []);
  expect([...files].sort()).toEqual([...secrets].sort());
  expect(secrets.filter((name) => !(name in (compose?.secrets ?? {})))).toEqual([]);
});

test("kubernetes.yaml: settings, secrets that are mounted, a mapping that is valid, and a budget below the replicas", async () => {
  const manifests = await yamlFile<Manifest>("kubernetes.yaml");
  const of = (kind: string) => manifests.find((manifest) => manifest.kind === kind);
  const [container] = of("Deployment")?.spec?.template?.spec.containers ?? [];
  const env = container?.env ?? [];
  expect(env.length).toBeGreaterThan(5);
  expect(env.map(({ name }) => name).filter((name) => !isSetting(name))).toEqual([]);
  const folder = container?.volumeMounts.find(({ name }) => name === "secrets")?.mountPath ?? "nowhere";
  const files = env.filter(({ name }) => name.endsWith("_FILE") && name !== "MAPPING_FILE").map(({ value }) => value);
  expect(files).toEqual(Object.keys(of("Secret")?.stringData ?? {}).map((name) => `${folder}/${name}`));
  expect(parseMapping(of("ConfigMap")?.data?.["mapping.yaml"] ?? "")).toMatchObject({ kind: "mapping" });
  expect(of("PodDisruptionBudget")?.spec?.minAvailable).toBeLessThan(of("Deployment")?.spec?.replicas ?? 0);
});

test("the systemd unit: settings, and a credential for each secret", async () => {
  const unit = await read("label-studio-scim-bridge.service");
  const set = [...unit.matchAll(/^Environment=(\w+)=(.+)$/gm)].map(([, name = "", value = ""]) => ({ name, value }));
  expect(set.map(({ name }) => name).filter((name) => !isSetting(name))).toEqual([]);
  const used = set.flatMap(({ value }) => /^%d\/(.+)$/.exec(value)?.[1] ?? []);
  const loaded = [...unit.matchAll(/^LoadCredential=(\w+):/gm)].map(([, name]) => name);
  expect(used).toEqual(loaded);
});

test("https.md shows the Caddyfile that is shipped", async () => {
  const shown = /```\n(scim\.example\.com \{[\s\S]*?)```/.exec(await readFile("docs/https.md", "utf8"))?.[1];
  expect((await read("Caddyfile")).endsWith(shown ?? "nothing")).toBe(true);
});
