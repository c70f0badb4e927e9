// AsyncAPI's own parser on the given files: every finding is printed, and an error among them is a failure.
import fs from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";

const require = createRequire(path.resolve(".tools/node_modules/"));
const { Parser } = require("@asyncapi/parser");
const ERROR = 0;

let failed = false;
for (const file of process.argv.slice(2)) {
  const { document, diagnostics } = await new Parser().parse(fs.readFileSync(file, "utf8"));
  for (const found of diagnostics) console.log(`${file}: ${found.code}: ${found.message}`);
  failed ||= document === undefined || diagnostics.some((found) => found.severity === ERROR);
  if (!failed) console.log(`${file}: valid`);
}
process.exit(failed ? 1 : 0);
