// Writes where the program stands shortly before its time is over, from a thread that a busy program cannot stop.
"use strict";

const fs = require("fs");
const path = require("path");
const { Worker, isMainThread, workerData } = require("worker_threads");

const SHARE = 0.9;

exports.start = function (job, directory) {
    const worker = new Worker(__filename, { workerData: { seconds: job.seconds, directory }, execArgv: [], env: {} });
    worker.on("error", () => undefined); // without it only the line is missing from the message
    worker.unref();
};

function watch({ seconds, directory }) {
    const inspector = require("inspector");
    const { SourceMap } = require("module");
    const session = new inspector.Session();
    if (typeof session.connectToMainThread !== "function") {
        return;
    }
    const scripts = new Map();
    session.on("Debugger.scriptParsed", ({ params }) => scripts.set(params.scriptId, params));
    session.on("Debugger.paused", ({ params }) => {
        const lines = params.callFrames.map((frame) => written(frame.location, scripts.get(frame.location.scriptId), SourceMap));
        fs.writeFileSync(path.join(directory, "stuck.txt"), lines.filter(Boolean).join("\n"));
        session.post("Debugger.resume");
    });
    setTimeout(() => {
        session.connectToMainThread();
        session.post("Debugger.enable", () => session.post("Debugger.pause"));
    }, seconds * SHARE * 1000);
}

/** The line that the author wrote: `file<TAB>line`. */
function written(location, script, SourceMap) {
    if (!script || !script.url) {
        return undefined;
    }
    const file = script.url.startsWith("file:") ? require("url").fileURLToPath(script.url) : script.url;
    const inline = /^data:application\/json[^,]*;base64,(.*)$/.exec(script.sourceMapURL || "");
    if (inline && SourceMap) {
        const map = new SourceMap(JSON.parse(Buffer.from(inline[1], "base64").toString("utf8")));
        const entry = map.findEntry(location.lineNumber, location.columnNumber);
        if (entry && entry.originalLine !== undefined) {
            return `${file}\t${entry.originalLine + 1}`;
        }
    }
    return `${file}\t${location.lineNumber + 1}`;
}

if (!isMainThread && workerData && workerData.directory) {
    watch(workerData);
}
