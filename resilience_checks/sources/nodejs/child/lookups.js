// Lookups: which answer each value comes from, and what stands for an answer that nobody gave.
"use strict";

const crypto = require("crypto");

const guesses = require("./guesses");

const LOOKUP = "urn:resilience-checks:lookup::";
const MARKER = /^lookup[0-9a-f]{24}$/;
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
            return output ? traced(result, current, copy, notes) : answered(result, current, copy, notes);
        };
    }
};

/** An answer in the form of an output: it depends on its lookup, and is unknown where nobody answered. */
function traced(result, current, copy, notes) {
    const { Output, DependencyResource } = copy;
    const own = new DependencyResource(`${LOOKUP}${current.number}`);
    const known = result.isKnown.then((is) => is && !current.unknown);
    const resources = (result.allResources ? result.allResources() : Promise.resolve(result.resources())).then((all) => new Set([...all, own]));
    const value = result.promise(true).then((found) => measured(found, current, notes));
    return new Output(new Set([own]), value, known, result.isSecret, resources);
}

function answered(result, current, copy, notes) {
    return result.then((value) => {
        if (!current.unknown) {
            return measured(value, current, notes);
        }
        const standin = source(current);
        notes.standins.push(standin);
        return stand(standin, "", copy, notes);
    });
}

function source({ number, note }) {
    return { number, token: note.token, told: new Set() };
}

/** An answer whose lists are of a guessed length where it is made of markers: nobody knows how many there are. */
function measured(value, current, notes) {
    if (!current.assumed || value === null || typeof value !== "object") {
        return value;
    }
    const from = source(current);
    for (const [name, item] of Object.entries(value)) {
        if (Array.isArray(item) && item.length > 0 && item.every((one) => MARKER.test(one))) {
            const make = (index) => mark(from, `${name}[${index}]`, notes);
            value[name] = guesses.list(mark(from, name, notes, true), make, teller(from, name, notes));
        }
    }
    return value;
}

/** Tells once each thing that had to be assumed of an answer. */
function teller(from, at, notes) {
    return function tell(what, value) {
        const key = JSON.stringify([what, at, value]);
        if (!from.told.has(key)) {
            from.told.add(key);
            const place = notes.place(notes.stack(tell));
            notes.write({ kind: "guess", number: from.number, token: from.token, what, path: at, value, place });
        }
    };
}

/**
 * What a plain lookup returns when nobody gave its answer: an unknown output, and so is each of its properties. Where
 * the program needs a value at once it is a text, a mark that the parent recognises; how many elements a list has and
 * which number it is are assumptions, and told.
 */
function stand(standin, at, copy, notes) {
    const { Output, DependencyResource } = copy;
    const own = new DependencyResource(`${LOOKUP}${standin.number}`);
    const unknown = new Output(new Set([own]), Promise.resolve(undefined), Promise.resolve(false), Promise.resolve(false), Promise.resolve(new Set([own])));
    const text = () => mark(standin, at, notes);
    const tell = teller(standin, at, notes);
    let elements;
    const list = () => {
        elements = elements || new guesses.Guessed((index) => stand(standin, `${at}[${index}]`, copy, notes), tell);
        return elements;
    };
    const primitive = (hint) => {
        if (hint === "number") {
            tell("number", 1);
            return 1;
        }
        return text();
    };
    return new Proxy(unknown, {
        get(target, name) {
            if (name === Symbol.toPrimitive) {
                return primitive;
            }
            if (name === "toString" || name === "valueOf" || name === "toJSON") {
                return text;
            }
            if (name === Symbol.iterator) {
                return list().get(name);
            }
            if (typeof name === "symbol" || name === "then" || name.startsWith("__") || name in target) {
                return target[name];
            }
            if (name in Array.prototype) {
                return list().get(name);
            }
            if (name in String.prototype) {
                const own = text();
                return own[name].bind(own);
            }
            return stand(standin, /^\d+$/.test(name) ? `${at}[${name}]` : at ? `${at}.${name}` : name, copy, notes);
        },
        ownKeys(target) {
            const internal = Reflect.ownKeys(target);
            if (!notes.stack(undefined).slice(0, 3).some((frame) => notes.own(frame.file) !== undefined)) {
                return internal;
            }
            throw needed(standin);
        },
    });
}

/** The text that stands for the value at a path; `whole`: in a list of its own it stands for that list. */
function mark(standin, at, notes, whole = false) {
    const text = `lookup${crypto.createHash("sha256").update(`${standin.number} ${at}`).digest("hex").slice(0, 24)}`;
    if (!standin.told.has(text)) {
        standin.told.add(text);
        notes.write({ kind: "mark", text, number: standin.number, path: at, whole });
    }
    return text;
}

function needed({ token }) {
    const error = new Error(`the program needs the answer of ${token}`);
    error.name = "LookupUnknown";
    error.resilienceChecks = { kind: "lookup", token };
    return error;
}
