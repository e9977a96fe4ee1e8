// Refuses connections inside the process too: where no namespace closes the network, and to say at which line one is opened.
"use strict";

const dns = require("dns");
const dgram = require("dgram");
const net = require("net");

exports.refuse = function (notes) {
    const refused = (what, below) => {
        const error = new Error(`the program ${what}`);
        error.name = "NetworkRefused";
        error.code = "ECONNREFUSED";
        error.resilienceChecks = { kind: "network", message: error.message, ...notes.place(notes.stack(below)) };
        return error;
    };

    const connect = net.Socket.prototype.connect;
    net.Socket.prototype.connect = function (...given) {
        const first = Array.isArray(given[0]) ? given[0][0] : given[0];
        const named = typeof first === "object" && first !== null ? first : { port: first, host: given[1] };
        if (named.path || (typeof first === "string" && !/^\d+$/.test(first))) {
            return connect.apply(this, given);
        }
        const host = typeof named.host === "string" ? named.host : "localhost";
        throw refused(`opens a connection to ${host}:${named.port}`, net.Socket.prototype.connect);
    };

    const deny = (owner, name, answer) => {
        const original = owner[name];
        if (typeof original !== "function") {
            return;
        }
        owner[name] = function denied(host, ...rest) {
            return answer(refused(`looks up the address of ${host}`, denied), rest);
        };
    };
    const back = (error, rest) => {
        const callback = rest[rest.length - 1];
        if (typeof callback !== "function") {
            throw error;
        }
        process.nextTick(callback, error);
    };
    const reject = (error) => Promise.reject(error);
    for (const name of Object.keys(dns).filter((key) => /^(lookup|resolve|reverse)/.test(key))) {
        deny(dns, name, back);
        deny(dns.promises, name, reject);
    }

    dgram.Socket.prototype.send = function () {
        throw refused("sends a datagram", dgram.Socket.prototype.send);
    };
};
