// What the program looks at while it runs: files, folders, modules, and what keeps that from being known.
"use strict";

const childProcess = require("child_process");
const fs = require("fs");
const inspector = require("inspector");
const Module = require("module");
const net = require("net");
const path = require("path");
const { promisify } = require("util");
const { fileURLToPath } = require("url");
const workers = require("worker_threads");

const WRITES = /[wax+]/;
const WRITING = fs.constants.O_WRONLY | fs.constants.O_RDWR | fs.constants.O_APPEND | fs.constants.O_CREAT | fs.constants.O_TRUNC;
const CHANGING = /^[\\/](?:dev|proc|sys)[\\/]/;
const HARMLESS = new Set(["/dev/null"]);
const HIDING = new Set(["cluster", "sqlite", "wasi"]);
const QUIET = /^(?:--(?:max[-_]old[-_]space[-_]size|stack[-_]size|unhandled-rejections)(?:=\w+)?|--(?:enable-source-maps|no-warnings|no-deprecation)|\d+)$/;

// The functions of `fs` by what they do with the paths that they are given; each stands for its forms in Sync, too.
const OPEN = ["createReadStream", "open", "openAsBlob", "readFile"];
const ASK = ["access", "exists", "lstat", "readlink", "realpath", "stat", "statfs"];
const LIST = ["opendir", "readdir"];
const WRITE = "appendFile chmod chown copyFile cp createWriteStream lchmod lchown link lutimes mkdir mkdtemp mkdtempDisposable rename rm rmdir symlink truncate unlink utimes writeFile".split(" ");
const OTHERS = "_toUnixTimestamp close fchmod fchown fdatasync fstat fsync ftruncate futimes read readv unwatchFile write writev".split(" "); // they are given no path

/** Takes note of the files that are opened from now on, and with `job.marked` of all that is looked at. */
exports.watch = function (notes, job) {
    notes.opened = new Set();
    notes.listed = new Set();
    notes.asked = new Set();
    notes.loaded = new Set();
    notes.unseen = new Set();
    notes.root = fs.realpathSync(job.root) + path.sep;
    notes.marked = job.marked;
    if (!notes.marked) {
        [fs, fs.promises].forEach((holder) => watchFiles(holder, notes, OPEN));
        return;
    }
    const hide = (why) => notes.unseen.add(why);
    if (fs.realpathSync(job.node) !== fs.realpathSync(process.execPath)) {
        hide(`${job.node} starts a Node that may be another the next time`);
    }
    if (job.node_arguments.some((one) => !QUIET.test(one))) {
        hide("it is run with `nodeargs`");
    }
    for (let folder = job.directory; ; folder = path.dirname(folder)) {
        notes.asked.add(path.join(folder, "node_modules", "@pulumi", "pulumi", "cmd", "run", "index.js")); // where the SDK was looked for
        if (folder === path.dirname(folder)) {
            break;
        }
    }
    watchModules(notes, fs.existsSync);
    watchFiles(fs, notes);
    watchFiles(fs.promises, notes);
    watchOthers(notes, hide);
    Module.syncBuiltinESMExports();
};

/** Wraps every function of `fs`, or `only` some; one that is not known hides what it reads. */
function watchFiles(holder, notes, only) {
    for (const [name, original] of Object.entries(holder)) {
        if (typeof original !== "function" || /^[A-Z]/.test(name)) {
            continue;
        }
        const kind = name.replace(/Sync$/, "");
        if (OTHERS.includes(kind) || (only && !only.includes(kind))) {
            continue;
        }
        const look = (given) => note(notes, kind, given);
        wrap(holder, name, look);
        if (typeof original.native === "function") {
            wrap(holder[name], "native", look);
        }
        const custom = original[promisify.custom];
        if (typeof custom === "function") {
            Object.defineProperty(holder[name], promisify.custom, { value: (...given) => (look(given), custom.apply(holder, given)) });
        }
    }
}

function wrap(holder, name, look) {
    const original = holder[name];
    const wrapped = function (...given) {
        look(given);
        return original.apply(this, given);
    };
    const { prototype, ...own } = Object.getOwnPropertyDescriptors(original); // its name, and what else hangs on it
    for (const key of Reflect.ownKeys(own)) {
        Object.defineProperty(wrapped, key, { ...own[key], configurable: true, ...("value" in own[key] ? { writable: true } : {}) });
    }
    holder[name] = wrapped;
}

function note(notes, kind, given) {
    const options = given[1] && typeof given[1] === "object" ? given[1] : {};
    if (OPEN.includes(kind)) {
        const flag = kind === "open" ? given[1] : options.flag || options.flags;
        const file = named(given[0]);
        if (file !== undefined && writes(flag)) {
            written(notes, [file]);
        } else if (file !== undefined) {
            opened(notes, file);
        }
    } else if (ASK.includes(kind)) {
        add(notes.asked, given[0]);
    } else if (LIST.includes(kind)) {
        add(notes.listed, given[0]);
        if (options.recursive) {
            notes.unseen.add("it lists folders with all that is in them");
        }
    } else if (WRITE.includes(kind)) {
        const paths = /^(?:copyFile|cp|link|rename|symlink)$/.test(kind) ? given.slice(0, 2) : given.slice(0, 1);
        written(notes, paths.map(named).filter((one) => one !== undefined));
    } else {
        notes.unseen.add(`it calls fs.${kind}`);
    }
}

function writes(flag) {
    return typeof flag === "string" ? WRITES.test(flag) : typeof flag === "number" && (flag & WRITING) !== 0;
}

function opened(notes, file) {
    if (!CHANGING.test(file)) {
        notes.opened.add(file);
    } else if (!HARMLESS.has(file)) {
        notes.unseen.add(`it reads ${file}`);
    }
}

function written(notes, files) {
    if (files.some((file) => !HARMLESS.has(file) && !(file + path.sep).startsWith(notes.directory + path.sep))) {
        notes.unseen.add("it writes to files");
    }
}

function add(set, value) {
    const file = named(value);
    if (file !== undefined && !CHANGING.test(file)) {
        set.add(file);
    }
}

/** The absolute path that a function of `fs` is given, undefined for a number of an open file, and for what it refuses. */
function named(value) {
    try {
        if (value instanceof URL) {
            return fileURLToPath(value);
        }
        return typeof value === "string" || Buffer.isBuffer(value) ? path.resolve(String(value)) : undefined;
    } catch {
        return undefined;
    }
}

/** Takes note of what each `require` finds, and of where it looked: a nearer file or package would be found instead. */
function watchModules(notes, exists) {
    const known = new Map();
    const there = (folder) => (known.has(folder) || known.set(folder, exists(folder)), known.get(folder));
    const seen = new Set();
    const resolve = Module._resolveFilename;
    Module._resolveFilename = function (request, parent, ...rest) {
        let found;
        try {
            found = resolve.call(this, request, parent, ...rest);
            return found;
        } finally {
            if (!Module.builtinModules.includes(String(request).replace(/^node:/, ""))) {
                const asked = `${parent && parent.filename}\0${request}`;
                if (rest[1] || found === undefined || !seen.has(asked)) {
                    looked(notes, String(request), parent, rest[1], found, there);
                }
                seen.add(asked);
            }
        }
    };
    const load = Module._load;
    Module._load = function (request, ...rest) {
        if (HIDING.has(String(request).replace(/^node:/, ""))) {
            notes.unseen.add(`it uses ${request}`);
        }
        return load.call(this, request, ...rest);
    };
}

function looked(notes, request, parent, options, found, there) {
    const from = parent && parent.filename ? [path.dirname(parent.filename)] : [process.cwd()];
    const places = options && Array.isArray(options.paths) ? options.paths.map((one) => path.resolve(one)) : from;
    places.forEach((place) => notes.loaded.add(`${place}${path.sep}package.json`));
    if (found !== undefined && path.isAbsolute(found)) {
        notes.loaded.add(found);
        near(notes, found.slice(0, found.length - path.extname(found).length));
        near(notes, path.dirname(found));
    }
    if (/^\.{0,2}[\\/]|^\.{1,2}$/.test(request)) {
        places.forEach((place) => near(notes, path.resolve(place, request)));
        return;
    }
    const parts = request.split(/[\\/]/);
    const name = parts.slice(0, request.startsWith("@") ? 2 : 1).join("/");
    for (const folder of places.flatMap((place) => Module._nodeModulePaths(place)).concat(Module.globalPaths)) {
        const whole = path.join(folder, name);
        notes.asked.add(there(folder) ? whole : folder);
        if (there(whole)) {
            notes.opened.add(path.join(whole, "package.json"));
            if (found !== undefined) {
                return;
            }
            parts.forEach((_, index) => notes.listed.add(path.join(folder, ...parts.slice(0, index + 1))));
        } else if (found === undefined && there(folder)) {
            notes.listed.add(folder);
        }
    }
}

/** What a path may stand for: a file, one with an ending, or a folder; of a package the names of its folders tell. */
function near(notes, target) {
    notes.opened.add(path.join(target, "package.json"));
    if (target.includes(`${path.sep}node_modules${path.sep}`)) {
        notes.listed.add(path.dirname(target)).add(target);
        return;
    }
    for (const ending of ["", ...Object.keys(Module._extensions)]) {
        notes.asked.add(target + ending).add(path.join(target, `index${ending}`));
    }
}

/** What reads, or computes, where none of this sees it. */
function watchOthers(notes, hide) {
    for (const name of ["exec", "execFile", "execFileSync", "execSync", "fork", "spawn", "spawnSync"]) {
        wrap(childProcess, name, () => hide("it starts another program"));
    }
    for (const name of ["_linkedBinding", "binding", "execve", "loadEnvFile"]) {
        if (typeof process[name] === "function") {
            wrap(process, name, () => hide(`it calls process.${name}`));
        }
    }
    wrap(process, "dlopen", () => hide("it loads a library that is no JavaScript"));
    for (const name of ["register", "registerHooks"]) {
        if (typeof Module[name] === "function") {
            wrap(Module, name, () => hide("it changes how modules are loaded"));
        }
    }
    const Worker = workers.Worker;
    workers.Worker = class extends Worker {
        constructor(...given) {
            hide("it starts threads");
            super(...given);
        }
    };
    wrap(net.Socket.prototype, "connect", ([first]) => {
        const to = Array.isArray(first) ? first[0] : first;
        const socket = to && typeof to === "object" ? to.path : to;
        if (typeof socket === "string" && !/^\d+$/.test(socket) && !path.resolve(socket).startsWith(notes.directory + path.sep)) {
            hide("it speaks to another process");
        }
    });
}

/** Everything that was looked at, as absolute paths, and why there may be more. */
exports.told = function (notes) {
    if (!notes.marked) {
        return undefined;
    }
    const ours = [notes.directory + path.sep, __dirname + path.sep];
    const another = (file) => !file.includes("\0") && !ours.some((folder) => (file + path.sep).startsWith(folder));
    const others = (found) => [...found].filter(another).map((file) => Buffer.from(file).toString()).sort(); // as Node writes it for the system
    const loaded = new Set([...notes.loaded, ...Object.keys(Module._cache)]);
    const kinds = { opened: notes.opened, listed: notes.listed, asked: notes.asked, loaded };
    return { ...Object.fromEntries(Object.entries(kinds).map(([kind, found]) => [kind, others(found)])), unseen: [...notes.unseen, ...modules()] };
};

/** Why what the loader of ES modules looked at is not known: it goes by functions that nothing can be put before. */
function modules() {
    const found = [];
    const session = new inspector.Session();
    session.connect();
    session.on("Debugger.scriptParsed", ({ params }) => params.isModule && !params.url.startsWith("node:") && found.push(params.url));
    session.post("Debugger.enable");
    session.disconnect();
    return found.length > 0 ? ["it has ES modules, and what Node looks at to load them is not all seen"] : [];
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
