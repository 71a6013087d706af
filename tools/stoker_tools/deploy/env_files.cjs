// The files of parameters, such as functions/.env: read as the Firebase CLI reads them, and searched for slips.
// parameters.json lists the parameters that Stoker knows, with the values that each may have.
"use strict";
const fs = require("node:fs");
const path = require("node:path");

const KNOWN = JSON.parse(fs.readFileSync(path.join(__dirname, "parameters.json"), "utf8"));

// This and what follows is the grammar of the CLI. Source: firebase-tools 15.34.2, lib/functions/env.js
const LINE =
  /^\s*(?:export)?\s*([\w./]+)\s*=[\f\t\v]*(\s*'(?:\\'|[^'])*'|\s*"(?:\\"|[^"])*"|[^#\r\n]*)?\s*(?:#[^\n]*)?$/gms;
const ESCAPED = { "\\n": "\n", "\\r": "\r", "\\t": "\t", "\\v": "\v", "\\\\": "\\", "\\'": "'", '\\"': '"' };
const RESERVED_NAMES = new Set(
  `FIREBASE_CONFIG CLOUD_RUNTIME_CONFIG EVENTARC_CLOUD_EVENT_SOURCE ENTRY_POINT GCP_PROJECT GCLOUD_PROJECT
   GOOGLE_CLOUD_PROJECT FUNCTION_TRIGGER_TYPE FUNCTION_NAME FUNCTION_MEMORY_MB FUNCTION_TIMEOUT_SEC FUNCTION_IDENTITY
   FUNCTION_REGION FUNCTION_TARGET FUNCTION_SIGNATURE_TYPE K_SERVICE K_REVISION PORT K_CONFIGURATION`.split(/\s+/),
);
const RESERVED = /^(X_GOOGLE_|FIREBASE_|EXT_|KIT_)/;
const ALLOWED = /^(FIREBASE_SECRET_REF_.+|EXT_MIGRATED_SYSTEM_.+|EXT_SELECTED_EVENTS)$/;

/** Returns the settings of a text in their order, each with its name, value and line, and the lines that are refused. */
function parsed(text) {
  const data = text.replace(/\r\n?/, "\n");
  const lineAt = (index) => data.slice(0, index).split("\n").length;
  const settings = [...data.matchAll(LINE)].map((match) => {
    const [all, name, raw] = match;
    return { name, value: unquoted((raw ?? "").trim()), line: lineAt(match.index + all.indexOf(name)) };
  });
  const rest = data.replace(LINE, (match) => match.replace(/[^\n]/g, "")).split("\n");
  const refused = rest.flatMap((line, at) => (/^\s*(#|$)/.test(line) ? [] : [at + 1]));
  return { settings, refused };
}

function unquoted(value) {
  const quoted = /^(["'])(.*)\1$/ms.exec(value);
  if (!quoted) return value;
  return quoted[1] === '"' ? quoted[2].replace(/\\[nrtv\\'"]/g, (found) => ESCAPED[found]) : quoted[2];
}

/** Returns whether the CLI accepts a name. */
function isAccepted(name) {
  const isReserved = RESERVED_NAMES.has(name) || (RESERVED.test(name) && !ALLOWED.test(name));
  return /^[A-Z_][A-Z0-9_]*$/.test(name) && !isReserved;
}

function read(file) {
  return fs.existsSync(file) ? parsed(fs.readFileSync(file, "utf8")) : { settings: [], refused: [] };
}

/** Returns the values of a file by their names; none if the file does not exist. The last of several values wins. */
function values(file) {
  return Object.fromEntries(read(file).settings.map(({ name, value }) => [name, value]));
}

/** Returns the least number of letters to insert, remove or change between two words (Levenshtein's distance). */
function distance(one, other) {
  let row = Array.from({ length: other.length + 1 }, (_, at) => at);
  for (const [at, letter] of [...one].entries()) {
    const next = [at + 1];
    for (const [to, its] of [...other].entries()) {
      next.push(Math.min(next[to] + 1, row[to + 1] + 1, row[to] + (letter === its ? 0 : 1)));
    }
    row = next;
  }
  return row[other.length];
}

/** Returns the known parameter that is nearest to a name, with the distance. Small and large letters are the same. */
function nearest(name) {
  const written = name.toUpperCase().replace(/[./]/g, "_");
  const all = Object.keys(KNOWN).map((known) => ({ known, far: distance(written, known) }));
  return all.reduce((best, one) => (one.far < best.far ? one : best));
}

function nameFinding(name, where) {
  if (Object.hasOwn(KNOWN, name)) return [];
  const { known, far } = nearest(name);
  const isOurs = /^stoker/i.test(name);
  if (isOurs || far <= 2) {
    const others = `Remove it. Stoker has the parameters ${Object.keys(KNOWN).join(", ")}. Name one of your own differently.`;
    const cure = far <= 3 ? `Write ${known}, or remove the line.` : others;
    return [["unknown-parameter", `${where} sets ${name}, which is no parameter of Stoker.`, cure]];
  }
  if (isAccepted(name)) return [];
  const reason = "A name has capital letters, digits and underscores, and some names are reserved.";
  return [["bad-env", `${where} sets ${name}. The Firebase CLI refuses this name.`, `Rename it. ${reason}`]];
}

/** Yields a finding for each slip in a file: its code, a sentence and the cure. */
function* slips(file) {
  const { settings, refused } = read(file);
  const shown = path.join(path.basename(path.dirname(file)), path.basename(file));
  for (const line of refused) {
    const cure = "Write NAME=VALUE, or begin the line with #.";
    yield ["bad-env", `${shown}, line ${line}, is no NAME=VALUE. The Firebase CLI refuses the file.`, cure];
  }
  const first = new Map();
  for (const { name, line } of settings) {
    const where = `${shown}, line ${line},`;
    if (first.has(name)) {
      const before = first.get(name);
      yield ["duplicate-parameter", `${where} sets ${name} again, after line ${before}.`, "Remove one of the two lines."];
    } else {
      yield* nameFinding(name, where);
      first.set(name, line);
    }
  }
}

module.exports = { KNOWN, isAccepted, parsed, slips, values };
