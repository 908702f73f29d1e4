import * as assert from "node:assert/strict";
import * as fs from "node:fs";
import Module = require("node:module");
import * as path from "node:path";
import { test } from "node:test";

/** Stands for whatever of VS Code's is asked for while the bundle is loaded. */
class Anything {
    static readonly instances = 0;
}

test("the bundle needs nothing beside VS Code", () => {
    const vscode = new Proxy({}, { get: () => Anything });
    const loader = Module as unknown as { _load: (request: string, ...rest: unknown[]) => unknown };
    const load = loader._load;
    const asked = new Set<string>();
    loader._load = (request, ...rest) => {
        if (!Module.isBuiltin(request) && !path.isAbsolute(request)) {
            asked.add(request);
        }
        return request === "vscode" ? vscode : load(request, ...rest);
    };
    const root = path.join(__dirname, "..", "..");
    try {
        const main = JSON.parse(fs.readFileSync(path.join(root, "package.json"), "utf8")).main;
        const extension = require(path.join(root, main));
        assert.equal(typeof extension.activate, "function");
        assert.equal(typeof extension.deactivate, "function");
    } finally {
        loader._load = load;
    }
    assert.deepEqual([...asked], ["vscode"]);
});
