/**
 * How the server is started.
 *
 * In: the user's settings, the environment, what files there are. Out: which program, with which arguments. Nothing of VS Code is
 * used here, so that it can be tested without.
 */

import * as path from "node:path";

/** What is asked of the surroundings. */
export interface Surroundings {
    /** Environment variables. */
    env: Record<string, string | undefined>;
    /** As `process.platform`. */
    platform: string;
    /** The user's home. */
    home: string;
    /** The folder of the workspace, if one is open. */
    folder: string | undefined;
    /** Whether there is a file that can be run. */
    isFile: (path: string) => boolean;
}

/** What is started. */
export interface Program {
    command: string;
    args: string[];
}

/** The server's arguments. */
export const ARGUMENTS = ["lsp"];

/**
 * The program that the user names, else `connlint` of the `PATH`, else the one that cargo installs.
 *
 * @returns The program, or the places that were looked at.
 */
export function find(named: string | null | undefined, around: Surroundings): Program | string[] {
    const candidates = named ? [absolute(expand(named, around), around)] : usual(around);
    const found = candidates.find(around.isFile);
    return found === undefined ? candidates : { command: found, args: [...ARGUMENTS] };
}

/** `~` and `${workspaceFolder}` as people write them in settings. */
function expand(named: string, around: Surroundings): string {
    const home = named === "~" || /^~[\\/]/.test(named) ? around.home + named.slice(1) : named;
    return home.replaceAll("${workspaceFolder}", around.folder ?? "");
}

function absolute(named: string, around: Surroundings): string {
    const paths = around.platform === "win32" ? path.win32 : path.posix;
    return paths.isAbsolute(named) || around.folder === undefined ? named : paths.join(around.folder, named);
}

/** Where the program usually is. */
function usual(around: Surroundings): string[] {
    const isWindows = around.platform === "win32";
    const paths = isWindows ? path.win32 : path.posix;
    const name = isWindows ? "connlint.exe" : "connlint";
    // Windows writes it `Path`.
    const variable = around.env.PATH ?? around.env.Path ?? "";
    const cargo = around.env.CARGO_HOME ?? paths.join(around.home, ".cargo");
    const folders = [...variable.split(paths.delimiter).filter((folder) => folder !== ""), paths.join(cargo, "bin")];
    return folders.map((folder) => paths.join(folder, name));
}

/** What is told when there is no program. */
export function notFound(places: string[], named: string | null | undefined): string {
    return named
        ? `connlint: the setting connlint.path names ${places[0]}, which is no file`
        : "connlint is not installed: `cargo install connlint`, or name it in the setting connlint.path";
}
