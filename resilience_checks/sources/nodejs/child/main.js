// Runs one Pulumi program against a monitor, with the SDK of the program's own node_modules.
//
// Started by launch.py in a process without network. It watches what the protocol does not carry, and writes it into
// files of a private directory, as the Python child does: notes.jsonl, end.json and last.txt.
"use strict";

const fs = require("fs");
const net = require("net");
const path = require("path");

const directory = process.argv[2];
const job = JSON.parse(fs.readFileSync(path.join(directory, "job.json"), "utf8"));
fs.unlinkSync(path.join(directory, "job.json")); // it holds the token of the monitor, which is this process's alone
const { Notes } = require("./notes");
const notes = new Notes(directory, job.project_directory);

endWith(job.parent);
require("./reads").watch(notes, job);
require("./ending").watch(notes, process.argv[3] === "isolated");
require("./network").refuse(notes);
require("./hooks").install(notes, job);

/** Ends this process and what it started when the checker is gone, which closes its end of the pipe. */
function endWith(parent) {
    const pipe = new net.Socket({ fd: parent, readable: true, writable: false });
    pipe.on("close", () => process.kill(0, "SIGKILL"));
    pipe.resume();
    pipe.unref();
}

process.argv = [process.argv[0], job.run, ...job.arguments];
require(job.run);
