// Loaded before the Firebase CLI. Its Auth emulator compiles some thousand request validators at its start, 10 s of
// work of which few are ever used. The library that does so can compile each on its first use, but the CLI does not
// ask it to.
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
