// Runs one Pulumi program against a monitor, with the SDK of the program's own node_modules.
//
// Started by launch.py in a process that is confined. It watches what the protocol does not carry, and writes it into
// files of a private directory, as the Python child does: notes.jsonl, end.json and last.txt.
"use strict";

const fs = require("fs");
const path = require("path");

const directory = process.argv[2];
const job = JSON.parse(fs.readFileSync(path.join(directory, "job.json"), "utf8"));
fs.unlinkSync(path.join(directory, "job.json")); // it holds the token of the monitor, which is this process's alone
const { Notes } = require("./notes");
const notes = new Notes(directory, job.project_directory);

require("./reads").watch(notes, job);
require("./ending").watch(notes);
require("./network").refuse(notes);
require("./hooks").install(notes, job);

process.argv = [process.argv[0], job.run, ...job.arguments];
require(job.run);
