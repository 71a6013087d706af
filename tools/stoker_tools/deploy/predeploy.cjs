// The local part of the preflight: it names everything on this machine that would spoil a deployment. `firebase deploy`
// runs it before it deploys the functions. It needs Node.js only, which the CLI runs on, and no package.
//
//   node predeploy.cjs [--json] [--project PROJECT | --emulators PROJECT]
//
// --project is for scripts/deploy, which calls the CLI with the id of the project. --emulators looks for slips in the
// parameters of the emulators only, which are warnings.
"use strict";
const crypto = require("node:crypto");
const fs = require("node:fs");
const path = require("node:path");
const { KNOWN, slips, values } = require("./env_files.cjs");

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
const CHECKOUT = path.join(__dirname, "..", "..", "..");
const IS_CHECKOUT = fs.existsSync(path.join(CHECKOUT, "scripts", "stoker"));
// The words before the name of a command, as a person types it.
const PREFIX = IS_CHECKOUT ? "scripts/" : "stoker ";
const GENERATE = `Run ${PREFIX}generate, and deploy again.`;

/** Returns the aliases of a project in .firebaserc that have a file of parameters. */
function aliasesWithFiles(functions, root, project) {
  const file = path.join(root, ".firebaserc");
  const projects = fs.existsSync(file) ? (JSON.parse(fs.readFileSync(file, "utf8")).projects ?? {}) : {};
  const aliases = Object.keys(projects).filter((alias) => projects[alias] === project && alias !== project);
  return aliases.filter((alias) => fs.existsSync(path.join(functions, `.env.${alias}`)));
}

/** Returns the names of the files that the CLI may read, in their order: a list for each way to name the project. */
function fileLists({ functions, root, project, isById }) {
  const aliases = isById ? [] : aliasesWithFiles(functions, root, project);
  const own = aliases.length ? aliases : [project];
  return own.map((name) => [".env", `.env.${name}`]);
}

/** Returns the parameters of some files. Later files win. */
function parameters(functions, files) {
  return Object.assign({}, ...files.map((file) => values(path.join(functions, file))));
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

function* parameterFindings(functions, files) {
  const found = parameters(functions, files);
  const env = path.join(path.basename(functions), ".env");
  if (!REGIONS.has(found.STOKER_REGION)) {
    const region = found.STOKER_REGION ? `is '${found.STOKER_REGION}', which is no region of Cloud Functions` : "has no value";
    const cure = `Set it in ${env}, such as STOKER_REGION=us-central1. If Google has this region, add it to predeploy.cjs.`;
    yield ["bad-region", `STOKER_REGION ${region}.`, cure];
  }
  const budget = found.STOKER_VCPU;
  if (budget && !(/^\d+$/.test(budget) && Number(budget) >= leastBudget(functions))) {
    const least = `Set it to ${leastBudget(functions)} or more in ${env}, or leave it out. Then run ${PREFIX}generate.`;
    yield ["bad-parameter", `STOKER_VCPU is '${budget}'.`, least];
  }
  for (const [name, choices] of Object.entries(KNOWN).filter(([, one]) => Array.isArray(one))) {
    if (found[name] && !choices.includes(found[name])) {
      yield ["bad-parameter", `${name} is '${found[name]}'.`, `Set it to ${choices.join(" or ")} in ${env}.`];
    }
  }
  if (!found.STOKER_BLOCKING) {
    const reason = "The CLI asks for it, and a deployment without a terminal ends there.";
    yield ["bad-parameter", `STOKER_BLOCKING has no value. ${reason}`, `Set it to true or false in ${env}.`];
  }
  for (const file of files.filter((one) => one !== ".env")) {
    const own = values(path.join(functions, file));
    for (const name of BUILT_IN.filter((one) => own[one])) {
      const reason = `${name} in ${file} has no effect, because the manifest is made for all projects.`;
      yield ["bad-parameter", reason, `Set it in ${env}, and run ${PREFIX}generate.`];
    }
  }
  // Source: https://cloud.google.com/iam/docs/service-accounts-create (the name: 6 to 30 characters)
  if (found.STOKER_SERVICE_ACCOUNT && !/^[a-z][a-z0-9-]{4,28}[a-z0-9]$/.test(found.STOKER_SERVICE_ACCOUNT)) {
    const reason = `STOKER_SERVICE_ACCOUNT is '${found.STOKER_SERVICE_ACCOUNT}', which is no name of a service account.`;
    yield ["bad-parameter", reason, `Set it to stoker in ${env}, or leave it out. Then run ${PREFIX}generate.`];
  }
}

/** Yields a finding for each file that has the name of an alias. The CLI reads it only if its caller names the alias. */
function* aliasFindings({ functions, root, project, isById }) {
  const shown = (name) => path.join(path.basename(functions), `.env.${name}`);
  for (const alias of aliasesWithFiles(functions, root, project)) {
    if (isById && alias === "local") continue; // This is the file of the emulators.
    const rename = `Rename it: mv ${shown(alias)} ${shown(project)}`;
    if (fs.existsSync(path.join(functions, `.env.${project}`))) {
      const reason = `${shown(alias)} has the name of an alias, and there is ${shown(project)} too. The CLI reads only one.`;
      yield ["alias-env", reason, `Move its parameters to ${shown(project)}, and remove ${shown(alias)}.`];
    } else if (isById) {
      yield ["alias-env", `${shown(alias)} has the name of an alias. ${PREFIX}deploy does not read it.`, rename];
    } else {
      const reason = `${shown(alias)} is read only if the command names the project by its alias ${alias}.`;
      yield ["alias-env", reason, rename, "warning"];
    }
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
function findings(asked) {
  const lists = fileLists(asked);
  return [
    ...projectFindings(asked.project),
    ...manifestFindings(asked.functions),
    ...slipsIn(asked.functions, lists.flat()),
    ...lists.flatMap((files) => [...parameterFindings(asked.functions, files)]),
    ...aliasFindings(asked),
    ...uploadFindings(asked.functions),
  ];
}

function slipsIn(functions, files) {
  return [...new Set(files)].flatMap((file) => [...slips(path.join(functions, file))]);
}

function main(words) {
  const named = (option) => (words.includes(option) ? words[words.indexOf(option) + 1] : undefined);
  const root = IS_CHECKOUT ? CHECKOUT : path.join(__dirname, "..");
  const functions = process.env.RESOURCE_DIR ?? path.join(root, "functions");
  const project = named("--project") ?? process.env.GCLOUD_PROJECT;
  const emulated = named("--emulators");
  const all = emulated
    ? slipsIn(functions, [".env", `.env.${emulated}`, ".env.local"]).map((one) => [...one, "warning"])
    : findings({ functions, root: process.env.PROJECT_DIR ?? root, project, isById: words.includes("--project") });
  const listed = all.map(([code, message, cure, severity = "error"]) => ({ code, message, cure, severity }));
  const found = listed.filter((one, at) => listed.findIndex((other) => other.message === one.message) === at);
  if (words.includes("--json")) {
    process.stdout.write(`${JSON.stringify(found)}\n`);
  } else {
    for (const one of found) process.stderr.write(`${one.code}: ${one.message}\n  ${one.cure}\n`);
  }
  return found.some((one) => one.severity === "error") ? 1 : 0;
}

process.exitCode = main(process.argv.slice(2));
