// The Node half of fast bindings (see fast_loading.py), loaded with `node --require` before the jsii kernel starts.
// A provider package's lib/index.js holds one `exports.vpc = require("./vpc");` per resource, and running them all takes
// seconds. Here that one file is compiled with a getter in place of each, so that a resource is read when it is used.
// Every file of these packages ends in a source map several times its size, which V8 would keep: it is cut off.
// A token of CDKTF's remembers the stack that it was made in, as text and to its end, for messages about it: in Python's
// hands these are frames of jsii's kernel, the same for all. Taking them down cost more than resolving the tokens.
// CDKTF packs assets by a library of some hundred files, which is read when there is an asset.
"use strict";

const Module = require("module");
const fs = require("fs");

const PACKAGE_FILE =
  /[\\/]node_modules[\\/](?:cdktf|cdktn|@(?:cdktf|cdktn)[\\/]provider-[a-z0-9-]+)[\\/]lib[\\/].+\.js$/;
// @cdktf/provider-generator is a part of the CLI, and no binding.
const PROVIDER_INDEX = /[\\/]@(?:cdktf|cdktn)[\\/]provider-(?!generator[\\/])[a-z0-9-]+[\\/]lib[\\/]index\.js$/;
// As compilers of TypeScript write it, the older and the newer: what is not an ES module, `__importStar` makes into one.
const EAGER_REQUIRE = /^exports\.(\w+) = (__importStar\(require\("\.\/[\w/-]+"\)\)|require\("\.\/[\w/-]+"\));$/gm;
const LAZY_REQUIRE = 'Object.defineProperty(exports, "$1", { enumerable: true, configurable: true, get: () => $2 });';
const ASSETS = /[\\/]lib[\\/]private[\\/]fs\.js$/;
const EAGER_ARCHIVER = /^const archiver = (require\("archiver"\));$/m;
const LAZY_ARCHIVER = "const archiver = (...what) => $1(...what);";
const STACK_TRACE = /[\\/]lib[\\/]tokens[\\/]private[\\/]stack-trace\.js$/;
const REQUIRE_AT_ONCE = /^(?!Object\.defineProperty\(exports, "\w+", \{ .* get: \(\) => ).*\brequire\(.*$/m;

function lazyIndex(source, filename) {
  const lazy = source.replace(EAGER_REQUIRE, LAZY_REQUIRE);
  const missed = REQUIRE_AT_ONCE.exec(lazy);
  if (missed) {
    throw new Error(
      `${filename} reads resources at once, by another form than lazy_bindings.cjs knows: ${missed[0].slice(0, 200)}\n` +
        "FLOWWISE_STOCK_BINDINGS=1 does without it.",
    );
  }
  return lazy;
}

function lazySource(source, filename) {
  if (PROVIDER_INDEX.test(filename)) {
    return lazyIndex(source, filename);
  }
  return ASSETS.test(filename) ? source.replace(EAGER_ARCHIVER, LAZY_ARCHIVER) : source;
}

// jsii reads a file of 30 MB per provider into memory for the few types in use, of which it takes one slice each, by
// `toString(encoding, start, end)`. This reads the slices alone.
class FileSlices {
  constructor(path) {
    this.file = fs.openSync(path, "r");
  }

  toString(encoding, start, end) {
    const bytes = Buffer.allocUnsafe(end - start);
    fs.readSync(this.file, bytes, 0, bytes.length, start);
    return bytes.toString(encoding);
  }
}

const readFileSync = fs.readFileSync;

fs.readFileSync = function (path, ...options) {
  const isTypeDefinitions = typeof path === "string" && path.endsWith(".jsii.runtime-defs.v1.jsonl");
  return isTypeDefinitions ? new FileSlices(path) : readFileSync.call(this, path, ...options);
};

const loadJavaScript = Module._extensions[".js"];

Module._extensions[".js"] = function (module, filename) {
  // jsii links packages into a folder with a name of its own each time. What is compiled is found again by this one.
  const place = fs.realpathSync.native(filename);
  if (!PACKAGE_FILE.test(filename)) {
    return loadJavaScript(module, place);
  }
  const bytes = fs.readFileSync(filename);
  const map = bytes.lastIndexOf("\n//# sourceMappingURL=data:");
  const source = bytes.toString("utf8", 0, map < 0 ? bytes.length : map);
  module._compile(lazySource(source, filename), place);
  if (STACK_TRACE.test(filename)) {
    module.exports.captureStackTrace = () => [];
  }
};
