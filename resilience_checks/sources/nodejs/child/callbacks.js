// Callbacks on unknown values, which a preview does not call: those that could make resources are told to the parent.
"use strict";

const inspector = require("inspector");
const path = require("path");

const guesses = require("./guesses");

const SDK = /[\\/]@pulumi[\\/]pulumi[\\/]/;
const CALLS = /\bnew\b|[\w$\])]\s*(?:\?\.)?\(|`/;
const CHAIN = /(?<make>\bnew\s+)?(?<![\w$.])(?<root>[A-Za-z_$][\w$]*)(?<rest>(?:\s*(?:\?\.|\.)\s*[A-Za-z_$][\w$]*)*)(?<call>\s*(?:\?\.\s*)?\()?/g;
const DEEPEST = 6;
const MOST = 2000;
const pending = new Set();
const classes = new Set();

exports.watch = function (loaded, notes, copy) {
    const Output = loaded.Output;
    const original = Output.prototype.apply;
    if (typeof original !== "function") {
        throw new TypeError("Output.apply is missing");
    }
    copy.Output = Output;
    classes.add(copy);
    Output.prototype.apply = function applied(func, withUnknowns) {
        if (typeof func !== "function") {
            return original.call(this, func, withUnknowns);
        }
        if (withUnknowns) {
            return original.call(this, (value) => func(guesses.revived(value)), withUnknowns);
        }
        const waiting = { func, at: {} };
        const limit = Error.stackTraceLimit;
        Error.stackTraceLimit = 50;
        Error.captureStackTrace(waiting.at, applied);
        Error.stackTraceLimit = limit;
        pending.add(waiting);
        return original.call(this, (...given) => {
            pending.delete(waiting);
            return func(...given.map((value) => guesses.revived(value)));
        });
    };
};

/** Writes a note for each callback that was not called and could have made a resource. */
exports.report = function (notes) {
    const scopes = new Scopes();
    try {
        for (const { func, at } of pending) {
            if (scopes.makes(func)) {
                const place = notes.place(notes.frames(at.stack)) || { file: path.join(notes.project, "Pulumi.yaml"), line: 1 };
                notes.write({ kind: "skipped", name: func.name || "callback", ...place });
            }
        }
    } finally {
        scopes.close();
    }
};

/** Finds what the names in a function stand for, through the debugger's view of its closure. */
class Scopes {
    constructor() {
        this._session = new inspector.Session();
        this._session.connect();
        this._files = new Map();
        this._session.on("Debugger.scriptParsed", ({ params }) => this._files.set(params.scriptId, params.url));
        this._session.post("Debugger.enable");
        this._seen = new Map();
        this._looked = 0;
    }

    close() {
        this._session.disconnect();
    }

    /** Whether a function names a resource class, or a function that does. What cannot be looked into counts as one that does. */
    makes(func, depth = 0) {
        const text = Function.prototype.toString.call(func);
        if (!CALLS.test(text) || text.endsWith("{ [native code] }")) {
            return false;
        }
        if (this._seen.has(func)) {
            return this._seen.get(func);
        }
        this._seen.set(func, false);
        this._looked += 1;
        const found = depth > DEEPEST || this._looked > MOST ? depth === 0 : this._search(func, text, depth);
        this._seen.set(func, found);
        return found;
    }

    _search(func, text, depth) {
        const { file, scopes } = this._closure(func);
        if (SDK.test(file) || file.startsWith("node:")) {
            return false;
        }
        if (/\b(?:require|import)\s*\(/.test(text)) {
            return true;
        }
        const code = plain(text);
        for (const { groups } of code.matchAll(CHAIN)) {
            const [known, values] = resolve(groups.root, groups.rest, scopes);
            if (!known && (groups.make || (groups.root === "this" && groups.call))) {
                return true;
            }
            if (values.some((value) => this._maker(value, depth))) {
                return true;
            }
        }
        return false;
    }

    _maker(value, depth) {
        if (typeof value !== "function") {
            return false;
        }
        for (const { Resource } of classes) {
            if (Resource && (value === Resource || Object.prototype.isPrototypeOf.call(Resource, value))) {
                return true;
            }
        }
        return this.makes(value, depth + 1);
    }

    _closure(func) {
        const key = "__resilienceChecksFunction";
        globalThis[key] = func;
        const scopes = [];
        let file = "";
        const { result } = this._post("Runtime.evaluate", { expression: `globalThis.${key}`, objectGroup: key });
        for (const property of this._post("Runtime.getProperties", { objectId: result.objectId, ownProperties: true }).internalProperties || []) {
            if (property.name === "[[FunctionLocation]]" && property.value.value) {
                file = this._files.get(property.value.value.scriptId) || "";
            } else if (property.name === "[[Scopes]]") {
                for (const scope of this._post("Runtime.getProperties", { objectId: property.value.objectId, ownProperties: true }).result) {
                    if (scope.value && scope.value.objectId && scope.value.description !== "Global") {
                        this._post("Runtime.callFunctionOn", { objectId: scope.value.objectId, functionDeclaration: `function () { globalThis.${key} = this; }` });
                        scopes.push(variables(globalThis[key]));
                    }
                }
            }
        }
        this._post("Runtime.releaseObjectGroup", { objectGroup: key });
        delete globalThis[key];
        return { file, scopes };
    }

    _post(method, given) {
        let answer = {};
        this._session.post(method, given, (error, result) => {
            answer = error ? {} : result;
        });
        return answer;
    }
}

/** The variables of a scope, which the debugger gives as they are, or beside a description. */
function variables(scope) {
    const names = Object.keys(scope).sort().join();
    return names === "description,object" && typeof scope.object === "object" ? scope.object : scope;
}

/** The text of a function without comments and quoted strings; what stands in templates stays. */
function plain(text) {
    return text.replace(/\/\*[\s\S]*?\*\/|\/\/[^\n]*|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'/g, " ");
}

/** Whether the first name of `a.b.C` is known, and the values that it and each further name lead to. */
function resolve(root, rest, scopes) {
    let value;
    const scope = [...scopes, globalThis].find((one) => one && root in one);
    if (scope === undefined) {
        return [false, []];
    }
    const values = [];
    try {
        value = scope[root];
        values.push(value);
        for (const name of rest.split(/\?\.|\./).slice(1)) {
            if (value === null || (typeof value !== "object" && typeof value !== "function") || value.__pulumiOutput) {
                break;
            }
            value = value[name.trim()];
            values.push(value);
        }
    } catch {
        return [true, values];
    }
    return [true, values];
}
