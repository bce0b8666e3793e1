// The Node half of fast bindings (see bindings.py), loaded with `node --require` before the jsii kernel starts.
// A provider package's lib/index.js holds one `exports.vpc = require("./vpc");` per resource, and running them all takes
// seconds. Here that one file is compiled with a getter in place of each, so that a resource is read when it is used.
"use strict";

const Module = require("module");
const fs = require("fs");
const v8 = require("v8");

// A synthesis is over in a second or two: a small heap costs it no time, and saves some 15 MB.
v8.setFlagsFromString("--optimize-for-size");

const PROVIDER_INDEX = /[\\/]@cdktf[\\/]provider-[a-z0-9-]+[\\/]lib[\\/]index\.js$/;
const EAGER_REQUIRE = /^exports\.(\w+) = require\("(\.\/[\w-]+)"\);$/gm;

const compileJavaScript = Module._extensions[".js"];

Module._extensions[".js"] = function (module, filename) {
  if (!PROVIDER_INDEX.test(filename)) {
    return compileJavaScript(module, filename);
  }
  const source = fs.readFileSync(filename, "utf8").replace(
    EAGER_REQUIRE,
    'Object.defineProperty(exports, "$1", { enumerable: true, configurable: true, get: () => require("$2") });',
  );
  return module._compile(source, filename);
};
