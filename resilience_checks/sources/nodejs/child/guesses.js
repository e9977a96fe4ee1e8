// A list of which only single elements can be relied on: nobody knows how long it is.
//
// Its length is a guess, and told as one as soon as the program is given its last element, or its length, in any other
// way than by a fixed index. The SDK sees a list of one element, the mark of the whole, however long the list is.
"use strict";

const path = require("path");

const LENGTH = 3;
const LONGEST = 100; // beyond it an index is taken for a search for the end
const SDK = /[\\/]@pulumi[\\/]pulumi[\\/]/;
const LIFTING = "output.js"; // it takes parts out of a value for the program, which writes `output.names[0]`
const LIFTED = /^(?:\d+|length)$/;
const CHANGING = new Set(["copyWithin", "fill", "pop", "push", "reverse", "shift", "sort", "splice", "unshift"]);
const wholes = new Map();
const lists = new WeakSet();

/** A list of guessed length: `make` makes the element at an index, `tell` is told what is relied on. */
exports.list = function (whole, make, tell) {
    const known = new Guessed(make, tell);
    const view = [whole];
    const silent = () => (known.changed ? known.elements : view);
    const proxy = new Proxy(known.elements, {
        get: (_, name) => (asks(name) ? known.get(name) : bound(silent(), name)),
        has: (_, name) => (asks() ? known.rely().has(name) : Reflect.has(silent(), name)),
        ownKeys: (target) => (asks() && known.rely(), Reflect.ownKeys(target)),
        set: (target, name, value) => known.change() && Reflect.set(target, name, value),
        deleteProperty: (target, name) => known.change() && Reflect.deleteProperty(target, name),
        defineProperty: (target, name, one) => known.change() && Reflect.defineProperty(target, name, one),
    });
    wholes.set(whole, proxy);
    lists.add(proxy);
    return proxy;
};

/** What a program's callback is given, with the lists of guessed length that the SDK has copied in their places. */
exports.revived = function (value, seen = new Set()) {
    if (wholes.size === 0 || value === null || typeof value !== "object" || lists.has(value) || seen.has(value)) {
        return value;
    }
    seen.add(value);
    const list = Array.isArray(value);
    if (list && value.length === 1 && wholes.has(value[0])) {
        return wholes.get(value[0]);
    }
    if (list || Object.getPrototypeOf(value) === Object.prototype) {
        for (const key of Object.keys(value)) {
            const inner = exports.revived(value[key], seen);
            if (inner !== value[key]) {
                value[key] = inner;
            }
        }
    }
    return value;
};

function bound(list, name) {
    const value = list[name];
    return typeof value === "function" && name !== "constructor" ? value.bind(list) : value;
}

/** The elements of a list of guessed length as the program sees them. */
class Guessed {
    constructor(make, tell) {
        this._make = make;
        this._tell = tell;
        this.elements = Array.from({ length: LENGTH }, (_, index) => make(index));
        this.changed = false;
    }

    rely() {
        this._tell("length", this.elements.length);
        return this;
    }

    change() {
        this.rely();
        this.changed = true;
        return true;
    }

    has(name) {
        return Reflect.has(this.elements, name);
    }

    get(name) {
        if (typeof name === "string" && /^\d+$/.test(name)) {
            return this._element(Number(name));
        }
        switch (name) {
            case Symbol.iterator:
            case "values":
                return () => this._walk();
            case "at":
                return (index) => (index >= 0 ? this._element(index) : this.rely().elements.at(index));
            case "slice":
                return (from = 0, to = Infinity) => this._slice(from, to);
            case "join":
            case "toString":
                return (...given) => this.elements[name](...given);
            case "length":
                return this.rely().elements.length;
            default:
                return this._other(name);
        }
    }

    _other(name) {
        const value = this.elements[name];
        if (typeof value !== "function" || !(name in Array.prototype) || name === "constructor") {
            return value;
        }
        return (...given) => {
            if (CHANGING.has(name)) {
                this.change();
            }
            return this.rely().elements[name](...given);
        };
    }

    _element(index) {
        if (index >= LONGEST) {
            this.rely();
        } else if (index >= this.elements.length && !this.changed) {
            for (let more = this.elements.length; more <= index; more += 1) {
                this.elements.push(this._make(more));
            }
            this._tell("least", index + 1);
        }
        return this.elements[index];
    }

    /** A slice is the same whatever follows the elements that are there, unless it reaches their end. */
    _slice(from, to) {
        const fixed = from >= 0 && to >= 0 && to < this.elements.length;
        return (fixed ? this : this.rely()).elements.slice(from, to);
    }

    *_walk() {
        for (let index = 0; index < this.elements.length; index += 1) {
            if (index + 1 === this.elements.length) {
                this.rely();
            }
            yield this.elements[index];
        }
    }
}

exports.Guessed = Guessed;

/**
 * Whether code that reads a list does so for the program: not the SDK, and not JSON, whose text is recognised as one made
 * from an answer. The files are those that run, not those that source maps name.
 */
function asks(name) {
    const { stackTraceLimit, prepareStackTrace } = Error;
    const holder = {};
    Error.stackTraceLimit = 8;
    Error.prepareStackTrace = (_, sites) => sites;
    Error.captureStackTrace(holder, asks);
    const sites = holder.stack;
    Object.assign(Error, { stackTraceLimit, prepareStackTrace });
    for (const site of sites) {
        const file = site.getFileName();
        if (!file && site.getFunctionName() === "stringify") {
            return false;
        }
        if (file && !file.startsWith("node:") && path.dirname(file) !== __dirname) {
            return !SDK.test(file) || (path.basename(file) === LIFTING && LIFTED.test(String(name)));
        }
    }
    return true;
}
