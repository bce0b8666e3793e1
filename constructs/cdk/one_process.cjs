// Runs jsii's kernel in the process that Python starts, loaded with `node --require` before it.
// Stock, that process starts a second one and carries each message between it and Python: 55 MB and two hops more. Here
// the program takes its starter's place: the channel that it has as file 3 is the pipes that Python gave us, and what it
// prints is told to Python as the starter does, in lines of JSON. What V8 compiles of the packages is kept beside them.
"use strict";

const fs = require("fs");
const Module = require("module");
const path = require("path");
const { Writable } = require("stream");
const util = require("util");

const STARTER = /[\\/]bin[\\/]jsii-runtime\.js$/;
const [STDIN, STDOUT, STDERR, CHANNEL] = [0, 1, 2, 3];

const { readSync, writeSync } = fs;

function print(stream, chunk) {
  writeSync(STDERR, JSON.stringify({ [stream]: Buffer.from(chunk).toString("base64") }) + "\n");
}

function printing(stream) {
  const write = (chunk, encoding, done) => (print(stream, chunk), done());
  return { configurable: true, enumerable: true, value: new Writable({ write }) };
}

function takeTheStartersPlace() {
  fs.readSync = (file, ...what) => readSync(file === CHANNEL ? STDIN : file, ...what);
  fs.writeSync = (file, what, ...where) =>
    file === STDERR ? (print("stderr", what), what.length) : writeSync(file === CHANNEL ? STDOUT : file, what, ...where);
  // Node's own would turn the pipes into ones that do not wait.
  Object.defineProperties(process, { stdout: printing("stdout"), stderr: printing("stderr") });
  // The starter gives the program this option. Ours is in NODE_OPTIONS, and this is where the program looks for it.
  process.execArgv.push("--preserve-symlinks");
}

// Of each type that jsii looks at, it words what an assertion would say that holds: no other call is of an object alone.
function describeInAWord() {
  const { inspect } = util;
  const ofAssertion = (what) => what.length === 1 && typeof what[0] === "object";
  util.inspect = Object.assign((...what) => (ofAssertion(what) ? "a type" : inspect(...what)), inspect);
}

const loadJavaScript = Module._extensions[".js"];

Module._extensions[".js"] = function (module, filename) {
  if (!STARTER.test(filename)) {
    return loadJavaScript(module, filename);
  }
  takeTheStartersPlace();
  describeInAWord();
  module.require(path.join(path.dirname(filename), "..", "lib", "program.js"));
  // From here on, and not before: jsii unpacks that program into another folder each time, and it would never be found.
  Module.enableCompileCache?.(process.env.JSII_RUNTIME_PACKAGE_CACHE_ROOT + "-compiled");
};
