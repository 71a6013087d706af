// Prints the functions that the Firebase CLI would deploy, as JSON: from functions.yaml, and from manifests that Python made.
//
//   node resolved.cjs DIRECTORY < [{"parameters": {...}, "manifest": {...}}, ...]
"use strict";
const fs = require("node:fs");
const build = require("firebase-tools/lib/deploy/functions/build");
const discovery = require("firebase-tools/lib/deploy/functions/runtimes/discovery");

const PROJECT = "acme-prod";
const RUNTIME = "python313";

async function resolved(found, parameters) {
  const { backend } = await build.resolveBackend({
    build: found,
    firebaseConfig: { projectId: PROJECT },
    userEnvs: parameters,
    nonInteractive: true,
    isEmulator: false,
  });
  return { endpoints: backend.endpoints, apis: backend.requiredAPIs.map(({ api }) => api) };
}

async function main([directory]) {
  const answers = [];
  for (const { parameters, manifest } of JSON.parse(fs.readFileSync(0, "utf8"))) {
    const fromFile = await discovery.detectFromYaml(directory, PROJECT, RUNTIME);
    const fromPython = discovery.yamlToBuild(manifest, PROJECT, "us-central1", RUNTIME);
    answers.push([await resolved(fromFile, parameters), await resolved(fromPython, parameters)]);
  }
  process.stdout.write(JSON.stringify(answers));
}

main(process.argv.slice(2));
