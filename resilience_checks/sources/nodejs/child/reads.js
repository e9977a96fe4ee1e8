// Which files of the repository, outside of its own folder, the program reads.
"use strict";

const fs = require("fs");
const Module = require("module");
const path = require("path");
const { fileURLToPath } = require("url");

const WRITES = /[wax+]/;

/** Takes note of each file that is opened to be read, by the functions that programs and loaders read whole files with. */
exports.watch = function (notes, root) {
    notes.opened = new Set();
    notes.root = fs.realpathSync(root) + path.sep;
    for (const [holder, name] of [[fs, "readFileSync"], [fs, "readFile"], [fs, "createReadStream"], [fs, "openSync"], [fs, "open"], [fs.promises, "readFile"], [fs.promises, "open"]]) {
        const original = holder[name];
        holder[name] = function (file, options, ...rest) {
            note(notes, file, name.startsWith("open") ? options : options && options.flag);
            return original.call(this, file, options, ...rest);
        };
        Object.assign(holder[name], original);
    }
};

function note(notes, file, flag) {
    try {
        if (typeof file === "number" || (typeof flag === "string" && WRITES.test(flag)) || typeof file === "object" && !(file instanceof URL) && !Buffer.isBuffer(file)) {
            return;
        }
        notes.opened.add(path.resolve(file instanceof URL ? fileURLToPath(file) : String(file)));
    } catch {
        // what is no path is refused by the function itself
    }
}

/** The files outside of the project's folder and below the root, the modules that were loaded among them. */
exports.files = function (notes) {
    const found = new Set();
    for (const file of [...notes.opened, ...Object.keys(Module._cache)]) {
        try {
            const real = fs.realpathSync(file);
            if (real.startsWith(notes.root) && !real.startsWith(notes.project) && !real.startsWith(__dirname)) {
                found.add(real);
            }
        } catch {
            // it is gone, or never was
        }
    }
    return [...found].sort();
};
