// Loaded before the Firebase CLI. Its Auth emulator compiles about a thousand request validators at its start. This
// takes 10 s, and few validators are ever used. The library can compile each validator at its first use, but the CLI
// does not set that option.
"use strict";
const Module = require("node:module");
const load = Module._load;

Module._load = function (request, ...rest) {
  const loaded = load.call(this, request, ...rest);
  if (request !== "exegesis-express") return loaded;
  Module._load = load;
  const middleware = (document, options) =>
    loaded.middleware(document, { ...options, lazyCompileValidationSchemas: true });
  return { ...loaded, middleware };
};
