import * as assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { test } from "node:test";
import { ARGUMENTS, Surroundings, find, notFound } from "../src/server";

function around(files: string[], changes: Partial<Surroundings> = {}): Surroundings {
    return {
        env: { PATH: "/usr/bin::/opt/bin" },
        platform: "linux",
        home: "/home/me",
        folder: "/work",
        isFile: (path) => files.includes(path),
        ...changes,
    };
}

function command(named: string | null, surroundings: Surroundings): string | undefined {
    const found = find(named, surroundings);
    return Array.isArray(found) ? undefined : found.command;
}

test("the program of the PATH comes before cargo's", () => {
    assert.equal(command(null, around(["/opt/bin/connlint", "/home/me/.cargo/bin/connlint"])), "/opt/bin/connlint");
    assert.equal(command(null, around(["/home/me/.cargo/bin/connlint"])), "/home/me/.cargo/bin/connlint");
    const elsewhere = { env: { CARGO_HOME: "/cargo" } };
    assert.equal(command("", around(["/cargo/bin/connlint"], elsewhere)), "/cargo/bin/connlint");
    assert.equal(command(null, around([])), undefined);
});

test("the program that is named is the only one", () => {
    assert.equal(command("~/bin/connlint", around(["/home/me/bin/connlint"])), "/home/me/bin/connlint");
    assert.equal(command("target/connlint", around(["/work/target/connlint"])), "/work/target/connlint");
    assert.equal(command("${workspaceFolder}/c", around(["/work/c"])), "/work/c");
    assert.equal(command("/none", around(["/usr/bin/connlint"])), undefined);
});

test("Windows has other names", () => {
    const windows = { platform: "win32", env: { Path: "C:\\bin;D:\\x" }, home: "C:\\Users\\me", folder: "C:\\work" };
    assert.equal(command(null, around(["D:\\x\\connlint.exe"], windows)), "D:\\x\\connlint.exe");
    const cargo = "C:\\Users\\me\\.cargo\\bin\\connlint.exe";
    assert.equal(command(null, around([cargo], windows)), cargo);
});

test("the arguments start the server", () => {
    const found = find(null, around(["/usr/bin/connlint"]));
    assert.deepEqual(found, { command: "/usr/bin/connlint", args: ["lsp"] });
    assert.deepEqual(ARGUMENTS, ["lsp"]);
});

test("what is missing is told with its remedy", () => {
    assert.match(notFound(["/x"], "/x"), /connlint\.path names \/x/);
    assert.match(notFound([], null), /cargo install connlint/);
});

test("the manifest and the sources know the same commands", () => {
    const root = path.join(__dirname, "..", "..");
    const manifest = JSON.parse(fs.readFileSync(path.join(root, "package.json"), "utf8"));
    const source = fs.readFileSync(path.join(root, "src", "extension.ts"), "utf8");
    const registered = [...source.matchAll(/registerCommand\("([^"]+)"/g)].map((match) => match[1]);
    const declared = manifest.contributes.commands.map((one: { command: string }) => one.command);
    assert.deepEqual(registered.sort(), declared.sort());
});

test("the built binary answers", { skip: process.env.CONNLINT_BINARY === undefined }, async () => {
    const { spawn } = await import("node:child_process");
    const server = spawn(process.env.CONNLINT_BINARY ?? "", ARGUMENTS, { stdio: ["pipe", "pipe", "inherit"] });
    const say = (message: object) => {
        const content = JSON.stringify({ jsonrpc: "2.0", ...message });
        server.stdin.write(`Content-Length: ${Buffer.byteLength(content)}\r\n\r\n${content}`);
    };
    say({ id: 1, method: "initialize", params: { processId: null, rootUri: null, capabilities: {} } });
    say({ id: 2, method: "shutdown" });
    say({ method: "exit" });
    let said = "";
    server.stdout.on("data", (data) => (said += data));
    const code = await new Promise((resolve) => server.on("close", resolve));
    assert.equal(code, 0);
    assert.match(said, /"name":"connlint"/);
});
