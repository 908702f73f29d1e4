/**
 * Starts the language server and the commands around it.
 *
 * In: VS Code's events. Out: a client of `connlint lsp`, which does the rest.
 */

import * as fs from "node:fs";
import * as os from "node:os";
import * as vscode from "vscode";
import { LanguageClient, LanguageClientOptions, ServerOptions } from "vscode-languageclient/node";
import { find, notFound } from "./server";

const SECTION = "connlint";

/** Asks the server to show the page of a rule. */
const EXPLAIN = "connlint.explain";

let client: LanguageClient | undefined;
let output: vscode.OutputChannel;

export async function activate(context: vscode.ExtensionContext): Promise<void> {
    output = vscode.window.createOutputChannel("connlint");
    context.subscriptions.push(
        output,
        vscode.commands.registerCommand("connlint.restart", restart),
        vscode.commands.registerCommand("connlint.showOutput", () => output.show()),
        vscode.commands.registerCommand("connlint.explainRule", explainRule),
        vscode.workspace.onDidChangeConfiguration(async (event) => {
            // The server asks for the other settings by itself.
            if (event.affectsConfiguration(`${SECTION}.path`)) {
                await restart();
            }
        }),
    );
    await start();
}

export async function deactivate(): Promise<void> {
    await stop();
}

async function start(): Promise<void> {
    const named = vscode.workspace.getConfiguration(SECTION).get<string | null>("path");
    const found = find(named, {
        env: process.env,
        platform: process.platform,
        home: os.homedir(),
        folder: vscode.workspace.workspaceFolders?.[0]?.uri.fsPath,
        isFile,
    });
    if (Array.isArray(found)) {
        output.appendLine(`looked for:\n  ${found.join("\n  ")}`);
        void vscode.window.showErrorMessage(notFound(found, named));
        return;
    }
    const server: ServerOptions = { command: found.command, args: found.args };
    const options: LanguageClientOptions = {
        documentSelector: [{ scheme: "file", language: "rust" }],
        outputChannel: output,
        initializationOptions: vscode.workspace.getConfiguration(SECTION),
    };
    client = new LanguageClient(SECTION, "connlint", server, options);
    await client.start();
}

async function stop(): Promise<void> {
    const running = client;
    client = undefined;
    await running?.dispose();
}

async function restart(): Promise<void> {
    await stop();
    await start();
}

/** Shows the page of a rule that is found in the editor. */
async function explainRule(): Promise<void> {
    const rules = new Set<string>();
    for (const [, diagnostics] of vscode.languages.getDiagnostics()) {
        for (const { source, code } of diagnostics) {
            const rule = typeof code === "object" ? code.value : code;
            if (source === SECTION && typeof rule === "string") {
                rules.add(rule);
            }
        }
    }
    if (rules.size === 0) {
        void vscode.window.showInformationMessage("connlint has found nothing");
        return;
    }
    const rule = await vscode.window.showQuickPick([...rules].sort(), { placeHolder: "Which rule?" });
    if (rule !== undefined) {
        await client?.sendRequest("workspace/executeCommand", { command: EXPLAIN, arguments: [rule] });
    }
}

function isFile(path: string): boolean {
    try {
        fs.accessSync(path, fs.constants.X_OK);
        return fs.statSync(path).isFile();
    } catch {
        return false;
    }
}
