// Watches the SDK from inside: which request belongs to which call of the program, and what each input was made of.
//
// Each file of each loaded copy of the SDK is amended once, right after it was loaded. A part that an SDK lacks is
// left unwatched, and the parent is told so.
"use strict";

const fs = require("fs");
const Module = require("module");
const path = require("path");

const callbacks = require("./callbacks");
const lookups = require("./lookups");

const SDK = /^(?<root>.*[\\/]@pulumi[\\/]pulumi)[\\/](?<part>.+)\.js$/;
const GRPC = /[\\/]@grpc[\\/]grpc-js[\\/]build[\\/]src[\\/](?<part>client|server)\.js$/;
const STACK = "pulumi:pulumi:Stack";
const LOOPBACK = "127.0.0.1:0";

exports.install = function (notes, job) {
    const copies = new Map();
    const sockets = new Map();
    const engine = { address: monitorOf(job), token: job.token };
    delete job.token;
    const watches = {
        output: (loaded, copy) => callbacks.watch(loaded, notes, copy),
        resource: (loaded, copy) => Object.assign(copy, { Resource: loaded.Resource, DependencyResource: loaded.DependencyResource }),
        "runtime/resource": (loaded, copy) => watchResources(loaded, notes, copy),
        "runtime/rpc": (loaded, copy) => watchInputs(loaded, notes, copy),
        "runtime/invoke": (loaded, copy) => lookups.watch(loaded, notes, copy),
        "runtime/settings": (loaded, copy, file) => watchMonitor(loaded, notes, file),
        "runtime/callbacks": (loaded) => watchTargets(loaded, sockets),
        "runtime/stack": (loaded) => watchEnd(loaded, notes),
    };
    const compile = Module.prototype._compile;
    Module.prototype._compile = function (content, filename, ...rest) {
        const own = notes.own(filename);
        if (own !== undefined) {
            notes.reached(own, 1);
        }
        return compile.call(this, content, filename, ...rest);
    };
    const load = Module._extensions[".js"];
    Module._extensions[".js"] = function (module, filename) {
        const sdk = SDK.exec(filename);
        const part = sdk && sdk.groups.part.replace(/\\/g, "/");
        if (part === "cmd/run/run") {
            awaitMonitor(job, notes);
        }
        const result = load.call(this, module, filename);
        const grpc = GRPC.exec(filename);
        if (grpc) {
            listen(module, filename, grpc.groups.part, { sockets, notes, engine });
        } else if (sdk && Object.prototype.hasOwnProperty.call(watches, part)) {
            const root = sdk.groups.root;
            copies.set(root, copies.get(root) || { notes });
            try {
                watches[part](module.exports, copies.get(root), filename);
            } catch (error) {
                notes.write({ kind: "unwatched", what: part, why: String(error) });
            }
        }
        return result;
    };
};

/** Waits until the monitor listens: it is being imported while this process loads the SDK. */
function awaitMonitor(job, notes) {
    const ready = path.join(notes.directory, "ready");
    const pause = new Int32Array(new SharedArrayBuffer(4));
    const until = Date.now() + job.seconds * 1000;
    while (!fs.existsSync(ready) && Date.now() < until) {
        Atomics.wait(pause, 0, 0, 2);
    }
}

function watchResources(loaded, notes, copy) {
    for (const name of ["registerResource", "readResource"]) {
        const original = required(loaded, name);
        loaded[name] = function numbered(...given) {
            const number = notes.number();
            if (typeof given[3] === "object") {
                given[3] = String(given[3]); // named after a lookup whose answer nobody gave
            }
            const place = notes.place(made(given[0], notes.stack(numbered)));
            if (place) {
                notes.write({ kind: "place", number, ...place });
            }
            return notes.context.run({ number, resource: true }, () => original.apply(this, given));
        };
    }
    watchOutputs(loaded, notes, copy);
}

function watchOutputs(loaded, notes, copy) {
    const original = required(loaded, "registerResourceOutputs");
    loaded.registerResourceOutputs = function (resource, outputs) {
        if (resource.__pulumiType === STACK) {
            const write = (found) => notes.write({ kind: "outputs", elements: found });
            Promise.resolve(outputs)
                .then((known) => elements(copy.rpc, known, "outputs", {}))
                .then(write, () => undefined);
        }
        return original.call(this, resource, outputs);
    };
}

/** The frames above the constructors of the SDK's two base classes and of the class right below them, as the engine takes them. */
function made(resource, frames) {
    const names = [];
    for (let one = resource.constructor; typeof one === "function" && one.name; one = Object.getPrototypeOf(one)) {
        names.unshift(`new ${one.name}`);
    }
    let above = 0;
    for (const name of names.slice(0, 3)) {
        above += frames[above] && frames[above].what === name ? 1 : 0;
    }
    return frames.slice(above);
}

function watchInputs(loaded, notes, copy) {
    copy.rpc = loaded;
    const keep = (props, label, options) => elements(loaded, props, label, options);
    const resources = required(loaded, "serializeResourceProperties");
    loaded.serializeResourceProperties = function (label, props, options) {
        const current = notes.context.getStore();
        if (current && current.resource && !current.inputs) {
            current.inputs = true;
            const write = (found) => notes.write({ kind: "elements", number: current.number, elements: found });
            keep(withoutIds(props), label, options).then(write, () => write(null));
        }
        return resources.call(this, label, props, options);
    };
    const lookup = required(loaded, "serializePropertiesReturnDeps");
    loaded.serializePropertiesReturnDeps = async function (label, props, options) {
        const current = notes.context.getStore();
        const result = await lookup.call(this, label, props, options);
        if (current && current.lookup && !current.inputs) {
            current.inputs = true;
            const found = await keep(props, label, options).catch(() => null);
            const unsent = loaded.containsUnknownValues && loaded.containsUnknownValues(result[0]);
            current.unknown = current.unknown || Boolean(unsent);
            notes.write({ kind: "lookup", elements: found, ...current.note, ...(unsent ? { unsent: result[0] } : {}) });
        }
        return result;
    };
}

function withoutIds(props) {
    return Object.fromEntries(Object.entries(props || {}).filter(([key]) => key !== "id" && key !== "urn"));
}

/** The URNs behind each element, by serialising once more with every output kept where it stands. */
async function elements(rpc, props, label, options) {
    const found = {};
    for (const [key, value] of Object.entries(props || {})) {
        const kept = await rpc.serializeProperty(`${label}.${key}`, value, new Set(), { ...without(options), keepOutputValues: true });
        gather(kept, key, rpc, found);
    }
    return found;
}

/** The SDK notes in its options what a registration waits for; this second look must not. */
function without(options) {
    const { pendingRegistration, ...rest } = options || {};
    return rest;
}

function gather(value, at, rpc, found) {
    if (Array.isArray(value)) {
        value.forEach((item, index) => gather(item, `${at}[${index}]`, rpc, found));
    } else if (value && typeof value === "object") {
        if (value[rpc.specialSigKey] === rpc.specialOutputValueSig) {
            if (value.dependencies && value.dependencies.length > 0) {
                found[at] = [...new Set([...(found[at] || []), ...value.dependencies])].sort();
            }
            gather(value.value, at, rpc, found);
            return;
        }
        for (const [key, item] of Object.entries(value)) {
            gather(item, `${at}.${key}`, rpc, found);
        }
    }
}

/** Says with each request which note belongs to it. */
function watchMonitor(loaded, notes, file) {
    const original = required(loaded, "getMonitor");
    const { Metadata } = Module.createRequire(file)("@grpc/grpc-js");
    const numbered = new WeakMap();
    loaded.getMonitor = function () {
        const client = original.call(this);
        if (client && !numbered.has(client)) {
            numbered.set(client, new Proxy(client, { get: (stub, name) => method(stub, name, notes, Metadata) }));
        }
        return client && numbered.get(client);
    };
}

function method(stub, name, notes, Metadata) {
    const value = stub[name];
    if (!["registerResource", "readResource", "invoke"].includes(name)) {
        return typeof value === "function" ? value.bind(stub) : value;
    }
    return (request, callback) => {
        const current = notes.context.getStore();
        const metadata = new Metadata();
        metadata.set("number", String(current ? current.number : 0));
        const call = value.call(stub, request, metadata, callback);
        if (name === "invoke" && current) {
            call.on("status", (status) => {
                current.unknown = current.unknown || status.metadata.get("unknown").length > 0;
                current.assumed = status.metadata.get("assumed").length > 0;
            });
        }
        return call;
    };
}

/**
 * The SDK serves its callbacks on the loopback interface, which a namespace does not have: a unix socket stands for it.
 * Each request of the engine says who sends it.
 */
function listen(module, filename, part, { sockets, notes, engine }) {
    const loaded = module.exports;
    if (part === "server") {
        const bind = loaded.Server.prototype.bindAsync;
        loaded.Server.prototype.bindAsync = function (address, credentials, callback) {
            if (address !== LOOPBACK) {
                return bind.call(this, address, credentials, callback);
            }
            const port = sockets.size + 1;
            const socket = `unix:${path.join(notes.directory, `callbacks-${port}.sock`)}`;
            sockets.set(`127.0.0.1:${port}`, socket);
            return bind.call(this, socket, credentials, (error) => callback(error, port));
        };
        return;
    }
    const { InterceptingCall } = Module.createRequire(filename)("./client-interceptors");
    const telling = (options, next) => new InterceptingCall(next(options), {
        start: (metadata, listener, call) => {
            metadata.set("token", engine.token);
            call(metadata, listener);
        },
    });
    const Client = loaded.Client;
    loaded.Client = class extends Client {
        constructor(address, credentials, options = {}, ...rest) {
            const known = address === engine.address ? { ...options, interceptors: [...(options.interceptors || []), telling] } : options;
            super(sockets.get(address) || address, credentials, known, ...rest);
        }
    };
}

/** The address of the monitor, which is the engine's as well. */
function monitorOf(job) {
    const flag = "--monitor=";
    return job.arguments.find((one) => one.startsWith(flag)).slice(flag.length);
}

function watchTargets(loaded, sockets) {
    const CallbackServer = required(loaded, "CallbackServer");
    loaded.CallbackServer = class extends CallbackServer {
        constructor(...given) {
            super(...given);
            this._target = this._target.then((target) => sockets.get(target) || target);
        }
    };
}

function watchEnd(loaded, notes) {
    const original = required(loaded, "runInPulumiStack");
    loaded.runInPulumiStack = async function (...given) {
        const outputs = await original.apply(this, given);
        notes.finished = true;
        return outputs;
    };
}

function required(loaded, name) {
    if (typeof loaded[name] !== "function") {
        throw new TypeError(`${name} is missing`);
    }
    return loaded[name];
}
