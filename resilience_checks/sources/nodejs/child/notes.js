// What goes to the parent beside the protocol: one JSON object a line.
"use strict";

const fs = require("fs");
const path = require("path");
const { AsyncLocalStorage } = require("async_hooks");
const { fileURLToPath } = require("url");

const FRAME = /^\s*at (?:(?<what>.*?) \()?(?<file>[^()]+?):(?<line>\d+):(?<column>\d+)\)?$/;

class Notes {
    constructor(directory, project) {
        this.directory = directory;
        this.project = fs.realpathSync(project) + path.sep;
        this.context = new AsyncLocalStorage();
        this.finished = false;
        this.standins = [];
        this._file = fs.openSync(path.join(directory, "notes.jsonl"), "w");
        this._lines = [];
        this._paths = new Map();
        this._last = fs.openSync(path.join(directory, "last.txt"), "w");
        this._count = 0;
    }

    number() {
        this._count += 1;
        return this._count;
    }

    write(note) {
        this._lines.push(JSON.stringify(note));
        if (this._lines.length > 500) {
            this.flush();
        }
    }

    flush() {
        if (this._lines.length > 0) {
            fs.writeSync(this._file, this._lines.join("\n") + "\n");
            this._lines = [];
        }
    }

    /** The file as it stands in the project, undefined when it is not the program's own. */
    own(file) {
        if (!this._paths.has(file)) {
            this._paths.set(file, this._own(file));
        }
        return this._paths.get(file);
    }

    _own(file) {
        if (file.startsWith("node:")) {
            return undefined;
        }
        let real;
        try {
            real = fs.realpathSync(file.startsWith("file:") ? fileURLToPath(file) : file);
        } catch {
            return undefined;
        }
        const inside = real.startsWith(this.project) && !real.slice(this.project.length).split(path.sep).includes("node_modules");
        return inside ? real : undefined;
    }

    /** The frames of a stack, innermost first, at the lines that were written and not those that were compiled. */
    frames(stack) {
        const found = [];
        for (const text of String(stack || "").split("\n")) {
            const match = FRAME.exec(text);
            if (match) {
                const { what, file, line, column } = match.groups;
                found.push({ what: what || "", file, line: Number(line), column: Number(column) });
            }
        }
        return found;
    }

    /** The frames of the call to `below`, which is left out with all that it calls. */
    stack(below) {
        const limit = Error.stackTraceLimit;
        const holder = {};
        try {
            Error.stackTraceLimit = Infinity;
            Error.captureStackTrace(holder, below);
            return this.frames(holder.stack);
        } finally {
            Error.stackTraceLimit = limit;
        }
    }

    /** Keeps where the program was last seen: all that is known of one that never ends. */
    reached(file, line) {
        fs.writeSync(this._last, `${file}\t${line}\t`.padEnd(512), 0);
    }

    /** The innermost place of the program itself in some frames. */
    place(frames) {
        for (const frame of frames) {
            const file = this.own(frame.file);
            if (file !== undefined) {
                this.reached(file, frame.line);
                return { file, line: frame.line };
            }
        }
        return undefined;
    }
}

exports.Notes = Notes;
