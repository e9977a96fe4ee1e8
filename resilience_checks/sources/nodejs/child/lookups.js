// Lookups: which answer each value comes from, and what stands for an answer that nobody gave.
"use strict";

const crypto = require("crypto");

const LOOKUP = "urn:resilience-checks:lookup::";
const FORMS = { invoke: false, invokeSingle: false, invokeOutput: true, invokeSingleOutput: true };

exports.watch = function (loaded, notes, copy) {
    for (const [name, output] of Object.entries(FORMS)) {
        const original = loaded[name];
        if (typeof original !== "function") {
            continue;
        }
        loaded[name] = function asked(token, ...given) {
            const number = notes.number();
            const note = { number, token, place: notes.place(notes.stack(asked)) };
            const current = { number, lookup: true, unknown: false, note };
            const result = notes.context.run(current, () => original.call(this, token, ...given));
            return output ? traced(result, current, copy) : answered(result, current, copy, notes);
        };
    }
};

/** An answer in the form of an output: it depends on its lookup, and is unknown where nobody answered. */
function traced(result, current, copy) {
    const { Output, DependencyResource } = copy;
    const own = new DependencyResource(`${LOOKUP}${current.number}`);
    const known = result.isKnown.then((is) => is && !current.unknown);
    const resources = (result.allResources ? result.allResources() : Promise.resolve(result.resources())).then((all) => new Set([...all, own]));
    return new Output(new Set([own]), result.promise(true), known, result.isSecret, resources);
}

function answered(result, current, copy, notes) {
    return result.then((value) => {
        if (!current.unknown) {
            return value;
        }
        notes.unanswered.push(current.note.token);
        return unanswered(current, "", copy, notes);
    });
}

/**
 * What a plain lookup returns when nobody gave its answer: an unknown output whose every property is one too.
 * As text it is a mark that the parent recognises. A program that must count or compare it cannot go on as it would.
 */
function unanswered(current, at, copy, notes) {
    const { Output, DependencyResource } = copy;
    const own = new DependencyResource(`${LOOKUP}${current.number}`);
    const unknown = new Output(new Set([own]), Promise.resolve(undefined), Promise.resolve(false), Promise.resolve(false), Promise.resolve(new Set([own])));
    const text = () => mark(current.number, at, notes);
    return new Proxy(unknown, {
        get(target, name) {
            if (name === Symbol.toPrimitive || name === "toString" || name === "valueOf" || name === "toJSON") {
                return text;
            }
            if (name === Symbol.iterator) {
                throw needed(current, notes);
            }
            if (typeof name === "symbol" || name === "then" || name.startsWith("__") || name in target) {
                return target[name];
            }
            return unanswered(current, /^\d+$/.test(name) ? `${at}[${name}]` : at ? `${at}.${name}` : name, copy, notes);
        },
        ownKeys(target) {
            const internal = Reflect.ownKeys(target);
            if (at === "" && !notes.stack(undefined).slice(0, 3).some((frame) => notes.own(frame.file) !== undefined)) {
                return internal;
            }
            throw needed(current, notes);
        },
    });
}

function mark(number, at, notes) {
    const text = `lookup${crypto.createHash("sha256").update(`${number} ${at}`).digest("hex").slice(0, 24)}`;
    notes.write({ kind: "mark", text, number, path: at });
    return text;
}

function needed(current, notes) {
    const error = new Error(`the program needs the answer of ${current.note.token}`);
    error.name = "LookupUnknown";
    error.resilienceChecks = { kind: "lookup", token: current.note.token };
    return error;
}
