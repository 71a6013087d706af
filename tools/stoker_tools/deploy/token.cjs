// Prints an access token of the account that the Firebase CLI would use here, so that both have the same rights. If it
// fails, it prints the reason in place of the token. Node.js writes warnings to the standard error.
"use strict";
const auth = require("firebase-tools/lib/auth");
const { getAccessToken } = require("firebase-tools/lib/apiv2");
const { requireAuth } = require("firebase-tools/lib/requireAuth");

async function main() {
  const options = { projectRoot: process.cwd(), nonInteractive: true };
  const account = auth.selectAccount(undefined, options.projectRoot);
  if (account) auth.setActiveAccount(options, account);
  await requireAuth(options);
  process.stdout.write(await getAccessToken());
}

main().catch((error) => {
  process.stdout.write(error.message);
  process.exitCode = 1;
});
