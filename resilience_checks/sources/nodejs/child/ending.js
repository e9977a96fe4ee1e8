// How the program ended, and at which line of its own.
"use strict";

const fs = require("fs");
const path = require("path");

const callbacks = require("./callbacks");
const reads = require("./reads");

const NO_ENTRY = 32; // the SDK has said why it found nothing to run

exports.watch = function (notes) {
    let failure;
    const exit = process.exit;
    // The first error ends the program. What the SDK would print of it is not needed, and its printing can loop for
    // ever: some versions of Node do not come to an end with the paths that the SDK's source maps give.
    const fail = (error) => {
        failure = failure || describe(error, notes);
        exit.call(process, 1);
    };
    process.on("uncaughtException", fail);
    process.on("unhandledRejection", fail);
    process.exit = function (code) {
        const place = notes.place(notes.stack(process.exit).slice(0, 1));
        if (place) {
            failure = failure || { kind: "exit", message: String(code === undefined ? process.exitCode || 0 : code), ...place };
        }
        return exit.call(process, code);
    };

    process.on("exit", (code) => {
        let end = failure;
        if (!end && code !== 0) {
            end = { kind: code === NO_ENTRY ? "entry" : "exit", message: String(code) };
        } else if (!end && !notes.finished) {
            end = { kind: "unfinished" };
        }
        for (const { number, token } of notes.standins) {
            notes.write({ kind: "standin", number, token });
        }
        if (!end) {
            callbacks.report(notes);
        }
        notes.flush();
        const whole = end ? { ok: false, ...end, unanswered: notes.standins.map((standin) => standin.token) } : { ok: true, looked_at: reads.told(notes), read: reads.files(notes) };
        fs.writeFileSync(path.join(notes.directory, "end.json"), JSON.stringify(whole));
    });
};

function describe(error, notes) {
    for (let cause = error, depth = 0; cause && depth < 10; cause = cause.cause, depth += 1) {
        if (cause.resilienceChecks) {
            return { ...at(error, notes), ...cause.resilienceChecks, traceback: trace(error) };
        }
    }
    if (!(error instanceof Error) && !(error && error.stack)) {
        return { kind: "raised", type: typeof error, message: String(error) };
    }
    return { kind: "raised", type: error.name, message: String(error.message), ...at(error, notes), ...special(error, notes), traceback: trace(error) };
}

function at(error, notes) {
    return notes.place(notes.frames(error && error.stack)) || {};
}

function trace(error) {
    return String((error && error.stack) || error).slice(-20000);
}

function special(error, notes) {
    if (error.name === "TSError") {
        return { kind: "types", ...diagnosed(error.message, notes) };
    }
    if (error.name === "SyntaxError") {
        return { kind: "syntax", ...firstLine(error.stack, notes) };
    }
    if (error.code === "MODULE_NOT_FOUND" || error.code === "ERR_MODULE_NOT_FOUND") {
        const named = /Cannot find (?:module|package) '([^']+)'/.exec(error.message);
        return { kind: "module", module: named ? named[1] : "", ...required(error, notes) };
    }
    if (error.syscall && typeof error.path === "string") {
        return { path: path.resolve(error.path), code: error.code };
    }
    const missing = /^Missing required configuration variable '([^']+)'/.exec(error.message);
    return missing ? { kind: "config", key: missing[1] } : {};
}

/** The first line of a compiler's text: `index.ts(3,7): error TS2322: ...` or `index.ts:3:7 - error TS2322: ...`. */
function diagnosed(message, notes) {
    const plain = message.replace(/\x1b\[[0-9;]*m/g, "");
    const match = /^\s*(.+?)(?:\((\d+),(\d+)\)|:(\d+):(\d+)):?(?: -)? (?:error|warning) (TS\d+: .*)$/m.exec(plain);
    if (!match) {
        const said = /\berror (TS\d+: .*)$/m.exec(plain);
        return { message: said ? said[1] : plain };
    }
    const file = notes.own(path.resolve(match[1]));
    const place = file ? { file, line: Number(match[2] || match[4]), column: Number(match[3] || match[5]) } : {};
    return { message: match[6], ...place };
}

/** Node writes `file:line` above the text of a syntax error. */
function firstLine(stack, notes) {
    const match = /^(.+):(\d+)$/m.exec(String(stack || "").split("\n")[0]);
    const file = match && notes.own(match[1]);
    return file ? { file, line: Number(match[2]) } : {};
}

function required(error, notes) {
    const by = (error.requireStack || []).map((file) => notes.own(file)).find((file) => file !== undefined);
    return by ? { file: by, line: at(error, notes).line || 1 } : {};
}
