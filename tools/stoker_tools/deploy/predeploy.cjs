// The local part of the preflight: it names everything on this machine that would spoil a deployment. `firebase deploy`
// runs it before it deploys the functions. It needs Node.js only, which the CLI runs on, and no package.
//
//   node predeploy.cjs [--json] [--project PROJECT]
"use strict";
const crypto = require("node:crypto");
const fs = require("node:fs");
const path = require("node:path");

// Source: https://cloud.google.com/functions/docs/locations (2nd gen)
const REGIONS = new Set(
  `africa-south1 asia-east1 asia-east2 asia-northeast1 asia-northeast2 asia-northeast3 asia-south1 asia-south2
   asia-southeast1 asia-southeast2 asia-southeast3 australia-southeast1 australia-southeast2 europe-central2
   europe-north1 europe-north2 europe-southwest1 europe-west1 europe-west10 europe-west12 europe-west2 europe-west3
   europe-west4 europe-west6 europe-west8 europe-west9 me-central1 me-central2 me-west1 northamerica-northeast1
   northamerica-northeast2 northamerica-south1 southamerica-east1 southamerica-west1 us-central1 us-east1 us-east4
   us-east5 us-south1 us-west1 us-west2 us-west3 us-west4`.split(/\s+/),
);
const MANIFEST = "functions.yaml";
// The parameters whose values are built into the manifest.
const BUILT_IN = ["STOKER_VCPU", "STOKER_SERVICE_ACCOUNT"];
const KEY_FILE = /\.(json|pem|key|p12|pfx)$/i;
const NOT_UPLOADED = new Set(["venv", "node_modules", "__pycache__", ".mypy_cache", ".ruff_cache", ".pytest_cache"]);
const GENERATE = "Run scripts/generate, and deploy again.";

/** Returns the values of a dotenv file; none if the file does not exist. */
function values(file) {
  if (!fs.existsSync(file)) return {};
  const lines = fs.readFileSync(file, "utf8").split(/\r?\n/);
  const pairs = lines.map((line) => /^\s*(?:export\s+)?([A-Za-z_]\w*)\s*=\s*(.*?)\s*$/.exec(line)).filter(Boolean);
  return Object.fromEntries(pairs.map(([, name, value]) => [name, unquoted(value)]));
}

function unquoted(value) {
  const quoted = /^(["'])(.*?)\1/.exec(value);
  return quoted ? quoted[2] : value.replace(/\s+#.*$/, "").replace(/^#.*$/, "");
}

/** Returns the parameters of a project, as the CLI reads them. Later files win. */
function parameters(functions, project) {
  return { ...values(path.join(functions, ".env")), ...values(path.join(functions, `.env.${project}`)) };
}

/** Returns the fingerprint of all that decides the manifest. It is the same as in generate/manifest.py. */
function fingerprint(functions, sources) {
  const digest = crypto.createHash("sha256");
  for (const source of sources) {
    const text = fs.readFileSync(path.join(functions, source));
    digest.update(`${source}\n`);
    digest.update(Buffer.from(text.toString("latin1").replaceAll("\r\n", "\n"), "latin1"));
  }
  const found = values(path.join(functions, ".env"));
  for (const name of BUILT_IN) digest.update(`${name}=${found[name] ?? ""}\n`);
  return digest.digest("hex").slice(0, 16);
}

/** Returns the parts of the manifest: what its head says, and its body. */
function parts(file) {
  const text = fs.readFileSync(file, "utf8").replaceAll("\r\n", "\n");
  const value = (name) => new RegExp(`^# ${name}: (.+)$`, "m").exec(text)?.[1];
  const body = text.slice(text.indexOf("\nspecVersion:") + 1);
  return { sources: value("sources")?.split(" ") ?? [], fingerprint: value("fingerprint"), stored: value("body"), body };
}

function* manifestFindings(functions) {
  const file = path.join(functions, MANIFEST);
  if (!fs.existsSync(file)) {
    yield ["no-manifest", `${MANIFEST} is missing, so the CLI would need a virtual environment.`, GENERATE];
    return;
  }
  const { sources, fingerprint: stored, stored: storedBody, body } = parts(file);
  const missing = sources.filter((source) => !fs.existsSync(path.join(functions, source)));
  if (!stored || !sources.length || missing.length || fingerprint(functions, sources) !== stored) {
    const reason = "main.py, a parameter or another source of it has changed since";
    yield ["stale-manifest", `${MANIFEST} is stale: ${reason}.`, GENERATE];
  } else if (crypto.createHash("sha256").update(body).digest("hex").slice(0, 16) !== storedBody) {
    yield ["stale-manifest", `${MANIFEST} was changed by hand, or by a merge.`, GENERATE];
  }
}

/** Returns the least budget of processors, in vCPU, as the head of the manifest has it. */
function leastBudget(functions) {
  const file = path.join(functions, MANIFEST);
  return fs.existsSync(file) ? Number(/^# least STOKER_VCPU: (\d+)$/m.exec(fs.readFileSync(file, "utf8"))?.[1] ?? 1) : 1;
}

function* parameterFindings(functions, project) {
  const found = parameters(functions, project);
  const env = path.join(path.basename(functions), ".env");
  if (!REGIONS.has(found.STOKER_REGION)) {
    const region = found.STOKER_REGION ? `is '${found.STOKER_REGION}', which is no region of Cloud Functions` : "has no value";
    const cure = `Set it in ${env}, such as STOKER_REGION=us-central1. If Google has this region, add it to predeploy.cjs.`;
    yield ["bad-region", `STOKER_REGION ${region}.`, cure];
  }
  const budget = found.STOKER_VCPU;
  if (budget && !(/^\d+$/.test(budget) && Number(budget) >= leastBudget(functions))) {
    const least = `Set it to ${leastBudget(functions)} or more in ${env}, or leave it out. Then run scripts/generate.`;
    yield ["bad-parameter", `STOKER_VCPU is '${budget}'.`, least];
  }
  for (const name of ["STOKER_BLOCKING", "STOKER_KEEP_OUTPUTS"]) {
    const value = found[name];
    if (value && !["true", "false"].includes(value)) {
      yield ["bad-parameter", `${name} is '${value}'.`, `Set it to true or false in ${env}.`];
    }
  }
  if (!found.STOKER_BLOCKING) {
    const reason = "The CLI asks for it, and a deployment without a terminal ends there.";
    yield ["bad-parameter", `STOKER_BLOCKING has no value. ${reason}`, `Set it to true or false in ${env}.`];
  }
  if (found.STOKER_SPEECH && !["google", "espeak"].includes(found.STOKER_SPEECH)) {
    yield ["bad-parameter", `STOKER_SPEECH is '${found.STOKER_SPEECH}'.`, `Set it to google or espeak in ${env}.`];
  }
  // Source: https://cloud.google.com/iam/docs/service-accounts-create (the name: 6 to 30 characters)
  if (found.STOKER_SERVICE_ACCOUNT && !/^[a-z][a-z0-9-]{4,28}[a-z0-9]$/.test(found.STOKER_SERVICE_ACCOUNT)) {
    const reason = `STOKER_SERVICE_ACCOUNT is '${found.STOKER_SERVICE_ACCOUNT}', which is no name of a service account.`;
    yield ["bad-parameter", reason, `Set it to stoker in ${env}, or leave it out. Then run scripts/generate.`];
  }
  const own = values(path.join(functions, `.env.${project}`));
  for (const name of BUILT_IN.filter((one) => own[one])) {
    const reason = `${name} in .env.${project} has no effect, because the manifest is made for all projects.`;
    yield ["bad-parameter", reason, `Set it in ${env}, and run scripts/generate.`];
  }
}

function* projectFindings(project) {
  if (!project || project.startsWith("demo-")) {
    const reason = project ? `${project} exists only in the emulator suite.` : "No project is named.";
    yield ["no-project", reason, "Name your project as the default in .firebaserc, or with --project."];
  }
}

/** Returns the paths of the files that look like keys, in a folder and below it. */
function keys(folder) {
  const entries = fs.readdirSync(folder, { withFileTypes: true }).filter((entry) => !NOT_UPLOADED.has(entry.name));
  return entries.flatMap((entry) => {
    const file = path.join(folder, entry.name);
    if (entry.isDirectory()) return keys(file);
    if (!entry.isFile() || !KEY_FILE.test(entry.name)) return [];
    return /\.(p12|pfx)$/i.test(file) || fs.readFileSync(file).includes("PRIVATE KEY") ? [file] : [];
  });
}

function* uploadFindings(functions) {
  for (const key of keys(functions)) {
    const where = path.join(path.basename(functions), path.relative(functions, key));
    yield ["secret-in-source", `${where} is a private key, and would be uploaded.`, `Move ${where} elsewhere.`];
  }
}

/** Returns everything that is wrong on this machine. */
function findings(functions, project) {
  const all = [
    ...projectFindings(project),
    ...manifestFindings(functions),
    ...parameterFindings(functions, project),
    ...uploadFindings(functions),
  ];
  return all.map(([code, message, cure]) => ({ code, message, cure, severity: "error" }));
}

function main(words) {
  const named = words.indexOf("--project");
  const project = named >= 0 ? words[named + 1] : process.env.GCLOUD_PROJECT;
  const functions = process.env.RESOURCE_DIR ?? path.join(__dirname, "..", "..", "..", "functions");
  const found = findings(functions, project);
  if (words.includes("--json")) {
    process.stdout.write(`${JSON.stringify(found)}\n`);
  } else {
    for (const one of found) process.stderr.write(`${one.code}: ${one.message}\n  ${one.cure}\n`);
  }
  return found.length ? 1 : 0;
}

process.exitCode = main(process.argv.slice(2));
